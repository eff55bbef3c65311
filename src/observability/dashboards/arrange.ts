import type { Panel } from '../capabilities/capability.ts';

/** A panel, or the heading of a row, at its place in Grafana's grid of 24 columns. */
export interface Placed {
  id: number;
  gridPos: { x: number; y: number; w: number; h: number };
  content: Panel | { heading: string };
}

/** Row by row, from left to right; rows without panels are left out. */
export function arrange(rows: readonly Panel['row'][], panels: readonly Panel[]): Placed[] {
  const placed: Placed[] = [];
  let top = 0;
  const place = (content: Placed['content'], x: number, y: number, w: number, h: number) =>
    placed.push({ id: placed.length + 1, gridPos: { x, y, w, h }, content });
  for (const row of rows) {
    const own = panels.filter((panel) => panel.row === row);
    if (own.length === 0) continue;
    place({ heading: row }, 0, top, columns, 1);
    top += 1;
    let left = 0;
    let tallest = 0;
    for (const panel of own) {
      if (left + panel.width > columns) {
        top += tallest;
        left = 0;
        tallest = 0;
      }
      const height = panel.kind === 'stat' ? 4 : 8;
      place(panel, left, top, panel.width, height);
      left += panel.width;
      tallest = Math.max(tallest, height);
    }
    top += tallest;
  }
  return placed;
}

const columns = 24;
