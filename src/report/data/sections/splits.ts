import { splitsIn } from '../../../data/store/store-format.js';
import type { ValueCounts } from '../value-counts.js';
import { count } from '../../../support/plain-text.js';
import { sizeName, type Sides } from '../../../support/sides.js';
import { html, type Html } from '../../kit/html.js';
import type { DataReport } from '../data-facts.js';

/** Number and sizes of the images in each split. */
export function splitsSection({ index, survey }: DataReport): Html {
  const shown = splitsIn(index);
  const others = shown.includes('valA') ? 'val and test' : 'test';
  const rows = shown.map((split) => {
    const { used, skipped, widths, heights, ratios, enlarged } = survey.splits[split];
    return html`<tr>
      <th scope="row">${split}</th>
      <td class="n">${count(used)}</td>
      <td class="n">${skipped === 0 ? '–' : html`<a href="#skipped">${count(skipped)}</a>`}</td>
      ${range(widths)} ${range(heights)} ${range(ratios, 2)}
      <td class="n">${enlarged === 0 ? '–' : count(enlarged)}</td>
    </tr>`;
  });
  return html`<section aria-labelledby="counts">
    <h2 id="counts">Counts and sizes</h2>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th scope="col"></th>
            <th scope="col" class="n">used</th>
            <th scope="col" class="n">skipped</th>
            <th scope="colgroup" colspan="3" class="n mid">width</th>
            <th scope="colgroup" colspan="3" class="n mid">height</th>
            <th scope="colgroup" colspan="3" class="n mid">width / height</th>
            <th scope="col" class="n">enlarged</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    <p class="soft">
      Pixels of the images as they came: smallest, <span>median</span>, largest. Enlarged: fewer pixels on a side than
      the ${side(index.load_size)} (train) or ${side(index.image_size)} (${others}) that they were resized to.
    </p>
  </section>`;
}

const side = (size: Sides): string => sizeName(size).replace('x', ' × ');

/** Smallest, median and largest, each in its own column; or one cell if all are equal. */
function range(counts: ValueCounts, places = 0): Html {
  const found = counts.range();
  if (found === undefined) return html`<td colspan="3" class="n mid">–</td>`;
  const [min, median, max] = [found.min, found.median, found.max].map((value) =>
    places > 0 ? value.toFixed(places) : count(value),
  );
  if (found.min === found.max) return html`<td colspan="3" class="n mid">all ${median}</td>`;
  return html`<td class="n end">${min}</td>
    <td class="n inner">${median}</td>
    <td class="n end">${max}</td>`;
}
