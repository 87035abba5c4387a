import { splitsIn } from '../../../data/store/store-format.js';
import type { Split } from '../../../registry/kinds/dataset.js';
import type { Findings } from '../../../data/store/findings.js';
import { visible } from '../../../support/visible.js';
import { count, counted } from '../../../support/plain-text.js';
import { html, type Html } from '../../kit/html.js';
import type { DataReport } from '../data-facts.js';

/** Rows of a group. Some traits, such as a colour profile's name, can differ in each file. */
const MAX_ROWS = 25;

/** The formats of the files, and the conversions to upright RGB of 8 bits. */
export function kindsSection({ index, findings }: DataReport): Html {
  const splits = splitsIn(index);
  const traits = rows(findings.traits, splits);
  const heads = splits.map((split) => html`<th scope="col" class="n">${split}</th>`);
  const groups = [
    html`<tbody>
      ${rows(findings.formats, splits)}
    </tbody>`,
    traits.length > 0
      ? html`<tbody>
          <tr class="group">
            <th colspan="${splits.length + 1}" scope="rowgroup">of these</th>
          </tr>
          ${traits}
        </tbody>`
      : undefined,
  ];
  return html`<section aria-labelledby="kinds">
    <h2 id="kinds">What the files are</h2>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th scope="col"></th>
            ${heads}
          </tr>
        </thead>
        ${groups}
      </table>
    </div>
    ${traits.length === 0 ? html`<p class="soft">All are upright RGB of 8 bits a channel as they came.</p>` : undefined}
  </section>`;
}

/** Rows of the most frequent traits, most frequent first. */
function rows(counts: Findings['traits'], splits: readonly Split[]): Html[] {
  const names = [...new Set(splits.flatMap((split) => Object.keys(counts[split])))];
  const total = (name: string) => splits.reduce((sum, split) => sum + (counts[split][name] ?? 0), 0);
  const cell = (value: number) => html`<td class="n">${value === 0 ? '–' : count(value)}</td>`;
  const shown = names.sort((a, b) => total(b) - total(a)).slice(0, MAX_ROWS);
  const rest = names.length - shown.length;
  return [
    ...shown.map(
      (name) =>
        html`<tr>
          <th scope="row">${visible(name)}</th>
          ${splits.map((split) => cell(counts[split][name] ?? 0))}
        </tr>`,
    ),
    ...(rest > 0
      ? [
          html`<tr>
            <th scope="row" colspan="${splits.length + 1}">${counted(rest, 'other')}, in <code>findings.json</code></th>
          </tr>`,
        ]
      : []),
  ];
}
