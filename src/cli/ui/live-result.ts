import { plainText } from '../../core/terminal-text.ts';
import { openScreen } from './screen.ts';
import { type Style, stdoutStyle } from './style.ts';

/** A result that changes while one looks. */
export interface LiveResult {
  show: (data: unknown, text: (style: Style) => string) => void;
  /** Something about the last result, until the next. */
  note: (message: string) => void;
  end: () => void;
}

/** Drawn over the one before; the last is left on the terminal. */
export function redrawn(terminal: NodeJS.WriteStream): LiveResult {
  const screen = openScreen(terminal);
  const style = stdoutStyle();
  let last: (style: Style) => string = () => '';
  let ended = false;
  return {
    show(_, text) {
      last = text;
      screen.draw(text(style));
    },
    note: (message) => screen.draw(`${last(style)}\n  ${style.colour.yellow('!')} ${plainText(message)}\n`),
    end() {
      if (ended) return;
      ended = true;
      screen.close();
      terminal.write(last(style));
    },
  };
}

/** Printed again whenever the data are others than before. */
export function repeated(
  print: (data: unknown, text: (style: Style) => string) => void,
  warn: (message: string) => void,
): LiveResult {
  let before = '';
  let noted = '';
  return {
    show(data, text) {
      noted = '';
      const now = JSON.stringify(data);
      if (now === before) return;
      before = now;
      print(data, text);
    },
    note(message) {
      if (message !== noted) warn(message);
      noted = message;
    },
    end: () => undefined,
  };
}
