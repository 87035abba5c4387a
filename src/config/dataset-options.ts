import type { OptionsSchema } from '../registry/component.js';
import { BOOKKEEPING } from '../registry/option-parts.js';

/** What every source of images takes beside its own options. */
export const DATASET: OptionsSchema['properties'] = {
  image_size: {
    description: 'Side of the square that the networks see, in pixels: the crop.',
    type: 'integer',
    minimum: 8,
    maximum: 4096,
    default: 256,
  },
  load_size: {
    description:
      'Side that images are resized to before the random crop to image_size. By default 286/256 of image_size.',
    type: 'integer',
    minimum: 8,
    maximum: 8192,
  },
  interpolation: {
    description:
      'How images are resized: nearest as TensorFlow’s tf.image.resize (the tutorial), bicubic and bilinear as Pillow’s Image.resize (bicubic is the paper’s code).',
    enum: ['nearest', 'bilinear', 'bicubic'],
    default: 'nearest',
  },
  flip: { description: 'Whether training images are mirrored at random.', type: 'boolean', default: true },
  shuffle_buffer: {
    description:
      'null shuffles the whole domain, so that all images are shown, each as often. A number shuffles as the tutorial does: each epoch begins with the first images and looks so many ahead; 1 keeps the order. Then an epoch that ends before a domain does never shows its last images.',
    type: ['integer', 'null'],
    minimum: 1,
    maximum: 10_000_000,
    default: null,
  },
  batch_size: { description: 'Images a step.', type: 'integer', minimum: 1, maximum: 1024, default: 1 },
  epoch: {
    description: 'How long an epoch is: until the shortest domain is used up (the tutorial’s), or the longest.',
    enum: ['shortest', 'longest'],
    default: 'shortest',
  },
  limit: {
    description: 'Use at most so many images of each domain; null for all.',
    type: ['integer', 'null'],
    minimum: 1,
    default: null,
  },
  on_bad_image: {
    description: 'What to do with an image that cannot be read: skip it and say so, or fail.',
    enum: ['skip', 'fail'],
    default: 'skip',
    ...BOOKKEEPING,
  },
  max_bad: {
    description: 'The largest share of bad images of a split that may be skipped; more is an error. 1 for any.',
    type: 'number',
    minimum: 0,
    maximum: 1,
    default: 0.1,
    ...BOOKKEEPING,
  },
};
