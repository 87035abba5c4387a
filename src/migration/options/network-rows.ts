import { none, set, type Became, type OptionReader, type OptionRow } from './option-row.js';

const METHODS: Readonly<Record<string, string>> = { cycle_gan: 'cyclegan', pix2pix: 'pix2pix', cut: 'cut' };

/** `--netG`. */
const GENERATORS: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
  resnet_9blocks: { type: 'resnet', blocks: 9 },
  resnet_6blocks: { type: 'resnet', blocks: 6 },
  // networks.py's U-Net; its LeakyReLU has a slope of 0.2.
  unet_256: { type: 'unet', variant: 'pytorch', depth: 8, slope: 0.2 },
  unet_128: { type: 'unet', variant: 'pytorch', depth: 7, slope: 0.2 },
};

export const networkRows: readonly OptionRow[] = [
  {
    theirs: '`--model cycle_gan`',
    here: '`method: {type: cyclegan, pool: 50}`',
    keys: ['model', 'CUT_mode'],
    become: methodOf,
  },
  { theirs: '`--model pix2pix`', here: '`method: pix2pix`', keys: ['model'] },
  { theirs: '`--model cut`, `--CUT_mode FastCUT`', here: '`method: cut`, `fastcut`', keys: ['CUT_mode'] },
  {
    theirs: '`--model test`',
    here: '`runner translate RUN photo.jpg --out DIR` ([translate.md](translate.md))',
    keys: ['model'],
  },
  { theirs: '`--model colorization`, `sincut`', here: 'none', keys: ['model'] },
  {
    theirs: '`--input_nc`, `--output_nc`',
    here: 'none: images are RGB',
    keys: ['input_nc', 'output_nc'],
    become: (options) =>
      ['input_nc', 'output_nc']
        .filter((key) => options.has(key) && options.number(key) !== 3)
        .map((key) => none(key, 'images are RGB')),
  },
  {
    theirs: '`--netG resnet_9blocks`, `resnet_6blocks`',
    here: '`generator: {type: resnet, blocks: 9}`, `blocks: 6`',
    keys: ['netG'],
    become: generatorOf,
  },
  {
    theirs: '`--netG unet_256`, `unet_128`',
    here: '`generator: {type: unet, variant: pytorch, depth: 8, slope: 0.2}`, `depth: 7`',
    keys: ['netG'],
  },
  {
    theirs: '`--netD basic`, `n_layers --n_layers_D 4`',
    here: '`discriminator: {type: patchgan, slope: 0.2, bias: true}`, with `layers: 4`',
    keys: ['netD', 'n_layers_D'],
    become: discriminatorOf,
  },
  { theirs: '`--netD pixel`', here: '`discriminator: {type: pixelgan, slope: 0.2, bias: true}`', keys: ['netD'] },
  {
    theirs: '`--ngf`, `--ndf`',
    here: '`generator.width`, `discriminator.width`',
    keys: ['ngf', 'ndf'],
    become: (options) => [...options.copied('ngf', 'generator.width'), ...options.copied('ndf', 'discriminator.width')],
  },
  {
    theirs: '`--norm instance`, `none` (CUT: `--normG`, `--normD`)',
    here: '`norm: instance` with `affine: false`; `norm: none`. A bias before an instance norm has no effect, so here it is left out',
    keys: ['norm', 'normG', 'normD'],
    become: (options) => [
      ...normOf(options, options.isCut ? 'normG' : 'norm', 'generator'),
      ...normOf(options, options.isCut ? 'normD' : 'norm', 'discriminator'),
    ],
  },
  {
    theirs: '`--norm batch`, `syncbatch`',
    here: '`norm: batch`, without running averages: translation is as theirs without `--eval`. Replicas have statistics of their own',
    keys: ['norm'],
  },
  {
    theirs: '`--init_type`, `--init_gain`',
    here: '`init`, `gain`, of generator and discriminator',
    keys: ['init_type', 'init_gain'],
    become: (options) =>
      ['generator', 'discriminator'].flatMap((section) => [
        ...(options.has('init_type') ? [set('init_type', `${section}.init`, options.text('init_type'))] : []),
        ...options.copied('init_gain', `${section}.gain`),
      ]),
  },
  {
    theirs: 'dropout (no `--no_dropout`)',
    here: '`generator.dropout: 0.5`',
    keys: ['no_dropout'],
    become: (options) =>
      options.has('no_dropout') ? [set('no_dropout', 'generator.dropout', options.flag('no_dropout') ? 0 : 0.5)] : [],
  },
  {
    theirs: 'CUT: no `--no_antialias`, `--no_antialias_up`',
    here: '`downsampling: antialiased` (generator and discriminator), `generator.upsampling: antialiased`',
    keys: ['no_antialias', 'no_antialias_up'],
    become: samplingOf,
  },
  {
    theirs: 'CUT: `--netG stylegan2`, `--netD stylegan2`, `--stylegan2_*`',
    here: 'none',
    keys: ['stylegan2_G_num_downsampling'],
  },
];

function methodOf(options: OptionReader): readonly Became[] {
  const { model } = options;
  const type = METHODS[model];
  if (type === undefined) return [none('model', `there is no method ${model}; runner translate translates`)];
  if (type === 'cut' && options.text('CUT_mode').toLowerCase() === 'fastcut')
    return [set(['model', 'CUT_mode'], 'method.type', 'fastcut')];
  return [set(options.has('CUT_mode') ? ['model', 'CUT_mode'] : 'model', 'method.type', type)];
}

function generatorOf(options: OptionReader): readonly Became[] {
  const name = options.text('netG');
  const known = GENERATORS[name];
  if (known !== undefined) return Object.entries(known).map(([key, value]) => set('netG', `generator.${key}`, value));
  return options.has('netG') ? [none('netG', `there is no generator ${name}; the default is taken`)] : [];
}

function discriminatorOf(options: OptionReader): readonly Became[] {
  const name = options.text('netD');
  if (!options.has('netD')) return [];
  const common = [set('netD', 'discriminator.slope', 0.2), set('netD', 'discriminator.bias', true)];
  if (name === 'pixel') return [set('netD', 'discriminator.type', 'pixelgan'), ...common];
  const patchgan = [set('netD', 'discriminator.type', 'patchgan'), ...common];
  if (name === 'basic') return [...patchgan, set('netD', 'discriminator.layers', 3)];
  if (name === 'n_layers') return [...patchgan, ...options.copied('n_layers_D', 'discriminator.layers')];
  return [none('netD', `there is no discriminator ${name}; the default is taken`)];
}

function normOf(options: OptionReader, from: string, section: string): readonly Became[] {
  const norm = options.text(from);
  if (norm === 'instance') return [set(from, `${section}.norm`, norm), set(from, `${section}.affine`, false)];
  if (norm === 'none') return [set(from, `${section}.norm`, norm)];
  if (norm === '') return [];
  return [set(from, `${section}.norm`, 'batch'), set(from, `${section}.affine`, true)];
}

function samplingOf(options: OptionReader): readonly Became[] {
  const how = (key: string, otherwise: string) => (options.flag(key) ? otherwise : 'antialiased');
  if (!options.has('no_antialias', 'no_antialias_up') || !options.text('netG').startsWith('resnet')) return [];
  const pixel = options.text('netD') === 'pixel';
  return [
    set('no_antialias', 'generator.downsampling', how('no_antialias', 'strided')),
    set('no_antialias_up', 'generator.upsampling', how('no_antialias_up', 'transpose')),
    ...(pixel ? [] : [set('no_antialias', 'discriminator.downsampling', how('no_antialias', 'strided'))]),
  ];
}
