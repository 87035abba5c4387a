import { formatNumber } from '../../../support/format-number.js';
import { html, type Html } from '../../kit/html.js';
import { visible } from '../../../support/visible.js';
import { isExact, type EmbeddedImage } from '../../kit/embed-image.js';
import type { ImageScore } from '../images/scores.js';
import { arrow } from '../../kit/arrow.js';

/** A test image beside its translation. */
export interface ShownPair {
  readonly name: string;
  readonly score: number | undefined;
  readonly source: EmbeddedImage;
  readonly translated: EmbeddedImage;
}

export interface ShownPairs {
  readonly direction: string;
  readonly by: ImageScore | undefined;
  readonly pairs: readonly ShownPair[];
}

/** The first thing to see: translations beside their sources. */
export function pairsOf({ direction, by, pairs }: ShownPairs): Html {
  const which = by === undefined ? 'some of the test images' : `the best of the test images by ${by.name}`;
  return html`<section class="pairs" aria-label="${arrow(direction)}: translations beside their sources">
    <h3>${arrow(direction)} <span class="soft">${which}</span></h3>
    <ul>
      ${pairs.map((pair) => html`<li>${figureOf(pair, by)}</li>`)}
    </ul>
  </section>`;
}

/** @param by the score in the caption */
export function figureOf({ name, score, source, translated }: ShownPair, by: ImageScore | undefined): Html {
  const caption = by === undefined || score === undefined ? undefined : html` <b>${formatNumber(score)}</b>`;
  return html`<figure class="two" title="${visible(name)}">
    ${imageTag(source, `${visible(name)}, as it is`)}${imageTag(translated, `${visible(name)}, translated`)}
    <figcaption><span>${visible(name.slice(name.lastIndexOf('/') + 1))}</span>${caption}</figcaption>
  </figure>`;
}

export function imageTag(image: EmbeddedImage, alt: string): Html {
  const { src, width, height } = image;
  const kind = isExact(image) ? 'exact' : 'smooth';
  return html`<img class="${kind}" src="${src}" width="${width}" height="${height}" alt="${alt}" decoding="async" />`;
}
