import { sentence } from './sentence.js';
import type { SweepSummary } from './sweep-summary.js';
import { tableOf } from './table.js';

/** Rows of the table: GitHub limits the size of what it shows. */
const MOST_ROWS = 200;

/** The summary as Markdown, for CI: the best trial, the table, the problems. */
export function markdown(summary: SweepSummary): string {
  const { head, rows, numeric, trials } = tableOf(summary);
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  const shown = rows.slice(0, MOST_ROWS);
  const more = rows.length > shown.length ? ['', `… and ${rows.length - shown.length} more in sweep.csv.`] : [];
  const failed = trials.filter(({ problem }) => problem !== null);
  const problems = failed.map(({ id, label, problem }) => `- trial ${id} (${escaped(label)}): ${escaped(problem!)}`);
  return [
    `## Sweep ${escaped(summary.name)}`,
    '',
    sentence(summary, { text: escaped, strong: (text) => `**${text}**` }),
    '',
    line(head),
    `| ${numeric.map((is) => (is ? '--:' : ':--')).join(' | ')} |`,
    ...shown.map(line),
    ...more,
    ...(problems.length > 0 ? ['', ...problems] : []),
    '',
  ].join('\n');
}

/** Escapes markup and line breaks. */
function escaped(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\|*_`<>[\]]/g, '\\$&');
}
