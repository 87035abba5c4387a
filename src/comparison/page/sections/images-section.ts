import { html, type Html } from '../../../report/kit/html.js';
import { formatNumber } from '../../../support/format-number.js';
import { count } from '../../../support/plain-text.js';
import { visible } from '../../../support/visible.js';
import type { ComparedRun, Comparison } from '../../compare/compare-runs.js';
import { isExact, type EmbeddedImage } from '../../../report/kit/embed-image.js';
import type { ShownImages, ShownRow } from '../images/shown-images.js';
import { arrow } from '../../../report/kit/arrow.js';
import { tag } from '../page-text.js';

/** The same test images side by side: a row an image, a column a run. */
export function imagesSection({ runs, metrics }: Comparison, directions: readonly ShownImages[]): Html | undefined {
  if (directions.length === 0) return undefined;
  return html`<section aria-labelledby="images">
    <h2 id="images">The same test images</h2>
    ${directions.map((direction) => {
      const better = metrics.find(({ metric }) => metric === direction.metric)?.better ?? undefined;
      return directionOf(direction, runs, better);
    })}
  </section>`;
}

function directionOf(
  { direction, rows, total, metric }: ShownImages,
  runs: readonly ComparedRun[],
  better: 'higher' | 'lower' | undefined,
): Html {
  const hasTruth = rows.some(({ truth }) => truth !== undefined);
  const some = rows.length < total ? `${rows.length} of ${count(total)} test images, evenly spread.` : '';
  const below =
    metric === undefined
      ? ''
      : `Below each translation: its ${visible(metric)}${better === undefined ? '' : `; ${better} is better, the best is bold`}.`;
  const columns = runs.length + (hasTruth ? 2 : 1);
  return html`<h3>${arrow(direction)}</h3>
    <p class="soft">${some} ${below}</p>
    <div
      class="wide sheet"
      tabindex="0"
      role="region"
      aria-label="Test images, ${arrow(direction)}"
      style="--columns:${columns}"
    >
      <div class="images heads" aria-hidden="true">
        <span>real</span>${hasTruth ? html`<span>true translation</span>` : undefined}
        ${runs.map((run, i) => html`<span>${tag(run, i)} <span class="name">${visible(run.entry.name)}</span></span>`)}
      </div>
      ${rows.map((row) => rowOf(row, runs, hasTruth, better))}
    </div>`;
}

function rowOf(
  row: ShownRow,
  runs: readonly ComparedRun[],
  hasTruth: boolean,
  better: 'higher' | 'lower' | undefined,
): Html {
  const name = visible(row.name.slice(row.name.lastIndexOf('/') + 1));
  const scores = row.runs.flatMap((run) => run?.score ?? []).filter(Number.isFinite);
  const best =
    better === undefined || scores.length < 2
      ? undefined
      : better === 'higher'
        ? Math.max(...scores)
        : Math.min(...scores);
  return html`<div class="images">
    ${figureOf(row.source, `${visible(row.name)}, real`, name)}
    ${hasTruth ? figureOf(row.truth, `${visible(row.name)}, true translation`, '') : undefined}
    ${row.runs.map((run, i) => {
      const score =
        run?.score === undefined
          ? ''
          : run.score === best
            ? html`<strong>${formatNumber(run.score)}</strong>`
            : formatNumber(run.score);
      return figureOf(run?.image, `${visible(row.name)}, translated by ${runs[i]!.label}`, score);
    })}
  </div>`;
}

function figureOf(image: EmbeddedImage | undefined, alt: string, caption: Html | string): Html {
  const shown =
    image === undefined
      ? html`<div class="missing">not there</div>`
      : html`<img${isExact(image) ? html` class="exact"` : undefined}
          src="${image.src}"
          width="${image.width}"
          height="${image.height}"
          alt="${alt}"
          loading="lazy"
        />`;
  return html`<figure>
    ${shown}
    <figcaption>${caption}</figcaption>
  </figure>`;
}
