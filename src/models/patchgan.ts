import type { ConfigFacts, OptionProblem } from '../registry/component.js';
import type { DiscriminatorComponent, Network, NetworkSite } from '../registry/kinds/network.js';
import { meanSide, shorterSide, writtenSides } from '../support/sides.js';
import { costOf } from './cost.js';
import { augmented } from './diff-augment.js';
import { checkConditional, DISCRIMINATOR_OPTIONS, seenChannels, type DiscriminatorOptions } from './discriminator-options.js'; // prettier-ignore
import { initialized } from './initialization.js';
import { conv, hasBias, leakyRelu, norm, sequential, zeroPad } from './layers.js';
import { multiScale, SCALES_OPTION } from './multi-scale.js';
import { DOWNSAMPLING_OPTION } from './network-options.js';
import { blurHalve, type Downsampling } from './sampling.js';

export interface PatchGanOptions extends DiscriminatorOptions {
  readonly layers: number;
  // A config from before this option existed does not have it.
  readonly downsampling?: Downsampling;
  readonly scales?: number;
}

/** The discriminator of paper and tutorial. */
export const patchgan: DiscriminatorComponent<PatchGanOptions> = {
  summary: 'PatchGAN: judges overlapping patches of 70x70 pixels, not the whole image',
  details:
    'Each logit of the resulting map says how real one patch looks (Isola et al. 2017, section 3.2.2). Three layers see ' +
    '70x70 pixels and make 30x30 logits of an image of 256x256; 2,765,569 parameters.',
  schema: {
    properties: {
      layers: {
        description:
          'How often the image is halved. 3 sees patches of 70 pixels, 2 of 34, 1 of 16 (`n_layers_D` of pytorch-CycleGAN-and-pix2pix).',
        type: 'integer',
        minimum: 1,
        maximum: 8,
        default: 3,
      },
      downsampling: DOWNSAMPLING_OPTION,
      scales: SCALES_OPTION,
      ...DISCRIMINATOR_OPTIONS,
    },
  },
  check,
  create: build,
};

function build(options: PatchGanOptions, site: NetworkSite): Network {
  const seen = seenChannels(options, site);
  const sides = sidesOf(options, meanSide(site.imageSize));
  const networks = sides.map((side) => single(options, seen, side));
  const network = networks.length === 1 ? networks[0]! : multiScale(networks);
  return augmented(initialized(network, options), options.augment ?? [], seen);
}

/** The side of the image that each scale sees. */
const sidesOf = ({ scales = 1 }: PatchGanOptions, side: number): readonly number[] =>
  Array.from({ length: scales }, (_, i) => Math.ceil(side / 2 ** i));

/**
 * b: batch; s: image size; c: channels. Filters at the default width: 64, 128, 256, then 512.
 * A conditional discriminator takes the image and its source in one tensor: [b, s, s, 2c].
 */
function single(options: PatchGanOptions, seen: readonly number[], side: number): Network {
  const { width, layers, slope, spectral = false, downsampling = 'strided' } = options;
  const unnormed = { ...options, norm: 'none' } as const;
  const filters = Array.from({ length: layers + 1 }, (_, i) => width * Math.min(2 ** i, 8));
  const input = seen.reduce((sum, channels) => sum + channels);

  // [b, s, s, c] -> [b, s/2, s/2, 64] -> [b, s/4, s/4, 128] -> [b, s/8, s/8, 256]; the first has no norm
  const downs = filters.slice(0, -1).map((to, i) => {
    const name = `down${i + 1}`;
    const from = filters[i - 1] ?? input;
    const style = i === 0 ? unnormed : options;
    const shape = { kernel: 4, from, to, bias: hasBias(style), spectral };
    const activated = sequential(norm(style, `${name}/norm`, to), leakyRelu(slope));
    return downsampling === 'antialiased'
      ? sequential(zeroPad(1, 1), conv(name, { ...shape, padding: 'valid' }), activated, blurHalve)
      : sequential(conv(name, { ...shape, stride: 2 }), activated);
  });

  // [b, s/8, s/8, 256] -> [b, s/8 - 1, s/8 - 1, 512]
  const [from, to] = filters.slice(-2) as [number, number];
  const wide = sequential(
    zeroPad(1, 1),
    conv('wide', { kernel: 4, from, to, padding: 'valid', bias: hasBias(options), spectral }),
    norm(options, 'wide/norm', to),
    leakyRelu(slope),
  );

  // [b, s/8 - 1, s/8 - 1, 512] -> [b, s/8 - 2, s/8 - 2, 1]
  const logits = sequential(
    zeroPad(1, 1),
    conv('logits', { kernel: 4, from: to, to: 1, padding: 'valid', bias: true, spectral }),
  );

  // An odd side is not halved exactly; the difference in cost is negligible.
  const at = (i: number) => side / 2 ** i;
  const halving = filters.slice(0, -1).map((to, i) => ({
    kernel: 4,
    from: filters[i - 1] ?? input,
    to,
    side: at(downsampling === 'strided' ? i + 1 : i),
  }));
  const flat = [
    { from, to },
    { from: to, to: 1 },
  ].map((each) => ({ ...each, kernel: 4, side: at(layers) }));
  return { ...sequential(...downs, wide, logits), cost: costOf([...halving, ...flat]) };
}

function check(options: PatchGanOptions, { imageSize }: ConfigFacts): readonly OptionProblem[] {
  const { layers, downsampling, scales = 1 } = options;
  const conditional = checkConditional(options);
  // A strided halving rounds up, so a little less than 3 * 2 ** layers still leaves a logit; the other rounds down.
  const round = downsampling === 'antialiased' ? Math.floor : Math.ceil;
  const side = sidesOf(options, shorterSide(imageSize)).at(-1)!;
  const fits = (halvings: number) => round(side / 2 ** halvings) >= 3;
  if (fits(layers)) return conditional;
  const most = Array.from({ length: layers - 1 }, (_, i) => layers - 1 - i).find(fits);
  const fewer = most === undefined ? '' : `, or discriminator.layers: ${most}`;
  const tooSmall: OptionProblem = {
    path: ['layers'],
    against: 'imageSize',
    message: `A PatchGAN of ${layers} ${layers === 1 ? 'layer' : 'layers'}${scales > 1 ? ` at ${scales} scales` : ''} needs an image size of at least ${3 * 2 ** (layers + scales - 1)}, and dataset.image_size is ${writtenSides(imageSize)}.`,
    cure: `Use larger images${fewer}${scales > 1 ? ', or fewer discriminator.scales' : ''}.`,
  };
  return [tooSmall, ...conditional];
}
