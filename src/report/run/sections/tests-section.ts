import { html, type Html } from '../../kit/html.js';
import { visible } from '../../../support/visible.js';
import { count } from '../../../support/plain-text.js';
import type { EmbeddedImage } from '../../kit/embed-image.js';
import type { RankedList } from '../images/choose-images.js';
import { arrow } from '../../kit/arrow.js';
import { neighboursOf, type ShownNeighbours } from './neighbours-section.js';
import { figureOf, imageTag, type ShownPair } from './result-section.js';

export type ShownWorst = Omit<RankedList, 'images'> & { readonly pairs: readonly ShownPair[] };

/** One direction of the test set. */
export interface ShownTests {
  readonly direction: string;
  /** Embedded, and all that were kept. */
  readonly images: number;
  readonly of: number;
  readonly worst: readonly ShownWorst[];
  readonly neighbours: readonly ShownNeighbours[];
}

/** All test images as before and after, which the page's script draws, and the worst ones. */
export function testsSection(tests: readonly ShownTests[]): Html | undefined {
  if (tests.length === 0) return undefined;
  const left = tests.some(({ images, of }) => images < of);
  return html`<section aria-labelledby="tests">
      <h2 id="tests">The test images</h2>
      <noscript
        ><p class="soft">
          All of them are shown by a script, which this browser does not run. The worst are below.
        </p></noscript
      >
      <div class="controls" data-for="tests" hidden>
        <span role="group" aria-label="Direction" class="segments">
          ${tests.map(({ direction }, i) => html`<button type="button" data-direction="${i}" aria-pressed="${i === 0 ? 'true' : 'false'}">${arrow(direction)}</button>`)}
        </span>
        <label
          >sort by
          <select id="sort"></select
        ></label>
        <label class="divider"
          >source
          <input
            type="range"
            id="divider"
            min="0"
            max="100"
            step="1"
            value="50"
            aria-label="Divider between source and translation of all images, in percent"
          />
          translation</label
        >
        <span class="soft" id="tests-count" aria-live="polite"></span>
      </div>
      <div class="gallery" id="gallery"></div>
      <button type="button" class="more" id="more" hidden>show more</button>
      ${left ? html`<p class="soft">${tests.map(({ direction, images, of }) => `${arrow(direction)}: ${count(images)} of ${count(of)} images, with all extremes of each score`).join('; ')}.</p>` : undefined}
      ${tests.flatMap(({ direction, worst }) => worst.map((list) => worstOf(direction, list)))}
      ${tests.flatMap(({ direction, neighbours }) => neighbours.map((list) => neighboursOf(direction, list)))}
    </section>
    <dialog id="viewer" aria-label="Test image"></dialog>`;
}

function worstOf(direction: string, { title, note, score, pairs }: ShownWorst): Html {
  return html`<section class="pairs worst" aria-label="${arrow(direction)}, ${title}">
    <h3>${arrow(direction)}: ${title} <span class="soft">${note}; by ${visible(score.name)}</span></h3>
    <ul>
      ${pairs.map((pair) => html`<li>${figureOf(pair, score)}</li>`)}
    </ul>
  </section>`;
}

/** Grids of test images, of a run that kept no single ones. */
export function gridsSection(
  grids: readonly { readonly direction: string; readonly image: EmbeddedImage }[],
): Html | undefined {
  if (grids.length === 0) return undefined;
  return html`<section aria-labelledby="tests">
    <h2 id="tests">Some test images</h2>
    <div class="series">
      ${grids.map(
        ({ direction, image }) =>
          html`<figure>
            <figcaption>
              <strong>${arrow(direction)}</strong> a row: real, translated, translated back, and the truth where it is
              known
            </figcaption>
            ${imageTag(image, `Test images ${arrow(direction)}`)}
          </figure>`,
      )}
    </div>
  </section>`;
}
