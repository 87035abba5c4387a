import * as tf from '@tensorflow/tfjs-core';
import type { ConfigFacts, OptionProblem } from '../registry/component.js';
import type { GeneratorComponent, Network, NetworkSite } from '../registry/kinds/network.js';
import { longerSide, mapSides, meanSide, sidesOf, writtenSides, type Sides } from '../support/sides.js';
import { attentionCost, selfAttention } from './attention.js';
import { initialized, type InitOptions } from './initialization.js';
import { conv, convTranspose, cropStart, dropout, hasBias, norm, outputsOf, reflectPad, relu, sequential, tanh, zeroPad } from './layers.js'; // prettier-ignore
import type { Layer, NormOptions, Stage } from './layers.js';
import { costOf, type Convolution } from './cost.js';
import { DOWNSAMPLING_OPTION, STYLE_OPTIONS, UPSAMPLING_OPTION, WIDTH_OPTION } from './network-options.js';
import { blurHalve, doublingConv, doublingCost, type Downsampling, type Upsampling } from './sampling.js';

export interface ResNetOptions extends NormOptions, InitOptions {
  readonly blocks: 'auto' | number;
  readonly width: number;
  // A config from before these options existed does not have them.
  readonly downsampling?: Downsampling;
  readonly upsampling?: Upsampling;
  readonly dropout?: number;
  readonly attention?: boolean;
}

/** The paper's generator. */
export const resnet: GeneratorComponent<ResNetOptions> = {
  summary: 'ResNet: two halvings, residual blocks, two doublings (the CycleGAN paper’s generator)',
  details:
    'c7s1-64, d128, d256, R256 x blocks, u128, u64, c7s1-3 with reflection padding (Johnson et al. 2016; Zhu et al. 2017, ' +
    'appendix 7.2). Padding is that of the paper’s PyTorch code, so that its published weights fit. With 9 blocks: ' +
    '11,383,427 parameters.',
  schema: {
    properties: {
      blocks: {
        description:
          'Residual blocks. `auto`: 6 up to 128 pixels, 9 above, as in the paper (`resnet_6blocks` and `resnet_9blocks` of pytorch-CycleGAN-and-pix2pix).',
        oneOf: [{ const: 'auto' }, { type: 'integer', minimum: 1, maximum: 64 }],
        default: 'auto',
      },
      width: WIDTH_OPTION,
      downsampling: DOWNSAMPLING_OPTION,
      upsampling: UPSAMPLING_OPTION,
      dropout: {
        description:
          'Share of the features that training drops between the two convolutions of a residual block; 0.5 is `use_dropout` of pytorch-CycleGAN-and-pix2pix.',
        type: 'number',
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0,
        'x-neutral': true,
      },
      attention: {
        description:
          'Whether a layer of self-attention stands in the middle of the residual blocks (SAGAN, Zhang et al. 2019): each pixel then sees the whole image, at a cost of the image size to the power of 4.',
        type: 'boolean',
        default: false,
        'x-neutral': true,
      },
      ...STYLE_OPTIONS,
    },
  },
  resolve: (options, { imageSize }) => ({ ...options, blocks: blocksOf(options, imageSize) }),
  check,
  create: build,
};

/** c: channels of an image; b: batch; s: image size; w: `width`, 64 by default. */
function build(options: ResNetOptions, { imageSize, channels: c }: NetworkSite): Network {
  const w = options.width;
  const { downsampling = 'strided', upsampling = 'transpose' } = options;
  const normalize = (name: string, channels: number) => norm(options, `${name}/norm`, channels);
  const bias = hasBias(options);

  // c7s1-64: [b, s, s, c] -> [b, s, s, w]
  const first: Stage[] = [
    { name: 'image', layer: reflectPad(3) },
    {
      layer: sequential(
        conv('first', { kernel: 7, from: c, to: w, padding: 'valid', bias }),
        normalize('first', w),
        relu,
      ),
    },
  ];

  // d128, d256: [b, s, s, w] -> [b, s/2, s/2, 2w] -> [b, s/4, s/4, 4w].
  // PyTorch's padding 1: at stride 2 the bottom row and the right column are never reached.
  const down = (name: string, from: number, to: number): Stage[] =>
    downsampling === 'antialiased'
      ? [
          { name, layer: conv(name, { kernel: 3, from, to, bias }) },
          { layer: sequential(normalize(name, to), relu, blurHalve) },
        ]
      : [
          {
            name,
            layer: sequential(zeroPad(1, 0), conv(name, { kernel: 3, stride: 2, from, to, padding: 'valid', bias })),
          },
          { layer: sequential(normalize(name, to), relu) },
        ];

  // R256: [b, s/4, s/4, 4w] -> the same
  const half = (name: string) =>
    sequential(
      reflectPad(1),
      conv(name, { kernel: 3, from: 4 * w, to: 4 * w, padding: 'valid', bias }),
      normalize(name, 4 * w),
    );
  const residual = (name: string, i: number) =>
    plusInput(sequential(half(`${name}/conv1`), relu, dropout(options.dropout ?? 0, i), half(`${name}/conv2`)));
  const blocks = Array.from({ length: blocksOf(options, imageSize) }, (_, i) => `residual${i + 1}`);
  const middle = Math.ceil(blocks.length / 2);
  const attention: Stage[] = options.attention ? [{ layer: selfAttention('attention', 4 * w) }] : [];

  // u128, u64: [b, s/4, s/4, 4w] -> [b, s/2, s/2, 2w] -> [b, s, s, w].
  // PyTorch's padding 1 with output_padding 1: the first of the 2n + 1 rows and columns is removed.
  const double = (name: string, from: number, to: number) =>
    upsampling === 'transpose'
      ? sequential(convTranspose(name, { kernel: 3, stride: 2, from, to, padding: 'valid', bias }), cropStart(1))
      : doublingConv(name, upsampling, { from, to, bias });
  const up = (name: string, from: number, to: number) => sequential(double(name, from, to), normalize(name, to), relu);

  // c7s1-3: [b, s, s, w] -> [b, s, s, c]
  const last = sequential(
    reflectPad(3),
    conv('last', { kernel: 7, from: w, to: c, padding: 'valid', bias: true }),
    tanh,
  );

  const residuals: Stage[] = blocks.map((name, i) => ({ name, layer: residual(name, i) }));
  const stages: Stage[] = [
    ...first,
    ...down('down1', w, 2 * w),
    ...down('down2', 2 * w, 4 * w),
    ...residuals.slice(0, middle),
    ...attention,
    ...residuals.slice(middle),
    { layer: sequential(up('up1', 4 * w, 2 * w), up('up2', 2 * w, w), last) },
  ];
  const network: Network = {
    ...sequential(...stages.map(({ layer }) => layer)),
    features: {
      channels: { image: c, down1: 2 * w, down2: 4 * w, ...Object.fromEntries(blocks.map((name) => [name, 4 * w])) },
      // Those of CUT's code: the image with its padding, both halvings before their norms, two residual blocks.
      usual: ['image', 'down1', 'down2', ...new Set([blocks[0]!, blocks[Math.min(blocks.length, 5) - 1]!])],
      encode: (weights, x, names, key) => outputsOf(stages, names, weights, x, key),
    },
    cost: costOf([
      ...convolutionsOf(meanSide(imageSize), w, c, blocks.length, { downsampling, upsampling }),
      ...(options.attention ? attentionCost(4 * w, meanSide(imageSize) / 4) : []),
    ]),
    sizes: {
      multiple: MULTIPLE,
      least: LEAST,
      ...(!options.attention && { reach: reachOf(blocks.length, { downsampling, upsampling }) }),
    },
  };
  return initialized(network, options);
}

/** Two halvings. */
const MULTIPLE = 4;
/** Reflection needs a neighbour: at a quarter of the size, padding by 1 needs at least 2 pixels. */
const LEAST = 8;

/** How images are halved and doubled. */
type Sampling = Required<Pick<ResNetOptions, 'downsampling' | 'upsampling'>>;

/**
 * A 7x7 kernel reaches 3 pixels; a 3x3 kernel 1 at the resolution of its input, which is 4 pixels between the halvings and the doublings. A
 * blur reaches as far again, at the larger resolution on the way down and at the smaller on the way up.
 */
function reachOf(blocks: number, { downsampling, upsampling }: Sampling): number {
  const downs = downsampling === 'antialiased' ? 2 * (1 + 2) : 1 + 2;
  const ups = upsampling === 'antialiased' ? 4 + 2 + 2 + 1 : 4 + 2;
  return 3 + downs + blocks * 2 * 4 + ups + 3;
}

function convolutionsOf(s: number, w: number, c: number, blocks: number, sampling: Sampling): Convolution[] {
  const block = { kernel: 3, from: 4 * w, to: 4 * w, side: s / 4 };
  const halving = sampling.downsampling === 'antialiased' ? 1 : 2;
  const up = (from: number, to: number, side: number): Convolution =>
    sampling.upsampling === 'transpose'
      ? { kernel: 3, from, to, side, enlarges: side / 2 }
      : doublingCost(sampling.upsampling, from, to, side);
  return [
    { kernel: 7, from: c, to: w, side: s },
    { kernel: 3, from: w, to: 2 * w, side: s / halving },
    { kernel: 3, from: 2 * w, to: 4 * w, side: s / 2 / halving },
    ...Array.from({ length: 2 * blocks }, () => block),
    up(4 * w, 2 * w, s / 2),
    up(2 * w, w, s),
    { kernel: 7, from: w, to: c, side: s },
  ];
}

function plusInput(branch: Layer): Layer {
  return { weights: branch.weights, apply: (weights, x, key) => tf.add(x, branch.apply(weights, x, key)) };
}

function blocksOf({ blocks }: ResNetOptions, imageSize: Sides): number {
  return blocks === 'auto' ? (longerSide(imageSize) <= 128 ? 6 : 9) : blocks;
}

function check(options: ResNetOptions, facts: ConfigFacts): readonly OptionProblem[] {
  return [...checkSize(facts), ...checkAttention(options)];
}

function checkAttention({ attention, width }: ResNetOptions): readonly OptionProblem[] {
  if (!attention || width % 2 === 0) return [];
  return [
    {
      path: ['attention'],
      message: `Attention needs a width that is even, which ${width} is not.`,
      cure: `Use generator.width: ${width + 1}, or attention: false.`,
    },
  ];
}

function checkSize({ imageSize }: ConfigFacts): readonly OptionProblem[] {
  const { height, width } = sidesOf(imageSize);
  if ([height, width].every((side) => side % MULTIPLE === 0 && side >= LEAST)) return [];
  const fitting = mapSides(imageSize, (side) => Math.max(LEAST, Math.round(side / MULTIPLE) * MULTIPLE));
  return [
    {
      path: [],
      against: 'imageSize',
      message: `A ResNet halves and doubles the image twice, so it needs an image size that is a multiple of ${MULTIPLE} and at least ${LEAST}, which ${writtenSides(imageSize)} is not.`,
      cure: `Use ${writtenSides(fitting)} pixels.`,
    },
  ];
}
