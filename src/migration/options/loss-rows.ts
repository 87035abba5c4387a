import { generatorNamed } from './network-names.js';
import { none, same, set, type Became, type OptionReader, type OptionRow } from './option-row.js';

const trainsCut = ({ model }: OptionReader) => model === 'cut';
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
    here: '`loss.adversarial: wasserstein`. Their CycleGAN, Pix2Pix and CUT leave the penalty out; with it: `penalty: wgan-gp`',
    keys: ['gan_mode'],
  },
  {
    theirs: '`--lambda_A`, `--lambda_B`',
    here: '`loss.lambda: {forward: 10, backward: 10}`, or one number for both',
    keys: ['lambda_A', 'lambda_B'],
    become: (options) => {
      const [forward, backward] = [options.number('lambda_A'), options.number('lambda_B')];
      if (!isCycleGan(options) || forward === undefined || backward === undefined) return [];
      // In their direction BtoA, what they call A is domain B.
      const own =
        options.text('direction') === 'BtoA' ? { forward: backward, backward: forward } : { forward, backward };
      return [set(['lambda_A', 'lambda_B'], 'loss.lambda', forward === backward ? forward : own)];
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
    // Called lambda_A in the first versions.
    become: (options) =>
      options.model === 'pix2pix'
        ? options.copied(options.has('lambda_L1') ? 'lambda_L1' : 'lambda_A', 'loss.lambda')
        : [],
  },
  {
    theirs: '`--pool_size`',
    here: '`method.pool` of CycleGAN; Pix2Pix and CUT have none, as theirs by default',
    keys: ['pool_size'],
    become: (options) => {
      if (isCycleGan(options)) return options.copied('pool_size', 'method.pool');
      // CUT has the option, and no pool.
      if (options.model !== 'pix2pix') return [];
      const hasPool = (options.number('pool_size') ?? 0) > 0;
      return [hasPool ? none('pool_size', 'Pix2Pix has no pool of earlier translations') : same('pool_size')];
    },
  },
  {
    theirs: '`--lambda_NCE`, `--nce_idt` (CUT)',
    here: '`loss.lambda`, `loss.identity`',
    keys: ['lambda_NCE', 'nce_idt'],
    become: (options) =>
      trainsCut(options) && options.has('nce_idt')
        ? [...options.copied('lambda_NCE', 'loss.lambda'), set('nce_idt', 'loss.identity', options.flag('nce_idt'))]
        : [],
  },
  {
    theirs: '`--lambda_GAN` (CUT)',
    here: 'none: it is 1; scale `loss.lambda` instead',
    keys: ['lambda_GAN'],
    become: (options) =>
      sameUnless(options, 'lambda_GAN', options.number('lambda_GAN') === 1, 'it is 1; scale loss.lambda instead'),
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
      trainsCut(options)
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
      sameUnless(
        options,
        'netF',
        options.text('netF') === 'mlp_sample',
        'features are projected by a network, as with mlp_sample',
      ),
  },
  {
    theirs: '`--flip_equivariance`',
    here: '`method.flip_equivariance`',
    keys: ['flip_equivariance'],
    become: (options) =>
      trainsCut(options) && options.has('flip_equivariance')
        ? [set('flip_equivariance', 'method.flip_equivariance', options.flag('flip_equivariance'))]
        : [],
  },
  {
    theirs: '`--nce_includes_all_negatives_from_minibatch`',
    here: 'none: the other patches are those of the same image',
    keys: ['nce_includes_all_negatives_from_minibatch'],
    become: (options) =>
      sameUnless(
        options,
        'nce_includes_all_negatives_from_minibatch',
        !options.flag('nce_includes_all_negatives_from_minibatch'),
        'the other patches are those of the same image',
      ),
  },
  { theirs: '`--lambda_R1` (SinCUT)', here: 'none: there is no `sincut`', keys: ['lambda_R1'] },
];

function adversarialOf(options: OptionReader): readonly Became[] {
  const mode = options.text('gan_mode');
  // Of earlier versions.
  if (mode === '' && options.has('no_lsgan')) {
    return [set('no_lsgan', 'loss.adversarial', options.flag('no_lsgan') ? 'bce' : 'least-squares')];
  }
  if (mode === 'wgangp') {
    return [set('gan_mode', 'loss.adversarial', 'wasserstein')];
  }
  const known: Readonly<Record<string, string>> = { lsgan: 'least-squares', vanilla: 'bce', nonsaturating: 'bce' };
  if (known[mode] !== undefined) return [set('gan_mode', 'loss.adversarial', known[mode])];
  return mode === '' ? [] : [none('gan_mode', `there is no adversarial loss ${mode}; the default is taken`)];
}

/** An option of CUT that has one value here. */
function sameUnless(options: OptionReader, key: string, isSame: boolean, why: string): readonly Became[] {
  if (!trainsCut(options) || !options.has(key)) return [];
  return [isSame ? same(key) : none(key, why)];
}

function layersOf(options: OptionReader): readonly Became[] {
  if (!trainsCut(options) || !options.has('nce_layers')) return [];
  const blocks = Number(generatorNamed(options.text('netG') || 'resnet_9blocks')?.['blocks'] ?? 0);
  const places = layerPlaces(blocks, !options.flag('no_antialias'));
  const layers = options.text('nce_layers').split(',').map((place) => places[place.trim()]); // prettier-ignore
  if (layers.some((layer) => layer === undefined)) {
    const have = Object.entries(places).map(([place, layer]) => `${layer} (${place})`);
    return [none('nce_layers', `method.layers takes ${have.join(', ')}; the default is taken`)];
  }
  const isUsual = layers.join() === 'image,down1,down2,residual1,residual5';
  return [isUsual ? same('nce_layers') : set('nce_layers', 'method.layers', layers as string[])];
}

/** The layers of CUT's generator by their places in its Sequential, where a blur follows each antialiased halving. */
function layerPlaces(blocks: number, antialiased: boolean): Readonly<Record<string, string>> {
  if (blocks === 0) return {};
  const [second, first] = antialiased ? [8, 12] : [7, 10];
  const residuals = Array.from({ length: blocks }, (_, i) => [first + i, `residual${i + 1}`] as const);
  return { 0: 'image', 4: 'down1', [second]: 'down2', ...Object.fromEntries(residuals) };
}
