import { html, type Html } from '../../kit/html.js';
import { visible } from '../../../support/visible.js';
import type { EmbeddedImage } from '../../kit/embed-image.js';
import { arrow } from '../../kit/arrow.js';
import { imageTag } from './result-section.js';

/** Grids of the same images over the training, of one direction. */
export interface ShownSamples {
  readonly name: string;
  readonly description: string;
  readonly frames: readonly { readonly step: number; readonly image: EmbeddedImage }[];
  /** How many there are in the run's folder. */
  readonly of: number;
}

/** The same images again and again: a slider through the training. */
export function samplesSection(samples: readonly ShownSamples[]): Html | undefined {
  const shown = samples.filter(({ frames }) => frames.length > 0);
  if (shown.length === 0) return undefined;
  const steps = [...new Set(shown.flatMap(({ frames }) => frames.map(({ step }) => step)))];
  const left = shown.some(({ frames, of }) => of > frames.length);
  return html`<section aria-labelledby="samples">
    <h2 id="samples">Samples over the training</h2>
    <div class="controls" data-for="samples" hidden>
      <button type="button" id="play" aria-pressed="false">play</button>
      <input
        type="range"
        id="moment"
        min="0"
        max="${steps.length - 1}"
        step="1"
        value="${steps.length - 1}"
        aria-label="Step of the training"
      />
      <output for="moment" id="moment-text"></output>
      ${left ? html`<span class="soft">Some of the recorded steps.</span>` : undefined}
    </div>
    <div class="series">
      ${shown.map(
        ({ name, description, frames }, i) =>
          html`<figure data-samples="${i}">
            <figcaption><strong>${titleOf(name)}</strong> ${visible(description)}</figcaption>
            ${imageTag(frames.at(-1)!.image, `Samples ${titleOf(name)} at step ${frames.at(-1)!.step}`)}
          </figure>`,
      )}
    </div>
  </section>`;
}

/** `A → B` of `samples/AtoB`. */
export function titleOf(name: string): string {
  return visible(arrow(name.slice(name.indexOf('/') + 1)));
}
