import { SPLITS } from '../../../registry/kinds/dataset.js';
import { visible } from '../../../support/visible.js';
import { count, counted, within } from '../../../support/plain-text.js';
import { html, type Html } from '../../kit/html.js';
import type { DataReport } from '../data-facts.js';

/** Files that could not be used, each with the reason. */
export function skippedSection({ survey, findings }: DataReport): Html | undefined {
  const total = SPLITS.reduce((sum, split) => sum + survey.splits[split].skipped, 0);
  if (total === 0) return undefined;
  const more = total - survey.skipped.length;
  const rows = survey.skipped.map(
    ({ split, name, reason }) =>
      html`<tr>
        <td>${split}</td>
        <td class="name">${within(split, name)}</td>
        <td>${visible(reason)}</td>
      </tr>`,
  );
  return html`<section aria-labelledby="skipped">
    <h2 id="skipped">Files that could not be used</h2>
    ${more > 0 ? html`<p>${counted(total, 'file')}; most often: ${reasons(findings.skipped)}.</p>` : undefined}
    <div class="wide">
      <table class="skipped">
        <thead>
          <tr>
            <th scope="col">split</th>
            <th scope="col">file</th>
            <th scope="col">what is wrong</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${more > 0 ? html`<p>${count(more)} more: <code>pictures.jsonl</code>, beside this page’s folder, names them all.</p>` : undefined}
  </section>`;
}

/** The most frequent reasons. */
function reasons(skipped: DataReport['findings']['skipped']): string {
  const totals = new Map<string, number>();
  for (const split of SPLITS) {
    for (const [reason, times] of Object.entries(skipped[split])) totals.set(reason, (totals.get(reason) ?? 0) + times);
  }
  const [frequent, rest] = [[...totals].sort(([, a], [, b]) => b - a).slice(0, 5), Math.max(0, totals.size - 5)];
  const reasonTexts = frequent.map(([reason, times]) => `${visible(reason)} (${count(times)})`);
  return [...reasonTexts, ...(rest > 0 ? [counted(rest, 'other reason')] : [])].join('; ');
}
