import type { OptionsSchema } from '../registry/component.js';
import { BOOKKEEPING } from '../registry/option-parts.js';

/** The schema of a size. @param maximum of a side */
const sides = (maximum: number) => {
  const expected = `a side of 8 to ${maximum} pixels, or [height, width]`;
  const limits = { minimum: 8, maximum };
  const items = { type: 'integer', ...limits };
  return { type: ['integer', 'array'], ...limits, items, minItems: 2, maxItems: 2, expected };
};

/** Options of every data set, in addition to its own. */
export const DATASET: OptionsSchema['properties'] = {
  image_size: {
    description:
      'Size of the images that the networks get (the crop), in pixels: the side of squares, or [height, width], such as [256, 512].',
    ...sides(4096),
    default: 256,
  },
  load_size: {
    description:
      'Size in pixels to which training images are resized before the random crop to image_size: a side, or [height, width]. By default 286/256 of image_size.',
    ...sides(8192),
  },
  preprocess: {
    description:
      'How images get to image_size, as by --preprocess of pytorch-CycleGAN-and-pix2pix. resize_and_crop stretches training images to load_size, then crops at random; test images are stretched to image_size. scale_width_and_crop keeps the aspect ratio: it scales to the width of load_size, then crops; test images to the width of image_size, of which the middle is taken. crop resizes nothing. scale_width (to the width of image_size) and none (sides rounded to multiples of 4) crop nothing, so that all images must come out at image_size.',
    enum: ['resize_and_crop', 'crop', 'scale_width', 'scale_width_and_crop', 'none'],
    default: 'resize_and_crop',
    'x-neutral': true,
  },
  interpolation: {
    description:
      'How images are resized: nearest as in TensorFlow’s tf.image.resize (the tutorial), bicubic and bilinear as in Pillow’s Image.resize (the paper’s code uses bicubic).',
    enum: ['nearest', 'bilinear', 'bicubic'],
    default: 'nearest',
  },
  flip: { description: 'Whether training images are mirrored at random.', type: 'boolean', default: true },
  shuffle_buffer: {
    description:
      'null shuffles the whole domain, so that all images are used equally often. A number is the size of the shuffle buffer, as in the tutorial: each epoch starts from the first images, and 1 keeps the order. An epoch shorter than a domain then never uses its last images.',
    type: ['integer', 'null'],
    minimum: 1,
    maximum: 10_000_000,
    default: null,
  },
  batch_size: { description: 'Images per step.', type: 'integer', minimum: 1, maximum: 1024, default: 1 },
  epoch: {
    description:
      'Length of an epoch: one pass over the shortest domain (the tutorial’s), or over the longest while the other starts over in a new order; or a number of steps, as for a single picture. An epoch continues where the last one ended, so that in the end all images are shown.',
    anyOf: [{ enum: ['shortest', 'longest'] }, { type: 'integer', minimum: 1, maximum: 10_000_000 }],
    expected: 'shortest, longest, or a number of steps',
    default: 'shortest',
  },
  limit: {
    description: 'Maximum number of images of each domain; null for all.',
    type: ['integer', 'null'],
    minimum: 1,
    default: null,
  },
  validation_share: {
    description:
      'The share of each domain’s training images that is held out for validation: neither training nor the final test sees them. They are chosen by their content, at least one, and copies stay together. 0: none, or the data set’s own validation images.',
    type: 'number',
    minimum: 0,
    maximum: 0.5,
    default: 0,
    'x-neutral': true,
  },
  validation_seed: {
    description: 'Which images are held out for validation: another seed draws others.',
    type: 'integer',
    minimum: 0,
    default: 0,
    'x-neutral': true,
  },
  on_bad_image: {
    description: 'What to do with an unreadable image: skip it with a warning, or fail.',
    enum: ['skip', 'fail'],
    default: 'skip',
    ...BOOKKEEPING,
  },
  max_bad: {
    description:
      'Maximum share of bad images in a split that may be skipped; a larger share is an error. 1 allows all.',
    type: 'number',
    minimum: 0,
    maximum: 1,
    default: 0.1,
    ...BOOKKEEPING,
  },
};
