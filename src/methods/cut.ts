import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { gradientsOf } from '../engine/gradients.js';
import { foldKey, randomOrder, randomUniform } from '../engine/random-tensors.js';
import { patchNce } from '../losses/patch-nce.js';
import { projection, type Projection } from '../models/projection.js';
import type { ConfigFacts, OptionProblem, OptionsSchema } from '../registry/component.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { Computed, ImageBatch, Method, MethodComponent, MethodSite, NetworkWeights } from '../registry/kinds/method.js'; // prettier-ignore
import type { Network, RandomKey, Weights } from '../registry/kinds/network.js';
import type { Optimizer, OptimizerState } from '../registry/kinds/objective.js';
import { curves, lossSchema, type CutLoss } from './cut-loss.js';
import {
  discriminatorLoss,
  discriminatorPasses,
  generatorLoss,
  type DiscriminatorObjective,
} from './discriminator-loss.js';
import {
  bind,
  keyOf,
  oneGenerator,
  realness,
  startNetworks,
  total,
  updateNetworks,
  weighted,
  weightsOf,
} from './parts.js';

export interface CutOptions {
  readonly direction: Direction;
  readonly layers: 'auto' | readonly string[];
  readonly patches: number;
  readonly temperature: number;
  readonly projection: number;
  readonly flip_equivariance: boolean;
}

export const cut = component({
  summary: 'One generator, from unpaired images, by contrasting patches (CUT, Park et al. 2020)',
  details:
    'G translates A to B. A patch of the translation must resemble the patch of the image at the same place more than the image’s other patches, by features of the generator itself: so no second generator has to translate back. As in the paper with generator: {type: resnet, downsampling: antialiased, upsampling: antialiased, init: xavier}, a PatchGAN with downsampling: antialiased, a linear schedule and 400 epochs.',
  defaults: { lambda: 1, identity: true },
  flips: false,
});

export const fastcut = component({
  summary:
    'CUT without identity loss, with ten times the contrastive loss: faster and lighter (FastCUT, Park et al. 2020)',
  details:
    'As cut, with other defaults: lambda 10, no identity loss, and half of the batches flipped, whose features must be those of the image, flipped. 200 epochs in the paper, the last 50 with a falling learning rate.',
  defaults: { lambda: 10, identity: false },
  flips: true,
});

interface Variant {
  readonly summary: string;
  readonly details: string;
  readonly defaults: Pick<CutLoss, 'lambda' | 'identity'>;
  /** Whether it is equivariant to flips by default. */
  readonly flips: boolean;
}

function component({ summary, details, defaults, flips }: Variant): MethodComponent<CutOptions, CutLoss> {
  return {
    summary,
    details,
    schema: optionsSchema(flips),
    loss: lossSchema(defaults),
    pairing: 'unpaired',
    directions: ({ direction }) => ({ [direction]: 'G' }),
    curves,
    check: checkLayers,
    remedies: ({ lambda }) => [`lower loss.lambda (now ${lambda})`],
    generators: (_, site) => oneGenerator(site.generator()),
    create: (options, site) => cutMethod(modelOf(options, site)),
  };
}

function optionsSchema(flips: boolean): OptionsSchema {
  return {
    properties: {
      direction: {
        description: 'The direction of translation.',
        enum: ['AtoB', 'BtoA'],
        default: 'AtoB',
      },
      layers: {
        description:
          'The generator’s layers whose features are compared. `auto`: five from the image to the fifth residual block, as in the paper’s code.',
        oneOf: [{ const: 'auto' }, { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true }],
        default: 'auto',
      },
      patches: {
        description: 'Patches of each layer that are compared with each other, at random places.',
        type: 'integer',
        minimum: 2,
        maximum: 65_536,
        default: 256,
      },
      temperature: {
        description:
          'Divides the similarities before the softmax over patches: lower, and only the most similar count.',
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 10,
        default: 0.07,
      },
      projection: {
        description: 'Length of the vectors that the features are projected to before they are compared.',
        type: 'integer',
        minimum: 1,
        maximum: 4096,
        default: 256,
      },
      flip_equivariance: {
        description:
          'Whether half of the batches are flipped horizontally for the generator and compared with the images as they are.',
        type: 'boolean',
        default: flips,
      },
    },
  };
}

/** CUT (Park et al. 2020, arXiv:2007.15651): G translates x to y, D separates real y from G(x), F projects features of G (H in the paper). */
export interface Cut extends DiscriminatorObjective, Pick<CutOptions, 'direction' | 'patches' | 'temperature'> {
  /** Shows its features. */
  readonly G: Network;
  readonly D: Network;
  readonly F: Projection;
  /** The layers of G whose features are compared, in its order. */
  readonly layers: readonly string[];
  readonly lambda: number;
  readonly identity: boolean;
  readonly flips: boolean;
  readonly optimizer: Optimizer;
}

function modelOf(options: CutOptions, site: MethodSite<CutLoss>): Cut {
  const { direction, patches, temperature } = options;
  const G = site.generator();
  const { channels: known, usual } = G.features!;
  const wanted = options.layers === 'auto' ? usual : options.layers;
  const layers = Object.keys(known).filter((layer) => wanted.includes(layer));
  const channels = Object.fromEntries(layers.map((layer) => [layer, known[layer]!]));
  const { adversarial, penalty, lambda, identity } = site.loss;
  return {
    G,
    D: site.discriminator(),
    F: projection({ channels, width: options.projection, vectors: 2 * patches }),
    layers,
    ...{ direction, patches, temperature, lambda, identity },
    adversarial: site.adversarial(adversarial),
    penalty: site.penalty(penalty),
    flips: options.flip_equivariance,
    optimizer: site.optimizer(),
  };
}

function checkLayers({ layers }: CutOptions, { generatorLayers }: ConfigFacts): readonly OptionProblem[] {
  const known = generatorLayers?.();
  if (known === undefined) return [];
  if (known.length === 0) {
    const message = 'CUT compares features of the generator’s layers, and this generator shows none.';
    return [{ path: [], message, cure: 'Use generator: {type: resnet}.' }];
  }
  const unknown = layers === 'auto' ? undefined : layers.find((layer) => !known.includes(layer));
  if (unknown === undefined) return [];
  const message = `The generator has no layer "${unknown}". It has ${known.join(', ')}.`;
  return [{ path: ['layers'], message, cure: 'Name some of these, or use layers: auto.' }];
}

type Name = 'G' | 'F' | 'D';
export type CutState = Readonly<Record<Name, OptimizerState>>;

export function cutMethod(model: Cut): Method<CutState> {
  const networks = { G: model.G, F: model.F, D: model.D };
  const { translate } = oneGenerator(model.G);
  const images = model.identity ? 2 : 1;
  return {
    networks,
    // The features of an image and of its translation take about half a pass each; those of the image are part of its translation.
    passes: { G: 1.5 * images, F: images, D: discriminatorPasses(model) },
    samples: [
      { name: 'translated', shows: 'image' },
      { name: 'discFake', shows: 'realness' },
    ],
    initial: (seed) => startNetworks(networks, model.optimizer, seed),
    gradients: (state, batch, clock) => {
      const key = keyOf(clock);
      const computed = gradients(model, weightsOf(state), batch, key);
      key.dispose();
      return computed;
    },
    apply: (state, { gradients }, clock) => updateNetworks(model.optimizer, state, gradients, clock, ['D']),
    sample: (weights, direction, image) => {
      const { translated } = translate(weights, direction, image);
      const { D } = bind({ D: model.D }, weights);
      return { translated, discFake: realness(model.adversarial, D(translated)) };
    },
  };
}

/**
 * The losses, and the gradient of each network's total with respect to its weights; all belong to the caller. All of the same weights, unlike in
 * the paper's code, where G learns from the D of after its update.
 *
 * @param key of the step: which patches are compared, which batches are flipped, dropout
 */
export function gradients(model: Cut, weights: NetworkWeights, batch: ImageBatch, key: RandomKey): Computed {
  const { adversarial, lambda, identity, direction } = model;
  const [x, y] = direction === 'AtoB' ? [batch.x, batch.y] : [batch.y, batch.x];
  const { G, D } = bind({ G: model.G, D: model.D }, weights, key);
  const flip = model.flips ? tf.tidy(() => coin(key)) : undefined;
  const contrast = contrastOf(model, G.encode!, weights['F']!, { key, flip });
  // No gradient reaches the features of real images.
  const ofX = tf.tidy(() => contrast.keys(x));
  const ofY = identity ? tf.tidy(() => contrast.keys(y)) : undefined;

  const generator = gradientsOf({ G: weights['G']!, F: weights['F']! }, () => {
    const shown = flippedIf(flip, x);
    const fakeY = G(shown);
    const losses: Record<string, Scalar> = {
      // Equation 1.
      'G/adversarial': generatorLoss(adversarial, D, fakeY),
      // Equation 4, and its use for y of section 3.3.
      'nce/translation': contrast.loss(fakeY, ofX),
      ...(ofY && { 'nce/identity': contrast.loss(G(flippedIf(flip, y)), ofY) }),
    };
    const share = identity ? lambda / 2 : lambda;
    const nce = weighted(losses, { 'nce/translation': share, 'nce/identity': share });
    const loss = total([losses['G/adversarial']!, nce]);
    return { loss, extra: { ...losses, 'F/total': nce, fakeY } };
  });
  const { fakeY, 'F/total': projected, ...losses } = generator.extra;

  // The fake is a constant from here on.
  const discriminator = gradientsOf({ D: weights['D']! }, () =>
    discriminatorLoss(model, { name: 'D', D, key }, { real: y, fake: fakeY }),
  );

  tf.dispose([fakeY, flip, ofX, ofY] as never);
  return {
    gradients: { ...generator.gradients, ...discriminator.gradients },
    losses: {
      ...losses,
      'G/total': generator.loss,
      'F/total': projected,
      ...discriminator.extra,
      'D/total': discriminator.loss,
    },
    carried: {},
  };
}

/** The features of real images: of each layer, the places of patches and their vectors, [b, patches, width]. */
type Keys = {
  readonly places: Tensor1D[];
  readonly vectors: Tensor3D[];
};

/** The draws of a step. */
interface Draws {
  readonly key: RandomKey;
  /** 1 if the generator sees the batch flipped, else 0; undefined if it never does. */
  readonly flip: Scalar | undefined;
}

/** The contrastive loss with the networks of a step. */
function contrastOf(model: Cut, encode: Encode, projections: Weights, { key, flip }: Draws) {
  const { F, layers, patches, temperature } = model;
  let drawn = 1;
  const project = (map: Tensor4D, places: Tensor1D, layer: number): Tensor3D => {
    const vectors = F.apply(projections, layers[layer]!, at(map, places));
    return tf.reshape(vectors, [map.shape[0], places.size, -1]);
  };
  return {
    /** Draws patches of real images, and projects their features. */
    keys(images: Tensor4D): Keys {
      const maps = encode(images, layers);
      const places = maps.map(({ shape: [, h, w] }) => randomOrder(h * w, patches, foldKey(key, 'patches', drawn++)));
      return { places, vectors: maps.map((map, layer) => project(map, places[layer]!, layer)) };
    },
    /** The mean over layers of the loss of translations against the images that they are of. */
    loss(translations: Tensor4D, { places, vectors }: Keys): Scalar {
      const losses = encode(translations, layers).map((map, layer) => {
        const same = mirroredIf(flip, places[layer]!, map.shape[2]);
        return patchNce(project(map, same, layer), vectors[layer]!, temperature);
      });
      return tf.div(total(losses), losses.length);
    },
  };
}

type Encode = (images: Tensor4D, layers: readonly string[]) => readonly Tensor4D[];

/** The features at places that count row by row: [b, h, w, c] to [b places, c]. */
function at(map: Tensor4D, places: Tensor1D): Tensor2D {
  const [batch, height, width, channels] = map.shape;
  const starts = tf.tensor2d(
    Int32Array.from({ length: batch }, (_, i) => i * height * width),
    [batch, 1],
    'int32',
  );
  const rows = tf.reshape(tf.add<Tensor>(places, starts), [-1]);
  return tf.gather(tf.reshape(map, [batch * height * width, channels]), rows);
}

/** 0 or 1, with equal chances. */
function coin(key: RandomKey): Scalar {
  return tf.cast(tf.less(randomUniform<tf.Rank.R0>([], foldKey(key, 'flip', 1)), 0.5), 'float32');
}

function flippedIf(flip: Scalar | undefined, images: Tensor4D): Tensor4D {
  if (flip === undefined) return images;
  return tf.add(tf.mul(tf.reverse(images, 2), flip), tf.mul(images, tf.sub(1, flip)));
}

/** The places of the same patches in images of that width that are flipped. */
function mirroredIf(flip: Scalar | undefined, places: Tensor1D, width: number): Tensor1D {
  if (flip === undefined) return places;
  const column = tf.mod(places, tf.scalar(width, 'int32'));
  const moved = tf.sub(tf.scalar(width - 1, 'int32'), tf.mul(column, tf.scalar(2, 'int32')));
  return tf.add(places, tf.mul(moved, tf.cast(flip, 'int32')));
}
