import { needless, none, same, set, type Became, type OptionReader, type OptionRow } from './option-row.js';

export const dataRows: readonly OptionRow[] = [
  {
    theirs: '`--dataroot`, `--dataset_mode unaligned`',
    here: "`dataset: {type: folder, path: ...}` ([data.md](data.md)); the paper's sets by name: `type: cyclegan`",
    keys: ['dataroot', 'dataset_mode', 'align_data'],
    become: sourceOf,
  },
  {
    theirs: '`--dataset_mode aligned`',
    here: '`dataset: {type: pairs, path: ...}`; before `combine_A_and_B.py`: `type: folder`',
    keys: ['dataset_mode'],
  },
  { theirs: '`--dataset_mode single`', here: '`runner translate`', keys: ['dataset_mode'] },
  { theirs: '`--dataset_mode colorization`', here: 'none', keys: ['dataset_mode'] },
  {
    theirs: '`--direction BtoA`',
    here: '`method.direction` of Pix2Pix and CUT; CycleGAN trains both',
    keys: ['direction'],
    become: (options) => {
      if (!options.has('direction')) return [];
      if (options.model !== 'cycle_gan') return [set('direction', 'method.direction', options.text('direction'))];
      const why =
        'CycleGAN trains both directions; their A is domain B here, so their G_A is F, and lambda_A is backward';
      return [options.text('direction') === 'BtoA' ? needless('direction', why) : same('direction')];
    },
  },
  {
    theirs: '`--load_size`, `--crop_size`',
    here: '`dataset.load_size`, `dataset.image_size`; both also `[height, width]`',
    keys: ['load_size', 'crop_size'],
    become: (options) => [
      ...options.copied('crop_size', 'dataset.image_size'),
      ...(NOT_RESIZED.includes(options.text('preprocess')) ? [] : options.copied('load_size', 'dataset.load_size')),
    ],
  },
  {
    theirs: '`--preprocess resize_and_crop`, `crop`, `scale_width_and_crop`',
    here: '`dataset.preprocess`, with the same names; with bicubic resizing as theirs: `dataset.interpolation: bicubic`. Tests take the middle ([data.md](data.md#sizes-and-shapes))',
    keys: ['preprocess'],
    become: (options) => [
      ...(options.has('preprocess') ? [set('preprocess', 'dataset.interpolation', 'bicubic')] : []),
      ...preprocessOf(options),
    ],
  },
  {
    theirs: '`--preprocess scale_width`, `none`',
    here: '`dataset.preprocess`, with the size that all images then have: `dataset.image_size: [height, width]`',
    keys: ['preprocess'],
  },
  {
    theirs: '`--no_flip`',
    here: '`dataset.flip: false`',
    keys: ['no_flip'],
    become: (options) => (options.has('no_flip') ? [set('no_flip', 'dataset.flip', !options.flag('no_flip'))] : []),
  },
  {
    theirs: '`--batch_size`',
    here: '`dataset.batch_size`; `train.accumulate` for a larger one in the memory of a small one',
    keys: ['batch_size'],
    become: (options) => options.copied('batch_size', 'dataset.batch_size'),
  },
  {
    theirs: '`--serial_batches`',
    here: '`dataset.shuffle_buffer: 1`',
    keys: ['serial_batches'],
    become: (options) => [
      options.flag('serial_batches') ? set('serial_batches', 'dataset.shuffle_buffer', 1) : same('serial_batches'),
    ],
  },
  {
    theirs: '`--max_dataset_size`',
    here: '`dataset.limit`',
    keys: ['max_dataset_size'],
    become: (options) => {
      const limit = options.copied('max_dataset_size', 'dataset.limit');
      return limit.length > 0 ? limit : [same('max_dataset_size')];
    },
  },
  {
    theirs: 'CUT: `--dataset_mode singleimage`',
    here: 'one image a domain, and `dataset.epoch: 1000` steps ([data.md](data.md))',
    keys: ['dataset_mode'],
  },
  { theirs: 'CUT: `--random_scale_max`', here: 'none: it is of `singleimage`', keys: ['random_scale_max'] },
  { theirs: 'an epoch over the larger domain', here: '`dataset.epoch: longest`', keys: [] },
  {
    theirs: '`--num_threads`',
    here: 'none: images are prepared once, and read while the step computes',
    keys: ['num_threads'],
  },
];

function sourceOf(options: OptionReader): readonly Became[] {
  // The first versions had align_data.
  const from = options.has('align_data') ? 'align_data' : 'dataset_mode';
  const path = options.has('dataroot') ? [set('dataroot', 'dataset.path', options.text('dataroot'))] : [];
  if (modeOf(options) === 'aligned') return [set(from, 'dataset.type', 'pairs'), ...path];
  return [set(from, 'dataset.type', 'folder'), ...path, set(from, 'dataset.epoch', 'longest')];
}

/** Where the file does not say it, the default of the model. */
export function modeOf(options: OptionReader): string {
  if (options.has('align_data')) return options.flag('align_data') ? 'aligned' : 'unaligned';
  return options.text('dataset_mode') || (options.model === 'pix2pix' ? 'aligned' : 'unaligned');
}

/** Modes of `--preprocess` that resize images to no size, or to one that the option file does not say. */
const NOT_RESIZED: readonly string[] = ['crop', 'scale_width', 'none'];

function preprocessOf(options: OptionReader): Became[] {
  const mode = options.has('preprocess') ? options.text('preprocess') : 'resize_and_crop';
  if (mode === 'crop' || mode === 'scale_width_and_crop') return [set('preprocess', 'dataset.preprocess', mode)];
  if (/^resize_(and|or)_crop$/.test(mode)) return [];
  const how = `dataset.preprocess: ${mode} needs the size that all images then have, dataset.image_size: [height, width]`;
  return [none('preprocess', how)];
}
