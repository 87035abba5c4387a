import { count } from '../../../support/plain-text.js';
import { html, type Html } from '../../../report/kit/html.js';
import { visible } from '../../../support/visible.js';
import type { SweepSummary } from '../../summary/sweep-summary.js';
import { linkTo } from '../link.js';
import { fileOf, trialsWithImages, type ShownDirection, type ShownRow } from '../images/shown-rows.js';
import { MOST_IMAGES, type Embedded } from '../images/strip.js';
import { rowId, type Ranked } from '../ranks.js';
import { measured } from '../../summary/summary-text.js';
import { arrow } from '../../../report/kit/arrow.js';

/** The same test images, trial by trial, the best first. */
export function imagesSection(
  summary: SweepSummary,
  ranked: readonly Ranked[],
  directions: readonly ShownDirection[],
): Html | undefined {
  const { shown, total } = trialsWithImages(ranked);
  if (directions.length === 0) return undefined;
  const which = shown.length < total ? `The best ${shown.length} of ${count(total)} trials` : 'The best trial first';
  const most = Math.max(...directions.map(({ images }) => images));
  const some = most > MOST_IMAGES ? ` Of each grid, the first ${MOST_IMAGES} of ${count(most)} test images.` : '';
  return html`<section aria-labelledby="images">
    <h2 id="images">The same test images</h2>
    <p class="soft">${which}; a column is a test image, images link to the whole grid.${some}</p>
    ${directions.map((direction) => directionOf(direction, summary))}
  </section>`;
}

function directionOf({ name, rows }: ShownDirection, summary: SweepSummary): Html {
  return html`<div class="direction">
    <h3>${arrow(name)}</h3>
    <div class="strips heads"><span></span><span>translated</span><span>and back: reconstructed</span></div>
    ${rows.map((row) => rowOf(row, name, summary))}
  </div>`;
}

function rowOf(row: ShownRow, direction: string, summary: SweepSummary): Html {
  if (row.kind === 'real') return realRow(row);
  const file = fileOf(row.of, direction)!;
  const alt = (what: string) => `${visible(row.of.trial.label)}, ${arrow(direction)}: ${what}`;
  const image = (image: Embedded, what: string) =>
    html`<a href="${linkTo(summary.dir, file)}">${imageOf(image, alt(what))}</a>`;
  const name = label(row.of, direction, summary);
  switch (row.kind) {
    case 'trial':
      return html`<div class="strips">
        ${name} ${image(row.translated, 'translated')} ${image(row.reconstructed, 'reconstructed')}
      </div>`;
    case 'whole':
      return html`<div class="strips">
        ${name}
        <div class="whole">${image(row.grid, 'grid')}</div>
      </div>`;
    case 'unreadable':
      return html`<div class="strips">
        ${name}
        <p class="whole soft">Its images could not be read.</p>
      </div>`;
  }
}

/** Stays visible while scrolling, for comparison with each trial. */
function realRow({ real, truth }: ShownRow & { kind: 'real' }): Html {
  const images = (image: Embedded, what: string) => imageOf(image, what);
  return html`<div class="reference">
    <div class="strips"><span class="soft">real</span>${images(real, 'real')}${images(real, 'real')}</div>
    ${truth === undefined ? undefined : html`<div class="strips"><span class="soft">true translation</span>${images(truth, 'true translation')}</div>`}
  </div>`;
}

function label({ trial, rank, value }: Ranked, direction: string, summary: SweepSummary): Html {
  const { metric } = summary;
  const own = trial.metrics[`${direction}/${metric.name}`];
  const name = trial.label === '' ? `trial ${trial.id}` : visible(trial.label);
  return html`<div class="who">
    <span class="name"
      ><span class="soft">${rank}</span> <strong><a href="#${rowId(trial)}">${name}</a></strong></span
    >
    ${value === undefined ? undefined : html`<span>${visible(metric.name)} ${measured(value, metric)}</span>`}
    ${own === undefined ? undefined : html`<span class="soft">${arrow(direction)} ${measured(own, metric)}</span>`}
  </div>`;
}

function imageOf({ src, width, height }: Embedded, alt: string): Html {
  return html`<img src="${src}" width="${width}" height="${height}" alt="${alt}" />`;
}
