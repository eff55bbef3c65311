import type { Emit, Event } from '../../core/events.ts';
import type { Failure } from '../failures.ts';
import { errorText } from './error-text.ts';
import { type LiveResult, redrawn, repeated } from './live-result.ts';
import { createNarrator } from './narration.ts';
import { type Style, stderrStyle, stdoutStyle } from './style.ts';

/** The only place that writes to the terminal: results on stdout, everything else on stderr. */
export interface Ui {
  emit: Emit;
  /** A command's result: its data as the JSON document, or its text. */
  result: (command: string, data: unknown, text: (style: Style) => string) => void;
  /** A result that comes with a failure: its text; in JSON, the failure's document holds it. */
  report: (text: (style: Style) => string) => void;
  /** One JSON document of a stream, or a line of text. */
  item: (data: unknown, text: (style: Style) => string) => void;
  /** A result that changes: drawn over the one before on a terminal, else given again when its data are others. */
  live: (command: string) => LiveResult;
  /** Text that is the result itself, in either format. */
  print: (text: string) => void;
  /** Narration that is not an event: next steps, summaries. */
  say: (text: (style: Style) => string) => void;
  failed: (command: string, failure: Failure) => void;
  close: () => void;
}

export function createUi({ json }: { json: boolean }): Ui {
  const style = stderrStyle();
  const narrate = createNarrator(style);
  const live = Boolean(process.stderr.isTTY) && process.env.TERM !== 'dumb' && !process.env.CI;
  let transient = false;
  const clear = () => {
    if (transient) process.stderr.write('\r\u001b[K');
    transient = false;
  };
  const stdout = (text: string) => {
    clear();
    process.stdout.write(text);
  };
  const document = (fields: object) => stdout(`${JSON.stringify({ version: 1, ...fields })}\n`);

  const emit: Emit = (event) => {
    const line = narrate(event);
    if (!line || (line.transient && !live && !isLongWait(event))) return;
    clear();
    transient = live && line.transient;
    process.stderr.write(transient ? cropped(line.text) : `${line.text}\n`);
  };

  return {
    emit,
    live: (command) => {
      if (!json && process.stdout.isTTY && process.env.TERM !== 'dumb') return redrawn(process.stdout);
      const print = (data: unknown, text: (style: Style) => string) =>
        json ? document({ command, ok: true, data }) : stdout(`${text(stdoutStyle())}\n`);
      return repeated(print, (message) => emit({ type: 'warning', message }));
    },
    result: (command, data, text) =>
      json ? document({ command, ok: true, data }) : stdout(text(stdoutStyle())),
    report: (text) => {
      if (!json) stdout(text(stdoutStyle()));
    },
    item: (data, text) => stdout(json ? `${JSON.stringify(data)}\n` : text(stdoutStyle())),
    print: stdout,
    say: (text) => {
      clear();
      process.stderr.write(text(style));
    },
    failed: (command, failure) => {
      clear();
      const { kind: _, data, cause: __, exit: ___, ...error } = failure;
      if (json) document({ command, ok: false, error, ...(data === undefined ? {} : { data }) });
      process.stderr.write(errorText(failure, style));
    },
    close: clear,
  };
}

/** `-o json` must hold for errors of the command line itself too, so it is read before parsing. */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const flags = end < 0 ? args : args.slice(0, end);
  return flags.some(
    (arg, index) =>
      arg === '-ojson' ||
      arg === '--output=json' ||
      arg === '-o=json' ||
      ((arg === '-o' || arg === '--output') && flags[index + 1] === 'json'),
  );
}

/** One terminal row: a transient line that wraps could not be cleared. */
function cropped(text: string): string {
  const columns = process.stderr.columns || 80;
  const visible = text.replace(/\u001b\[[0-9;]*m/g, '');
  return visible.length < columns ? text : visible.slice(0, columns - 1);
}

/** Without a terminal to redraw, only waits worth a line get one. */
function isLongWait(event: Event): boolean {
  return event.type === 'waiting' && event.ms >= 2000;
}
