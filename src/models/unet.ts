import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { ConfigFacts, OptionProblem } from '../registry/component.js';
import type { GeneratorComponent, Network, NetworkSite, NetworkSizes } from '../registry/kinds/network.js';
import { mapSides, meanSide, sidesOf, writtenSides, type Sides } from '../support/sides.js';
import { initialized, type InitOptions } from './initialization.js';
import { conv, convTranspose, dropout, hasBias, leakyRelu, norm, relu, sequential, tanh } from './layers.js';
import type { NormOptions } from './layers.js';
import { costOf, type Convolution } from './cost.js';
import { SLOPE_OPTION, STYLE_OPTIONS, UPSAMPLING_OPTION, WIDTH_OPTION } from './network-options.js';
import { doublingConv, doublingCost, type Upsampling } from './sampling.js';

export interface UNetOptions extends NormOptions, InitOptions {
  readonly width: number;
  readonly depth: 'auto' | number;
  readonly dropout: number;
  readonly slope: number;
  // A config from before these options existed does not have them.
  readonly upsampling?: Upsampling;
  readonly variant?: 'tutorial' | 'pytorch';
}

/** The tutorial's generator. */
export const unet: GeneratorComponent<UNetOptions> = {
  summary: 'U-Net: down to a point and up again, with skip connections (the TensorFlow tutorial’s generator)',
  details:
    'Halves the image `depth` times and doubles it as often; each size on the way up also sees the features of the way ' +
    'down (Ronneberger et al. 2015; Isola et al. 2017; the pix2pix module of tensorflow/examples). At 256 pixels: 8 down, ' +
    '54,414,979 parameters. Where the innermost layer is one pixel, instance normalisation leaves only its offset there, as ' +
    'in the tutorial.',
  schema: {
    properties: {
      width: WIDTH_OPTION,
      depth: {
        description:
          'How often the image is halved. `auto`: as often as it can be (down to one pixel where the size is a power of two), at most 8 times. `unet_256` of pytorch-CycleGAN-and-pix2pix halves 8 times, `unet_128` 7 times.',
        oneOf: [{ const: 'auto' }, { type: 'integer', minimum: 1, maximum: 12 }],
        default: 'auto',
      },
      dropout: {
        description:
          'Share of the features that training drops in the first three layers on the way up (`variant: pytorch`: in those after the first with as many channels).',
        type: 'number',
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.5,
      },
      slope: SLOPE_OPTION,
      upsampling: UPSAMPLING_OPTION,
      variant: {
        description:
          'Details in which the tutorial differs from pytorch-CycleGAN-and-pix2pix. `pytorch`: as there, so that its weights fit. The innermost layer has no norm, ReLU follows it, skip connections pass through ReLU, and the first layer on the way up has no dropout; with `slope: 0.2` and `bias` as in the weights.',
        enum: ['tutorial', 'pytorch'],
        default: 'tutorial',
        'x-neutral': true,
      },
      ...STYLE_OPTIONS,
    },
  },
  resolve: (options, { imageSize }) => ({ ...options, depth: depthOf(options, imageSize) }),
  check: checkSize,
  create: build,
};

/** c: channels of an image; b: batch; s: side of the image, here a square. Filters at the default width: 64, 128, 256, 512, 512... */
function build(options: UNetOptions, { imageSize, channels }: NetworkSite): Network {
  const { width, slope, upsampling = 'transpose' } = options;
  const pytorch = options.variant === 'pytorch';
  const unnormed = { ...options, norm: 'none' } as const;
  const double = (name: string, from: number, to: number, bias: boolean) =>
    upsampling === 'transpose'
      ? convTranspose(name, { kernel: 4, stride: 2, from, to, bias })
      : doublingConv(name, upsampling, { from, to, bias });
  const filters = Array.from({ length: depthOf(options, imageSize) }, (_, i) => width * Math.min(2 ** i, 8));

  // [b, s, s, c] -> [b, s/2, s/2, 64] -> [b, s/4, s/4, 128] -> ... -> [b, 1, 1, 512]; the first has no norm
  const downs = filters.map((to, i) => {
    const name = `down${i + 1}`;
    const innermost = pytorch && i === filters.length - 1; // of the tutorial, it is as the others
    const style = i === 0 || innermost ? unnormed : options;
    const halve = conv(name, { kernel: 4, stride: 2, from: filters[i - 1] ?? channels, to, bias: hasBias(style) });
    return sequential(halve, norm(style, `${name}/norm`, to), innermost ? relu : leakyRelu(slope));
  });

  // networks.py: its constructor adds dropout to `num_downs - 5` blocks around the innermost.
  const drops = (i: number) => (pytorch ? i > 0 && i <= filters.length - 5 : i < 3);
  // There a LeakyReLU in place changes the features before they are passed on, and the next layer on the way up starts with ReLU.
  const skip = (h: Tensor4D) => (pytorch ? relu.apply({}, h) : h);

  // [b, 1, 1, 512] -> [b, 2, 2, 512 + 512] -> ... -> [b, s/2, s/2, 64 + 64]; the second summand comes from the skip connection
  const ups = filters
    .slice(0, -1)
    .reverse()
    .map((to, i) => {
      const name = `up${i + 1}`;
      const from = i === 0 ? filters.at(-1)! : 2 * filters.at(-1 - i)!;
      return sequential(
        double(name, from, to, hasBias(options)),
        norm(options, `${name}/norm`, to),
        dropout(drops(i) ? options.dropout : 0, i),
        relu,
      );
    });

  // [b, s/2, s/2, 64 + 64] -> [b, s, s, c]
  const from = filters[0]! * (filters.length > 1 ? 2 : 1);
  const last = sequential(double('last', from, channels, true), tanh);

  const network: Network = {
    weights: sequential(...downs, ...ups, last).weights,
    cost: costOf(convolutionsOf(filters, meanSide(imageSize), channels, upsampling)),
    // A batch norm must not mix images of two domains.
    prefersBatches: options.norm !== 'batch',
    sizes: sizesOf(filters.length, upsampling),
    apply(weights, x, key) {
      let h = x;
      const skips: Tensor4D[] = [];
      for (const down of downs) skips.push((h = down.apply(weights, h, key)));
      skips.pop(); // the innermost has no skip connection
      for (const up of ups) h = tf.concat([up.apply(weights, h, key), skip(skips.pop()!)], 3);
      return last.apply(weights, h, key);
    },
  };
  return initialized(network, options);
}

/**
 * A 4x4 kernel with a stride of 2 reaches 2 pixels of the larger image: twice (down and up) the sum of 2, 4, ... 2^depth. On the way up, a
 * blur and a kernel of 3 reach 3.
 */
function sizesOf(depth: number, upsampling: Upsampling): NetworkSizes {
  const multiple = 2 ** depth;
  return { multiple, least: multiple, reach: (upsampling === 'antialiased' ? 5 : 4) * multiple };
}

function convolutionsOf(
  filters: readonly number[],
  size: number,
  channels: number,
  upsampling: Upsampling,
): Convolution[] {
  const at = (halvings: number) => size / 2 ** halvings;
  const downs = filters.map((to, i) => ({ kernel: 4, from: filters[i - 1] ?? channels, to, side: at(i + 1) }));
  const ups = [channels, ...filters.slice(0, -1)].map((to, i) => {
    const from = filters[i]! * (i === filters.length - 1 ? 1 : 2);
    return upsampling === 'transpose'
      ? { kernel: 4, from, to, side: at(i), enlarges: at(i + 1) }
      : doublingCost(upsampling, from, to, at(i));
  });
  return [...downs, ...ups];
}

/** `auto`: as often as the size can be halved, at most 8 times; at least once, so that {@link checkSize} reports odd sizes. */
function depthOf({ depth }: UNetOptions, imageSize: Sides): number {
  if (depth !== 'auto') return depth;
  const fitting = [8, 7, 6, 5, 4, 3, 2].find((halvings) => isMultiple(imageSize, 2 ** halvings));
  return fitting ?? 1;
}

function isMultiple(size: Sides, factor: number): boolean {
  const { height, width } = sidesOf(size);
  return height % factor === 0 && width % factor === 0;
}

function checkSize(options: UNetOptions, { imageSize }: ConfigFacts): readonly OptionProblem[] {
  const depth = depthOf(options, imageSize);
  const factor = 2 ** depth;
  if (isMultiple(imageSize, factor)) return [];
  const written = writtenSides(imageSize);
  const problem = { path: ['depth'], against: 'imageSize' } as const;
  const fitting = mapSides(imageSize, (side) => Math.max(1, Math.round(side / factor)) * factor);
  const pixels = `Use ${writtenSides(fitting)} pixels`;
  if (depth === 1) {
    const message = `A U-Net halves the image at least once, so it needs an image size that is even, which ${written} is not.`;
    return [{ ...problem, message, cure: `${pixels}.` }];
  }
  const fits = Math.max(...Array.from({ length: depth }, (_, i) => i).filter((i) => isMultiple(imageSize, 2 ** i)));
  const message = `A U-Net of depth ${depth} needs an image size that is a multiple of ${factor}, which ${written} is not.`;
  return [{ ...problem, message, cure: pixels + (fits > 0 ? `, or depth: ${fits}.` : '.') }];
}
