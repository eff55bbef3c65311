/** A terminal taken over for one view that is drawn again and again. */
export interface Screen {
  draw(text: string): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

type Terminal = Pick<NodeJS.WriteStream, 'write' | 'columns' | 'rows' | 'on' | 'off'>;

// The other screen, so that nothing of the first is lost; no cursor; and no wrapping by the terminal, which would shift the rows.
const enter = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const leave = '\u001b[?7h\u001b[?25h\u001b[?1049l';

export function openScreen(terminal: Terminal): Screen {
  let shown = '';
  let open = true;
  const draw = () => {
    // The last column stays free: clearing the rest of a full row would take its last character.
    const lines = fitted(shown, (terminal.columns || 80) - 1, terminal.rows || 24);
    // In one write, each row over the one before: nothing is empty for a moment.
    terminal.write(`\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\r\n')}\u001b[J`);
  };
  const close = () => {
    if (!open) return;
    open = false;
    terminal.off('resize', draw);
    process.off('exit', close);
    terminal.write(leave);
  };
  terminal.write(enter);
  terminal.on('resize', draw);
  // A second Ctrl-C ends at once.
  process.on('exit', close);
  return {
    draw(text) {
      shown = text;
      draw();
    },
    close,
  };
}

/** A text as rows of a terminal: what is too long goes on in the next row, what is too much is counted in the last. */
export function fitted(text: string, columns: number, rows: number): string[] {
  const lines = text
    .trimEnd()
    .split('\n')
    .flatMap((line) => wrapped(line, columns));
  if (lines.length <= rows) return lines;
  const kept = lines.slice(0, Math.max(0, rows - 1));
  return [...kept, `... ${lines.length - kept.length} more lines`.slice(0, columns)];
}

function wrapped(line: string, columns: number): string[] {
  const out: string[] = [];
  let row = '';
  let used = 0;
  // Colour codes take no room.
  for (const [piece] of line.matchAll(/\u001b\[[0-9;]*m|./gsu)) {
    const room = piece.startsWith('\u001b') ? 0 : 1;
    if (used + room > columns) {
      out.push(row);
      row = '';
      used = 0;
    }
    row += piece;
    used += room;
  }
  return [...out, row];
}
