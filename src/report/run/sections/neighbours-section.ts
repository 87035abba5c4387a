import { formatNumber } from '../../../support/format-number.js';
import { counted } from '../../../support/plain-text.js';
import { visible } from '../../../support/visible.js';
import { arrow } from '../../kit/arrow.js';
import { html, type Html } from '../../kit/html.js';
import type { EmbeddedImage } from '../../kit/embed-image.js';
import type { NeighbourList } from '../images/neighbours.js';
import { imageTag } from './result-section.js';

/** A test image, its translation, and the training image that this resembles most. */
export interface ShownNeighbour {
  readonly name: string;
  readonly distance: number;
  readonly source: EmbeddedImage;
  readonly translated: EmbeddedImage;
  readonly nearest: EmbeddedImage;
  readonly nearestName: string;
}

export type ShownNeighbours = Omit<NeighbourList, 'neighbours'> & { readonly neighbours: readonly ShownNeighbour[] };

/** The closest translations beside their neighbours, to be compared by eye: has the generator copied them? */
export function neighboursOf(direction: string, { score, real, among, neighbours }: ShownNeighbours): Html {
  const which = among === null ? 'the nearest training image' : `the nearest of ${counted(among, 'training image')}`;
  const usual = real === null ? '' : `; held-out real images are at ${formatNumber(real)} on average`;
  return html`<section class="pairs nearest" aria-label="${arrow(direction)}, nearest training images">
    <h3>
      ${arrow(direction)}: Nearest training images
      <span class="soft">source, translation, and ${which} by ${visible(score)}, with its distance${usual}</span>
    </h3>
    <ul>
      ${neighbours.map((neighbour) => html`<li>${figureOf(neighbour)}</li>`)}
    </ul>
  </section>`;
}

function figureOf({ name, distance, source, translated, nearest, nearestName }: ShownNeighbour): Html {
  return html`<figure class="two three" title="${visible(name)}, beside ${visible(nearestName)}">
    ${imageTag(source, `${visible(name)}, as it is`)}${imageTag(translated, `${visible(name)}, translated`)}${imageTag(nearest, `${visible(nearestName)}, the nearest training image`)}
    <figcaption>
      <span>${within(name)}</span><b>${formatNumber(distance)}</b><span>${within(nearestName)}</span>
    </figcaption>
  </figure>`;
}

/** The name without its folders. */
function within(name: string): string {
  return visible(name.slice(name.lastIndexOf('/') + 1));
}
