import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitted, openScreen } from '../../../src/cli/ui/screen.ts';

/** As much of a terminal as a screen uses: rows of cells, a cursor, and clearing. It does not wrap. */
function fakeTerminal(columns: number, rows: number) {
  const cells = Array.from({ length: rows }, () => Array<string>(columns).fill('#'));
  const at = { row: 0, column: 0 };
  const listeners = new Set<() => void>();
  const terminal = {
    columns,
    rows,
    on: (_: string, listener: () => void) => void listeners.add(listener),
    off: (_: string, listener: () => void) => void listeners.delete(listener),
    write(text: string) {
      for (const [piece] of text.matchAll(/\u001b\[[?0-9;]*[a-zA-Z]|[\s\S]/g)) {
        if (piece === '\u001b[H') Object.assign(at, { row: 0, column: 0 });
        else if (piece === '\u001b[K') cells[at.row]!.fill(' ', at.column);
        else if (piece === '\u001b[J') {
          cells[at.row]!.fill(' ', at.column);
          for (const row of cells.slice(at.row + 1)) row.fill(' ');
        } else if (piece === '\r') at.column = 0;
        else if (piece === '\n') at.row = Math.min(at.row + 1, rows - 1);
        else if (!piece.startsWith('\u001b')) {
          cells[at.row]![at.column] = piece;
          at.column = Math.min(at.column + 1, columns - 1);
        }
      }
      return true;
    },
  };
  return {
    terminal: terminal as unknown as Parameters<typeof openScreen>[0],
    listeners,
    shown: () => cells.map((row) => row.join('').trimEnd()),
  };
}

const line = fc.string({ maxLength: 60, unit: fc.constantFrom('a', 'b', '-', 'c') });
const frame = fc.array(line, { minLength: 1, maxLength: 12 }).map((lines) => `${lines.join('\n')}x\n`);

it('shows exactly the last frame, whatever was there before, in a terminal of any size', () => {
  fc.assert(
    fc.property(
      fc.array(frame, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 8, max: 50 }),
      fc.integer({ min: 2, max: 14 }),
      (frames, columns, rows) => {
        const { terminal, shown } = fakeTerminal(columns, rows);
        const screen = openScreen(terminal);
        for (const text of frames) screen.draw(text);
        const expected = fitted(frames.at(-1)!, columns - 1, rows).map((row) => row.trimEnd());
        expect(shown()).toEqual([...expected, ...Array(rows - expected.length).fill('')]);
        screen.close();
      },
    ),
  );
});

it('loses no character of a text for which there is room', () => {
  fc.assert(
    fc.property(frame, fc.integer({ min: 1, max: 50 }), (text, columns) => {
      const rows = fitted(text, columns, 1000);
      expect(rows.join('')).toBe(text.replaceAll('\n', ''));
      expect(Math.max(...rows.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    }),
  );
});

it('counts what there is no room for, and gives colour codes none', () => {
  expect(fitted('a\nb\nc\nd\n', 80, 3)).toEqual(['a', 'b', '... 2 more lines']);
  expect(fitted('\u001b[32mready\u001b[39m now', 9, 5)).toEqual(['\u001b[32mready\u001b[39m now']);
});

it('gives the terminal back once, and draws no more', () => {
  const { terminal, listeners } = fakeTerminal(20, 4);
  const before = process.listenerCount('exit');
  const screen = openScreen(terminal);
  expect(listeners.size).toBe(1);
  screen.close();
  screen.close();
  expect(listeners.size).toBe(0);
  expect(process.listenerCount('exit')).toBe(before);
});
