import { SPLITS, type Domain } from '../../../registry/kinds/dataset.js';
import { ValueCounts } from '../value-counts.js';
import { HistogramAxis, histogram } from '../histogram.js';
import { count } from '../../../support/plain-text.js';
import { splitsIn } from '../../../data/store/store-format.js';
import { html, type Html } from '../../kit/html.js';
import type { DataReport } from '../data-facts.js';
import type { DataSurvey } from '../data-survey.js';

const MEASURES = [
  { key: 'widths', title: 'Width', ratio: false },
  { key: 'heights', title: 'Height', ratio: false },
  { key: 'ratios', title: 'Width / height', ratio: true },
] as const;
type Key = (typeof MEASURES)[number]['key'];

/** Histograms of A above those of B, on shared axes. Left out if all images have one size, which the table shows. */
export function sizesSection({ index, survey }: DataReport): Html | undefined {
  const all = (key: Key) => ValueCounts.of([of(survey, 'A', key), of(survey, 'B', key)]);
  const drawn = MEASURES.map((measure) => ({ ...measure, axis: new HistogramAxis(all(measure.key), measure) }));
  if (drawn.every(({ axis }) => axis.min === axis.max)) return undefined;
  const columns = drawn.map(({ key, title, axis }) => {
    const row = (domain: Domain) =>
      html`<div class="bar-row">
        <strong>${domain}</strong>${cell(of(survey, domain, key), axis, `${title}, ${domain}`)}
      </div>`;
    const ends = html`<div class="axis"><span>${count(axis.min)}</span><span>${count(axis.max)}</span></div>`;
    return html`<figure>
      <figcaption>${title}${axis.isLogarithmic ? ', logarithmic' : ''}</figcaption>
      ${row('A')}${row('B')}${ends}
    </figure>`;
  });
  return html`<section aria-labelledby="sizes">
    <h2 id="sizes">How sizes are spread</h2>
    <div class="sizes">${columns}</div>
    <p class="soft">
      ${splitsIn(index).includes('valA') ? 'All splits' : 'Train and test'} together, <span class="median-key"></span>at
      the median. A and B share an axis; each is drawn as high as its own highest bar.
    </p>
  </section>`;
}

function cell(counts: ValueCounts, axis: HistogramAxis, label: string): Html {
  return counts.total === 0 ? html`<span class="soft">none</span>` : histogram(counts, axis, label);
}

function of(survey: DataSurvey, domain: Domain, key: Key): ValueCounts {
  return ValueCounts.of(SPLITS.filter((split) => split.endsWith(domain)).map((split) => survey.splits[split][key]));
}
