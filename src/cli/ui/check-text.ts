import type { CheckReport } from '../../actions/check.ts';
import { plainText } from '../../core/terminal-text.ts';
import type { Problem } from '../../policy/check-manifests.ts';
import type { Style } from './style.ts';

/** Two lines for each problem, the first with its place alone, so that a terminal makes a link of it; then the count. */
export function checkText(report: CheckReport, style: Style): string {
  const { colour } = style;
  const lines = report.problems
    .filter(({ severity }) => severity !== 'note')
    .flatMap((one) => problemLines(one, style));
  const notes = new Set(
    report.problems.filter(({ severity }) => severity === 'note').map(({ message }) => message),
  );
  for (const note of notes) lines.push(colour.dim(`  ${style.signs.unchanged} ${plainText(note)}`));
  return `${[...lines, ...(lines.length > 0 ? [''] : []), summary(report, style)].join('\n')}\n`;
}

function problemLines(
  { severity, file, line, column, object, field, message }: Problem,
  style: Style,
): string[] {
  const { colour, signs } = style;
  const sign = severity === 'error' ? colour.red(signs.failed) : colour.yellow('!');
  const subject = [object, field].filter(Boolean).join(' ');
  const what = plainText(`${subject ? `${subject} ` : ''}${message}`);
  return [
    `  ${sign} ${colour.bold(`${file}:${line}:${column}`)}`,
    ...wrapped(what).map((text) => `      ${text}`),
  ];
}

/** At blanks, into lines of a terminal of 80 columns. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= 74)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function summary({ objects, files, errors, warnings }: CheckReport, { colour, signs }: Style): string {
  const where = `${count(objects, 'object')} in ${count(files, 'file')}`;
  if (errors > 0)
    return colour.red(
      `${where}: ${[count(errors, 'error'), ...(warnings > 0 ? [count(warnings, 'warning')] : [])].join(', ')}`,
    );
  if (warnings > 0) return colour.yellow(`${where}: ${count(warnings, 'warning')}`);
  return `${colour.green(signs.done)} ${where}: nothing is wrong`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
