import type { Domain } from '../../../registry/kinds/dataset.js';
import { visible } from '../../../support/visible.js';
import { sameSize, sidesOf, sizeText } from '../../../support/sides.js';
import { html, type Html } from '../../kit/html.js';
import { titleOfDomain } from '../provenance.js';
import type { DataReport } from '../data-facts.js';
import type { ShownImage, ShownSamples } from '../shown-data.js';

/** Prepared images next to their crops, at one scale, and A next to B. */
export function samplesSection({ index, samples }: DataReport): Html {
  const { image_size: size, load_size: load, splits } = index;
  const isCropped = splits.trainA.size === null || !sameSize(load, size);
  const crop = isCropped ? `another crop of it, ${sizeText(size, ' × ')} at a random place` : 'all of it';
  const prepared = splits.trainA.size === null ? 'each in a size of its own' : `at ${sizeText(load, ' × ')}`;
  const isStretched = (index.preprocess ?? 'resize_and_crop') === 'resize_and_crop';
  return html`<section aria-labelledby="samples">
    <h2 id="samples">What training sees</h2>
    <p>
      Training images are prepared once, ${prepared} by <code>${index.interpolation}</code>. Each time one comes up,
      training takes ${crop}, and mirrors half of them (none with <code>dataset.flip: false</code>). Test images are
      used ${isStretched ? 'whole, ' : ''}at ${sizeText(size, ' × ')}. Chosen at random from the whole set, the same
      each time.
    </p>
    <div class="pair">${(['A', 'B'] as const).map((domain) => samplesOf(domain, samples[domain], index))}</div>
  </section>`;
}

function samplesOf(
  domain: Domain,
  { train, test }: ShownSamples,
  { image_size: size, source }: DataReport['index'],
): Html {
  const crops = train[0]?.crops.length ?? 0;
  const load = train[0]?.width ?? 1;
  const columns = `grid-template-columns:${load}fr ${`${sidesOf(size).width}fr `.repeat(crops).trim()}`;
  const header = html`<div class="cells heads" style="${columns}">
    <span>prepared</span><span>as training may see it</span>
  </div>`;
  const rows = train.map(
    (sample) =>
      html`<div class="cells" style="${columns}">
        ${image(sample, `${domain}: ${sample.name}`, fileOf(sample.name))}${sample.crops.map(({ jitter, ...crop }) => {
          const description = `cropped at ${jitter.left} from the left and ${jitter.top} from the top${jitter.flip ? ', mirrored' : ''}`;
          return image({ ...crop, name: description }, `${sample.name} ${description}`, jitter.flip ? 'mirrored' : '');
        })}
      </div>`,
  );
  return html`<div>
    <h3>${titleOfDomain(source, domain)}</h3>
    ${header}${rows}${tests(domain, test, crops + 1)}
  </div>`;
}

function tests(domain: Domain, test: readonly ShownImage[], columns: number): Html | undefined {
  if (test.length === 0) return undefined;
  return html`<div class="tests">
    <div class="cells heads"><span>test</span></div>
    <div class="cells" style="grid-template-columns:repeat(${columns}, minmax(0, 1fr))">
      ${test.map((shown) => image(shown, `${domain}, test: ${shown.name}`, fileOf(shown.name)))}
    </div>
  </div>`;
}

function image({ src, width, height, name }: ShownImage, alt: string, caption: string): Html {
  return html`<figure title="${visible(name)}"><img${width <= 128 ? html` class="exact"` : undefined} src="${src}" width="${width}" height="${height}" alt="${visible(alt)}"><figcaption>${caption}</figcaption></figure>`;
}

/** The last part of a path, enough to distinguish images of one folder. */
function fileOf(name: string): string {
  return visible(name.slice(name.lastIndexOf('/') + 1));
}
