import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import { gradientsOf } from '../engine/gradients.js';
import { foldKey } from '../engine/random-tensors.js';
import { l1 } from '../losses/distances.js';
import type {
  ImageBatch,
  Computed,
  Generators,
  Method,
  MethodComponent,
  MethodSite,
} from '../registry/kinds/method.js';
import type { Network, RandomKey, Weights } from '../registry/kinds/network.js';
import type { Optimizer, OptimizerState } from '../registry/kinds/objective.js';
import { sidesOf } from '../support/sides.js';
import {
  discriminatorLoss,
  discriminatorPasses,
  generatorLoss,
  type DiscriminatorObjective,
} from './discriminator-loss.js';
import { curves, lossSchema, remedies, type CycleGanLoss } from './cyclegan-loss.js';
import { emptyPool, exchange, type ImagePool } from './image-pool.js';
import { bind, keyOf, realness, startNetworks, total, updateNetworks, weighted, weightsOf, type BoundNetwork } from './parts.js'; // prettier-ignore

export interface CycleGanOptions {
  /** Number of images in each pool of translations; 0 for no pool. */
  readonly pool: number;
}

export const cyclegan: MethodComponent<CycleGanOptions, CycleGanLoss> = {
  summary: 'Two generators that undo each other, from unpaired images (CycleGAN, Zhu et al. 2017)',
  details:
    'G translates A to B, F translates B to A, and a discriminator for each domain separates real images from translated ones. Translating back must give the original image: the cycle consistency loss. As in the TensorFlow tutorial; with pool: 50, least squares and a linear schedule as in the paper.',
  schema: {
    properties: {
      pool: {
        description:
          'Size of the pool of earlier translations from which each discriminator also learns: 50 in the paper, 0 (none) in the tutorial.',
        type: 'integer',
        minimum: 0,
        maximum: 10_000,
        default: 0,
        'x-neutral': true,
      },
    },
  },
  loss: lossSchema,
  // The weight of the identity loss is the product of both.
  lossTerms: { cycle: ['loss.lambda'], identity: ['loss.identity', 'loss.lambda'] },
  pairing: 'unpaired',
  directions: () => ({ AtoB: 'G', BtoA: 'F' }),
  curves,
  remedies,
  generators: (_, site) => generatorsOf({ G: site.generator(), F: site.generator() }),
  create: ({ pool }, site) => {
    const { height, width } = sidesOf(site.imageSize);
    return cycleGanMethod(modelOf(site), { size: pool, image: [height, width, site.channels] });
  },
};

/**
 * CycleGAN (Zhu et al. 2017, arXiv:1703.10593), in the paper's letters: G translates X to Y, F translates Y to X; D_X and
 * D_Y separate real images of X and Y from translated ones.
 */
export interface CycleGan extends DiscriminatorObjective {
  readonly G: Network;
  readonly F: Network;
  readonly D_X: Network;
  readonly D_Y: Network;
  /** Weights of the cycle losses: forward is x -> G(x) -> F(G(x)), backward y -> F(y) -> G(F(y)). */
  readonly lambda: { readonly forward: number; readonly backward: number };
  /** Weight of the identity losses relative to lambda; 0 leaves them out. */
  readonly identity: number;
  /** Steps in which the identity losses have this weight, and none in later ones; absent: all. */
  readonly identitySteps?: number | undefined;
  readonly optimizer: Optimizer;
}

export type NetworkName = 'G' | 'F' | 'D_X' | 'D_Y';
type PerNetwork<T> = Readonly<Record<NetworkName, T>>;

/** Weights and accumulators of all four networks, and the pools of translations, if any. */
export type CycleGanState = PerNetwork<OptimizerState> & { readonly pools?: Pools };
type Pools = { readonly X: ImagePool; readonly Y: ImagePool };
type Carried = { readonly pools?: Pools };

/** @param pool how many images of which shape, [h, w, c], each pool holds */
export function cycleGanMethod(
  model: CycleGan,
  pool: { readonly size: number; readonly image: readonly [number, number, number] } = { size: 0, image: [0, 0, 0] },
): Method<CycleGanState, Carried> {
  const networks = networksOf(model);
  const { translate } = generatorsOf(model);
  const judge: NonNullable<Method['judge']> = (weights, direction, { source, translated }) => {
    const { D_X, D_Y } = bind({ D_X: model.D_X, D_Y: model.D_Y }, weights);
    const [own, other] = direction === 'AtoB' ? [D_X, D_Y] : [D_Y, D_X];
    return {
      source: realness(model.adversarial, own(source)),
      translated: realness(model.adversarial, other(translated)),
    };
  };
  const poolsOf = () => ({ X: emptyPool(pool.size, pool.image), Y: emptyPool(pool.size, pool.image) });
  const generatorPasses = model.identity > 0 ? 3 : 2;
  const judgePasses = discriminatorPasses(model);
  return {
    networks,
    passes: { G: generatorPasses, F: generatorPasses, D_X: judgePasses, D_Y: judgePasses },
    samples: [
      { name: 'translated', shows: 'image' },
      { name: 'reconstructed', shows: 'image' },
      { name: 'identity', shows: 'image' },
      { name: 'discReal', shows: 'realness' },
      { name: 'discFake', shows: 'realness' },
    ],
    initial: (seed) => ({
      ...startNetworks(networks, model.optimizer, seed),
      ...(pool.size > 0 && { pools: poolsOf() }),
    }),
    gradients: (state, batch, clock) => {
      const key = keyOf(clock);
      const computed = gradients(model, weightsOf(networksOf(state)), batch, {
        key,
        pools: state.pools,
        step: clock.step,
      });
      tf.dispose(key);
      return computed;
    },
    apply: (state, { gradients, carried }, clock) => ({
      ...updateNetworks(model.optimizer, networksOf(state), gradients, clock, ['D_X', 'D_Y']),
      ...carried,
    }),
    sample: (weights, direction, image) => {
      const translation = translate(weights, direction, image);
      const { translated } = translation;
      const said = judge(weights, direction, { source: image, translated });
      return { ...translation, discReal: said.source, discFake: said.translated };
    },
    judge,
  };
}

/** G: A to B (X to Y in the paper's letters) and F: B to A. */
function generatorsOf({ G, F }: Pick<CycleGan, 'G' | 'F'>) {
  return {
    networks: { G, F },
    translate: (weights, direction, images) => {
      const { there, back } = directed(bind({ G, F }, weights), direction);
      const translated = there(images);
      return { translated, reconstructed: back(translated), identity: back(images) };
    },
  } satisfies Generators;
}

function modelOf(site: MethodSite<CycleGanLoss>): CycleGan {
  const { adversarial, penalty, lambda, identity, identity_steps: identitySteps } = site.loss;
  return {
    G: site.generator(),
    F: site.generator(),
    D_X: site.discriminator(),
    D_Y: site.discriminator(),
    adversarial: site.adversarial(adversarial),
    penalty: site.penalty(penalty),
    lambda,
    identity,
    identitySteps: identitySteps ?? undefined,
    optimizer: site.optimizer(),
  };
}

/** The random key of the step, and the translations of earlier steps. */
interface StepSite {
  /** Key of the step, see {@link RandomKey}; without it there is no dropout, and a gradient penalty needs it. */
  readonly key?: RandomKey;
  readonly pools?: Pools | undefined;
  /** Steps made before this one, int32; only {@link CycleGan.identitySteps} needs it. */
  readonly step?: Scalar;
}

/** The losses, the gradient of each network's total with respect to its weights, and the pools after the step; all belong to the caller. */
export function gradients(
  model: CycleGan,
  weights: PerNetwork<Weights>,
  { x, y }: ImageBatch,
  { key, pools, step }: StepSite = {},
): Computed<Carried> & { readonly gradients: PerNetwork<Weights> } {
  const networks = bind(networksOf(model), weights, key);
  const { D_X, D_Y } = networks;

  // One backward pass serves both generators: neither's own terms depend on the other's weights, so the gradient of their
  // common loss is, for each, the gradient of its total.
  const generators = gradientsOf({ G: weights.G, F: weights.F }, () =>
    generatorLosses(model, networks, { x, y }, step),
  );
  const { fakeX, fakeY, ...losses } = generators.extra;

  // The fakes are constants from here on: no gradient flows back into the generators, whose memory is already free.
  const shown = fromPools({ X: fakeX, Y: fakeY }, pools, key);
  const realOrFakeX = gradientsOf({ D_X: weights.D_X }, () =>
    discriminatorLoss(model, { name: 'D_X', D: D_X, key, index: 0 }, { real: x, fake: shown.X }),
  );
  const realOrFakeY = gradientsOf({ D_Y: weights.D_Y }, () =>
    discriminatorLoss(model, { name: 'D_Y', D: D_Y, key, index: 1 }, { real: y, fake: shown.Y }),
  );

  tf.dispose([generators.loss, fakeX, fakeY, shown.X, shown.Y]);
  return {
    gradients: { ...generators.gradients, ...realOrFakeX.gradients, ...realOrFakeY.gradients },
    losses: {
      ...losses,
      ...realOrFakeX.extra,
      'D_X/total': realOrFakeX.loss,
      ...realOrFakeY.extra,
      'D_Y/total': realOrFakeY.loss,
    },
    carried: shown.carried,
  };
}

/** Equations 1 to 3 of the paper, and the identity loss of its section 5.2, for both generators. */
function generatorLosses(
  { adversarial, lambda, identity, identitySteps }: CycleGan,
  { G, F, D_X, D_Y }: PerNetwork<BoundNetwork>,
  { x, y }: ImageBatch,
  step?: Scalar,
) {
  const { translated: fakeY, same: sameY } = translateBoth(G, x, identity > 0 ? y : undefined);
  const { translated: fakeX, same: sameX } = translateBoth(F, y, identity > 0 ? x : undefined);
  const losses: Record<string, Scalar> = {
    // L_GAN, equation 1
    'G/adversarial': generatorLoss(adversarial, D_Y, fakeY),
    'F/adversarial': generatorLoss(adversarial, D_X, fakeX),
    // L_cyc, equation 2
    'cycle/forward': l1(F(fakeY), x),
    'cycle/backward': l1(G(fakeX), y),
    // L_identity, section 5.2
    ...(sameY && sameX && { 'identity/G': l1(sameY, y), 'identity/F': l1(sameX, x) }),
  };

  const cycle = weighted(losses, { 'cycle/forward': lambda.forward, 'cycle/backward': lambda.backward });
  const guide = guidance(identitySteps, step);
  const onlyG = weighted(losses, { 'G/adversarial': 1, 'identity/G': guide(identity * lambda.backward) });
  const onlyF = weighted(losses, { 'F/adversarial': 1, 'identity/F': guide(identity * lambda.forward) });
  const totals = { 'G/total': total([onlyG, cycle]), 'F/total': total([onlyF, cycle]) };
  return { loss: total([onlyG, onlyF, cycle]), extra: { ...losses, ...totals, fakeX, fakeY } };
}

/** The weight of an identity loss in a step: as given, or 0 after the steps that it guides (CycleGAN-VC, Kaneko and Kameoka 2017). */
function guidance(steps: number | undefined, step?: Scalar): (weight: number) => number | Scalar {
  if (steps === undefined) return (weight) => weight;
  return (weight) => tf.mul<Scalar>(tf.cast(tf.less(step!, steps), 'float32'), weight);
}

/**
 * The translation of an image, and the output for an image of the target domain, for the identity loss: in one pass over both if
 * the network prefers batches.
 */
function translateBoth(generator: BoundNetwork, image: Tensor4D, own?: Tensor4D) {
  if (own === undefined) return { translated: generator(image) };
  if (!generator.prefersBatches) return { translated: generator(image), same: generator(own) };
  const [translated, same] = tf.split(generator(tf.concat([image, own])), 2);
  return { translated: translated as Tensor4D, same: same as Tensor4D };
}

/** The fakes for the discriminators: the newest, or their exchange from the pools. */
function fromPools(fakes: { readonly X: Tensor4D; readonly Y: Tensor4D }, pools?: Pools, key?: RandomKey) {
  if (pools === undefined) return { ...fakes, carried: {} };
  const [X, Y] = (['X', 'Y'] as const).map((domain, i) =>
    tf.tidy(() => exchange(pools[domain], fakes[domain], foldKey(key!, 'pool', i))),
  ) as [ReturnType<typeof exchange>, ReturnType<typeof exchange>];
  return { X: X.shown, Y: Y.shown, carried: { pools: { X: X.pool, Y: Y.pool } } };
}

function directed<T>({ G, F }: { readonly G: T; readonly F: T }, direction: 'AtoB' | 'BtoA') {
  return direction === 'AtoB' ? { there: G, back: F } : { there: F, back: G };
}

function networksOf<T>({ G, F, D_X, D_Y }: PerNetwork<T>): PerNetwork<T> {
  return { G, F, D_X, D_Y };
}
