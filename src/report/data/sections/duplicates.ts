import { count, counted, within } from '../../../support/plain-text.js';
import { splitsIn } from '../../../data/store/store-format.js';
import { inBoth } from './data-lede.js';
import { html, type Content, type Html } from '../../kit/html.js';
import type { DataReport } from '../data-facts.js';
import { SHOWN_GROUPS, type ShownGroup } from '../shown-data.js';

const isOfValidation = ({ images }: ShownGroup) => images.some(({ split }) => split.startsWith('val'));

const KINDS = [
  { title: 'In train and in test', mark: true, is: (group: ShownGroup) => group.leak && !isOfValidation(group) },
  { title: 'In val and in train or test', mark: true, is: (group: ShownGroup) => group.leak && isOfValidation(group) },
  { title: 'In A and in B', mark: false, is: ({ leak, overlap }: ShownGroup) => !leak && overlap },
  { title: 'Within one split', mark: false, is: ({ leak, overlap }: ShownGroup) => !leak && !overlap },
];

/** Duplicate images; first those that are in training and in test. */
export function duplicatesSection({ index, findings: { duplicates, leaks, overlaps }, twice }: DataReport): Html {
  const more = duplicates.length - twice.length;
  const shown = twice.slice(0, SHOWN_GROUPS);
  const rest = twice.slice(SHOWN_GROUPS);
  return html`<section aria-labelledby="twice">
    <h2 id="twice">Images that come twice</h2>
    ${duplicates.length === 0 ? html`<p>None: no two images have the same pixels.</p>` : undefined}
    ${duplicates.length > 0 ? sentence(duplicates.length, leaks, overlaps, inBoth(splitsIn(index).includes('valA'))) : undefined}
    ${KINDS.map(({ title, mark, is }) => ofKind(title, mark, shown.filter(is)))}
    ${
      rest.length > 0
        ? html`<ul class="named">
            ${rest.map(named)}
          </ul>`
        : undefined
    }
    ${more > 0 ? html`<p>${count(more)} more: <code>findings.json</code> of the prepared store has them all.</p>` : undefined}
  </section>`;
}

function sentence(groups: number, leaks: number, overlaps: number, both: string): Html {
  const are = (n: number) => `${counted(n, 'image')} ${n === 1 ? 'is' : 'are'}`;
  return html`<p>
    ${are(groups)} there more than once, with the same pixels.
    ${leaks > 0 ? html`<span class="mark">${are(leaks)} ${both}</span>: what is measured there is not new to the networks.` : undefined}
    ${overlaps > 0 ? `${are(overlaps)} in both domains.` : undefined}
  </p>`;
}

function ofKind(title: string, mark: boolean, groups: readonly ShownGroup[]): Html | undefined {
  if (groups.length === 0) return undefined;
  return html`<h3 class="kind${mark ? ' mark' : ''}">${title}</h3>
    <ul class="twice">
      ${groups.map(
        (group) =>
          html`<li>
            <div class="cells">${group.images.map(figure)}</div>
            ${others(group)}
          </li>`,
      )}
    </ul>`;
}

function figure({ split, name, src }: ShownGroup['images'][number]): Html {
  const image = src === undefined ? undefined : html`<img src="${src}" alt="" />`;
  return html`<figure>
    ${image}
    <figcaption>${split} <span class="name">${within(split, name)}</span></figcaption>
  </figure>`;
}

function named(group: ShownGroup): Html {
  const images = group.images.map(
    ({ split, name }, i) =>
      html`${i > 0 ? ' = ' : ''}<span class="soft">${split}</span> <span class="name">${within(split, name)}</span>`,
  );
  return html`<li>${images}${others(group)}</li>`;
}

function others({ more }: ShownGroup): Content {
  return more > 0 ? html`<span class="soft"> and ${count(more)} more</span>` : undefined;
}
