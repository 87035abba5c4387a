import type { Scalar } from './json.js';

/** Rows as CSV (RFC 4180); null is an empty cell. */
export function csvText(rows: readonly (readonly (Scalar | undefined)[])[]): string {
  return rows.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

function cell(value: Scalar | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
