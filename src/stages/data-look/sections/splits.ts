import { SPLITS } from '../../../registry/kinds/dataset.js';
import type { Counts } from '../counts.js';
import { count, html, type Html } from '../html.js';
import type { Look } from '../page.js';

/** How many pictures of what sizes there are. */
export function splitsSection({ index, survey }: Look): Html {
  const rows = SPLITS.map((split) => {
    const { used, skipped, widths, heights, ratios, enlarged } = survey.splits[split];
    return html`<tr>
      <th scope="row">${split}</th>
      <td class="n">${count(used)}</td>
      <td class="n">${skipped === 0 ? '–' : html`<a href="#skipped">${count(skipped)}</a>`}</td>
      <td class="n">${range(widths)}</td>
      <td class="n">${range(heights)}</td>
      <td class="n">${range(ratios, 2)}</td>
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
            <th scope="col" class="n">width</th>
            <th scope="col" class="n">height</th>
            <th scope="col" class="n">width / height</th>
            <th scope="col" class="n">enlarged</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    <p class="soft">
      Pixels of the pictures as they came: smallest, <span>median</span>, largest. Enlarged: fewer pixels on a side than
      the ${index.load_size} (train) or ${index.image_size} (test) that they were resized to.
    </p>
  </section>`;
}

/** `smallest median largest`, or the one value that all have. */
function range(counts: Counts, places = 0): Html {
  const found = counts.range();
  if (found === undefined) return html`–`;
  const [min, median, max] = [found.min, found.median, found.max].map((value) =>
    places > 0 ? value.toFixed(places) : count(value),
  );
  return found.min === found.max ? html`all ${median}` : html`<small>${min}</small> ${median} <small>${max}</small>`;
}
