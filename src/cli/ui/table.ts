/** Rows aligned in columns two spaces apart, indented by two; cells may hold colour codes. */
export function table(rows: readonly (readonly string[])[], heading: (cell: string) => string): string[] {
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((row) => visibleLength(row[column] ?? ''))),
  );
  return rows.map((row, index) => {
    const cells = row.map((cell, column) => {
      const padded = cell + ' '.repeat(widths[column]! - visibleLength(cell));
      return index === 0 ? heading(padded) : padded;
    });
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

function visibleLength(text: string): number {
  return text.replace(/\u001b\[[0-9;]*m/g, '').length;
}
