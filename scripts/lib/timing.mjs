// Timed steps and the table of what each took.

export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** Runs `work` and returns [its result, the milliseconds it took]. */
export async function timed(work) {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}

/** Rows of cells as text with aligned columns; the last column is aligned to the right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === row.length - 1 ? cell.padStart(widths[at]) : cell.padEnd(widths[at])))
        .join('  '),
    )
    .join('\n');
}
