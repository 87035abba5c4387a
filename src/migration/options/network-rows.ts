import { generatorNamed, knownNetworks } from './network-names.js';
import { none, same, set, type Became, type OptionReader, type OptionRow } from './option-row.js';

const METHODS: Readonly<Record<string, string>> = { cycle_gan: 'cyclegan', pix2pix: 'pix2pix', cut: 'cut' };

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
        .filter((key) => options.has(key))
        .map((key) => (options.number(key) === 3 ? same(key) : none(key, 'images are RGB'))),
  },
  {
    theirs: '`--netG resnet_9blocks`, `resnet_6blocks` (CUT: `resnet_4blocks`)',
    here: '`generator: {type: resnet, blocks: 9}`, `blocks: 6`, `4`',
    keys: ['netG'],
    become: generatorOf,
  },
  {
    theirs: '`--netG unet_256`, `unet_128`',
    here: '`generator: {type: unet, variant: pytorch, depth: 8, slope: 0.2}`, `depth: 7`; with instance norms `bias: true`',
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
    become: (options) =>
      knownNetworks(options).flatMap((section) =>
        options.copied(section === 'generator' ? 'ngf' : 'ndf', `${section}.width`),
      ),
  },
  {
    theirs: '`--norm instance`, `none` (CUT: `--normG`, `--normD`)',
    here: '`norm: instance` with `affine: false`; `norm: none`. A bias before an instance norm has no effect, so here it is left out',
    keys: ['norm', 'normG', 'normD'],
    become: (options) => knownNetworks(options).flatMap((section) => normOf(options, section)),
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
      knownNetworks(options).flatMap((section) => [
        ...(options.has('init_type') ? [set('init_type', `${section}.init`, options.text('init_type'))] : []),
        ...options.copied('init_gain', `${section}.gain`),
      ]),
  },
  {
    theirs: 'dropout (no `--no_dropout`; first `--use_dropout`)',
    here: '`generator.dropout: 0.5`',
    keys: ['no_dropout', 'use_dropout'],
    become: dropoutOf,
  },
  {
    theirs: 'CUT: no `--no_antialias`, `--no_antialias_up`',
    here: '`downsampling: antialiased` (generator and discriminator), `generator.upsampling: antialiased`',
    keys: ['no_antialias', 'no_antialias_up'],
    become: samplingOf,
  },
  {
    theirs: 'CUT: `--netG stylegan2`, `--netD stylegan2`, `--stylegan2_*`',
    here: 'none: there are no StyleGAN2 networks',
    keys: ['stylegan2_G_num_downsampling'],
  },
];

/** `--model` as a method here, or undefined if there is none. */
export const methodNamed = (model: string): string | undefined => METHODS[model];

function methodOf(options: OptionReader): readonly Became[] {
  const type = methodNamed(options.model);
  if (type === undefined) return [];
  if (type === 'cut' && options.text('CUT_mode').toLowerCase() === 'fastcut')
    return [set(['model', 'CUT_mode'], 'method.type', 'fastcut')];
  return [set(type === 'cut' ? ['model', 'CUT_mode'] : 'model', 'method.type', type)];
}

function generatorOf(options: OptionReader): readonly Became[] {
  const name = options.text('netG');
  const known = generatorNamed(name);
  if (known === undefined) {
    return options.has('netG') ? [none('netG', `there is no generator ${name}; the default is taken`)] : [];
  }
  const norm = normKey(options, 'generator');
  // Two of its layers have no norm after them, so that their biases count.
  const hasBias = known['type'] === 'unet' && options.text(norm) === 'instance';
  return [
    ...Object.entries(known).map(([key, value]) => set('netG', `generator.${key}`, value)),
    ...(hasBias ? [set(['netG', norm], 'generator.bias', true)] : []),
  ];
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

const normKey = (options: OptionReader, section: string): string => {
  if (!options.isOfCutRepository) return 'norm';
  return section === 'generator' ? 'normG' : 'normD';
};

function normOf(options: OptionReader, section: string): readonly Became[] {
  const from = normKey(options, section);
  const norm = options.text(from);
  if (norm === 'instance') return [set(from, `${section}.norm`, norm), set(from, `${section}.affine`, false)];
  if (norm === 'none') {
    const why = 'without norms, their discriminator has biases in its first and last layer alone, ours in all';
    return [set(from, `${section}.norm`, norm), ...(section === 'discriminator' ? [none(from, why)] : [])];
  }
  if (norm === '') return [];
  return [set(from, `${section}.norm`, 'batch'), set(from, `${section}.affine`, true)];
}

function dropoutOf(options: OptionReader): readonly Became[] {
  if (!knownNetworks(options).includes('generator')) return [];
  if (options.has('no_dropout')) return [set('no_dropout', 'generator.dropout', options.flag('no_dropout') ? 0 : 0.5)];
  // Of the first versions.
  if (options.has('use_dropout'))
    return [set('use_dropout', 'generator.dropout', options.flag('use_dropout') ? 0.5 : 0)];
  return [];
}

function samplingOf(options: OptionReader): readonly Became[] {
  const how = (key: string, otherwise: string) => (options.flag(key) ? otherwise : 'antialiased');
  const netG = generatorNamed(options.text('netG') || 'resnet_9blocks');
  const netD = options.text('netD') || 'basic';
  const down = how('no_antialias', 'strided');
  const hasDown = options.has('no_antialias');
  return [
    ...(netG?.['type'] === 'resnet' && hasDown ? [set('no_antialias', 'generator.downsampling', down)] : []),
    ...(netG?.['type'] === 'resnet' && options.has('no_antialias_up')
      ? [set('no_antialias_up', 'generator.upsampling', how('no_antialias_up', 'transpose'))]
      : []),
    // Whatever the generator is.
    ...(['basic', 'n_layers'].includes(netD) && hasDown
      ? [set('no_antialias', 'discriminator.downsampling', down)]
      : []),
  ];
}
