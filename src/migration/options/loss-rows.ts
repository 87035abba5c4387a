import { none, set, type Became, type OptionReader, type OptionRow } from './option-row.js';

/** The layers of CUT's generator with antialiased sampling, by their places in its Sequential. */
const LAYERS: Readonly<Record<string, string>> = {
  ...{ 0: 'image', 4: 'down1', 8: 'down2' },
  ...Object.fromEntries(Array.from({ length: 9 }, (_, i) => [12 + i, `residual${i + 1}`])),
};

const isCut = ({ model }: OptionReader) => model === 'cut';
const isCycleGan = ({ model }: OptionReader) => model === 'cycle_gan';

export const lossRows: readonly OptionRow[] = [
  {
    theirs: '`--gan_mode lsgan`, `vanilla`',
    here: '`loss.adversarial: least-squares`, `bce`',
    keys: ['gan_mode'],
    become: adversarialOf,
  },
  {
    theirs: '`--gan_mode wgangp`',
    here: '`loss: {adversarial: wasserstein, penalty: wgan-gp}`. Their CycleGAN and Pix2Pix leave the penalty out',
    keys: ['gan_mode'],
  },
  {
    theirs: '`--lambda_A`, `--lambda_B`',
    here: '`loss.lambda: {forward: 10, backward: 10}`, or one number for both',
    keys: ['lambda_A', 'lambda_B'],
    become: (options) => {
      const [forward, backward] = [options.number('lambda_A'), options.number('lambda_B')];
      if (!isCycleGan(options) || forward === undefined || backward === undefined) return [];
      return [set(['lambda_A', 'lambda_B'], 'loss.lambda', forward === backward ? forward : { forward, backward })];
    },
  },
  {
    theirs: '`--lambda_identity`',
    here: '`loss.identity`, relative to lambda as theirs',
    keys: ['lambda_identity'],
    become: (options) => (isCycleGan(options) ? options.copied('lambda_identity', 'loss.identity') : []),
  },
  {
    theirs: '`--lambda_L1` (Pix2Pix)',
    here: '`loss.lambda`',
    keys: ['lambda_L1'],
    become: (options) => (options.model === 'pix2pix' ? options.copied('lambda_L1', 'loss.lambda') : []),
  },
  {
    theirs: '`--pool_size`',
    here: '`method.pool` of CycleGAN; Pix2Pix and CUT have none, as theirs by default',
    keys: ['pool_size'],
    become: (options) => {
      if (isCycleGan(options)) return options.copied('pool_size', 'method.pool');
      return options.model === 'pix2pix' && (options.number('pool_size') ?? 0) > 0
        ? [none('pool_size', 'Pix2Pix has no pool of earlier translations')]
        : [];
    },
  },
  {
    theirs: '`--lambda_NCE`, `--nce_idt` (CUT)',
    here: '`loss.lambda`, `loss.identity`',
    keys: ['lambda_NCE', 'nce_idt'],
    become: (options) =>
      isCut(options) && options.has('nce_idt')
        ? [...options.copied('lambda_NCE', 'loss.lambda'), set('nce_idt', 'loss.identity', options.flag('nce_idt'))]
        : [],
  },
  {
    theirs: '`--lambda_GAN` (CUT)',
    here: 'none: it is 1; scale `loss.lambda` instead',
    keys: ['lambda_GAN'],
    become: (options) =>
      isCut(options) && (options.number('lambda_GAN') ?? 1) !== 1
        ? [none('lambda_GAN', 'it is 1; scale loss.lambda instead')]
        : [],
  },
  {
    theirs: '`--nce_layers 0,4,8,12,16`',
    here: '`method.layers: [image, down1, down2, residual1, residual5]`, the default',
    keys: ['nce_layers'],
    become: layersOf,
  },
  {
    theirs: '`--num_patches`, `--nce_T`, `--netF_nc`',
    here: '`method.patches`, `method.temperature`, `method.projection`',
    keys: ['num_patches', 'nce_T', 'netF_nc'],
    become: (options) =>
      isCut(options)
        ? [
            ...options.copied('num_patches', 'method.patches'),
            ...options.copied('nce_T', 'method.temperature'),
            ...options.copied('netF_nc', 'method.projection'),
          ]
        : [],
  },
  {
    theirs: '`--netF`',
    here: 'none: it is `mlp_sample`',
    keys: ['netF'],
    become: (options) =>
      isCut(options) && options.has('netF') && options.text('netF') !== 'mlp_sample'
        ? [none('netF', 'features are projected by a network, as with mlp_sample')]
        : [],
  },
  {
    theirs: '`--flip_equivariance`',
    here: '`method.flip_equivariance`',
    keys: ['flip_equivariance'],
    become: (options) =>
      isCut(options) && options.has('flip_equivariance')
        ? [set('flip_equivariance', 'method.flip_equivariance', options.flag('flip_equivariance'))]
        : [],
  },
  {
    theirs: '`--nce_includes_all_negatives_from_minibatch`',
    here: 'none: the other patches are those of the same image',
    keys: ['nce_includes_all_negatives_from_minibatch'],
    become: (options) =>
      options.flag('nce_includes_all_negatives_from_minibatch')
        ? [none('nce_includes_all_negatives_from_minibatch', 'the other patches are those of the same image')]
        : [],
  },
];

function adversarialOf(options: OptionReader): readonly Became[] {
  const mode = options.text('gan_mode');
  // Of earlier versions.
  if (mode === '' && options.has('no_lsgan')) {
    return [set('no_lsgan', 'loss.adversarial', options.flag('no_lsgan') ? 'bce' : 'least-squares')];
  }
  if (mode === 'wgangp') {
    return [set('gan_mode', 'loss.adversarial', 'wasserstein'), set('gan_mode', 'loss.penalty', 'wgan-gp')];
  }
  const known: Readonly<Record<string, string>> = { lsgan: 'least-squares', vanilla: 'bce', nonsaturating: 'bce' };
  if (known[mode] !== undefined) return [set('gan_mode', 'loss.adversarial', known[mode])];
  return mode === '' ? [] : [none('gan_mode', `there is no adversarial loss ${mode}; the default is taken`)];
}

function layersOf(options: OptionReader): readonly Became[] {
  const text = options.text('nce_layers');
  if (!isCut(options) || text === '' || text === '0,4,8,12,16') return [];
  const layers = text.split(',').map((place) => LAYERS[place.trim()]);
  const named = layers.every((layer) => layer !== undefined);
  const why = 'layers are named here: method.layers takes image, down1, down2, residual1...';
  return [
    named && !options.flag('no_antialias') ? set('nce_layers', 'method.layers', layers) : none('nce_layers', why),
  ];
}
