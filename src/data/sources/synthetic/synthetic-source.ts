import type { DatasetComponent, DatasetSource, SourceImage, Split } from '../../../registry/kinds/dataset.js';
import type { Sides } from '../../../support/sides.js';
import { paint } from './draw-image.js';
import { drawScene } from './scene.js';
import { PLAIN, STRIPED, type Style } from './animal-style.js';

export interface SyntheticOptions {
  readonly seed: number;
  readonly train: number;
  readonly test: number;
  readonly validation: number;
  readonly paired: boolean;
}

/** Raise it when the same seed gives other images. */
const VERSION = 1;

/** A toy pair of domains, drawn from a seed, whose true mapping is known. */
export const synthetic: DatasetComponent<SyntheticOptions> = {
  summary: 'Drawn from a seed: plain animals on green meadows (A), striped ones on dry savannah (B). Needs no files.',
  details:
    'Every image is a scene (landscape, animals, light) in the style of its domain: the coat changes from plain to striped, the meadow from green to dry, ' +
    'and nothing else. Training scenes of A and B are different ones, so the data is unpaired, unless `paired` says otherwise. For test and validation images the same scene in the other style is known, ' +
    'so evaluation can say how right a translation is.',
  knowsTruth: true,
  hasValidation: ({ validation }) => validation > 0,
  schema: {
    properties: {
      seed: { type: 'integer', minimum: 0, default: 0, description: 'Which images: another seed draws other ones.' },
      train: { type: 'integer', minimum: 1, maximum: 1e6, default: 200, description: 'Training images a domain.' },
      test: { type: 'integer', minimum: 1, maximum: 1e6, default: 20, description: 'Test images a domain.' },
      validation: {
        type: 'integer',
        minimum: 0,
        maximum: 1e6,
        default: 0,
        'x-neutral': true,
        description: 'Validation images a domain, drawn in addition. dataset.validation_share replaces them.',
      },
      paired: {
        type: 'boolean',
        default: false,
        'x-neutral': true,
        description:
          'Whether image i of B shows the scene of image i of A, as Pix2Pix needs it; if not, scenes of its own.',
      },
    },
  },
  check({ paired }, { pairing }) {
    if (paired || pairing !== 'paired') return [];
    const message = 'The method needs pairs, and the synthetic images of A and B show different scenes.';
    return [{ path: ['paired'], against: 'pairing', message, cure: 'Set dataset.paired: true.' }];
  },
  create(options, site): DatasetSource {
    const limited = (count: number) => (site.limit === null ? count : Math.min(count, site.limit));
    const draw = (split: Split, count: number) =>
      Promise.resolve(Array.from({ length: limited(count) }, (_, i) => image(options, split, i, site.imageSize)));
    return {
      paired: options.paired,
      identity: () =>
        Promise.resolve({
          source: 'synthetic',
          version: VERSION,
          seed: options.seed,
          ...(options.paired && { paired: true }),
        }),
      list: (split) => draw(split, split.startsWith('test') ? options.test : options.train),
      validation: (split) => draw(split, options.validation),
    };
  },
};

function image({ seed, paired }: SyntheticOptions, split: Split, index: number, size: Sides): SourceImage {
  const [own, other]: [Style, Style] = split.endsWith('A') ? [PLAIN, STRIPED] : [STRIPED, PLAIN];
  const scenes = paired ? split.replace('B', 'A') : split;
  const draw = (style: Style) => Promise.resolve(Buffer.from(paint(drawScene(seed, scenes, index), style, size)));
  return {
    name: `synthetic/${split}/${String(index).padStart(4, '0')}`,
    read: () => draw(own),
    // Of a training image it is needed if the image is held out for validation.
    truth: () => draw(other),
  };
}
