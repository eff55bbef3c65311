import type { CheckReport } from '../../actions/check.ts';
import { plainText } from '../../core/terminal-text.ts';
import type { Problem } from '../../policy/check-manifests.ts';
import type { Style } from './style.ts';

/** A block for each place that has problems, which a terminal makes a link of; then the count. */
export function checkText(report: CheckReport, style: Style): string {
  const { colour, signs } = style;
  const lines: string[] = [];
  let place = '';
  for (const problem of report.problems.filter(({ severity }) => severity !== 'note')) {
    const here = `${sign(problem, style)} ${colour.bold(`${problem.file}:${problem.line}:${problem.column}`)}`;
    if (here !== place) lines.push(`  ${here}`);
    lines.push(...wrapped(sentence(problem)).map((text) => `      ${text}`));
    place = here;
  }
  const notes = report.problems.filter(({ severity }) => severity === 'note').map(({ message }) => message);
  for (const note of new Set(notes)) {
    const [first, ...rest] = wrapped(plainText(note));
    lines.push(
      ...[`  ${signs.unchanged}   ${first}`, ...rest.map((text) => `      ${text}`)].map((line) =>
        colour.dim(line),
      ),
    );
  }
  return `${[...lines, ...(lines.length > 0 ? [''] : []), summary(report, style)].join('\n')}\n`;
}

function sign({ severity }: Problem, { colour, signs }: Style): string {
  return severity === 'error' ? colour.red(signs.failed) : colour.yellow('!');
}

function sentence({ object, field, message }: Problem): string {
  return plainText([object, field, message].filter(Boolean).join(' '));
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
