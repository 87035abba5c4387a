import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Reference } from '../config.js';
import type { JsonObject } from '../../support/json.js';
import type { Sides } from '../../support/sides.js';
import type { Component, OptionsSchema } from '../component.js';
import type { Direction } from './export-format.js';
import type { Realness } from './metric.js';
import type { Network, Trained, Weights } from './network.js';
import type { AdversarialLoss, GradientPenalty, Optimizer } from './objective.js';

/** Tensors by name, nested to any depth. */
export type TensorTree = { readonly [name: string]: Tensor | TensorTree };

/**
 * A training method: its networks, their losses, and the update of a step. Its members except the factory need no networks: the
 * config's section `loss`, the curves, the directions.
 *
 * @typeParam Options of `method: {type: NAME, ...}`
 * @typeParam Loss of the section `loss`
 */
export interface MethodComponent<Options = never, Loss = never> extends Component<Options, MethodSite<Loss>, Method> {
  /** The options of the config's section `loss` under this method. */
  readonly loss: OptionsSchema;
  /** Config paths of the weights of loss terms that metrics measure too: `{cycle: ['loss.lambda']}`. */
  readonly lossTerms?: Readonly<Record<string, readonly string[]>>;
  /** Whether image i of A belongs to image i of B (`paired`) or they are unrelated. */
  readonly pairing: Pairing;
  /** The generator of each direction, by its name in the state: `{AtoB: 'G', BtoA: 'F'}`. */
  directions(options: Options): GeneratorNames;
  /** Only its generators, to translate with trained weights. */
  generators(options: Options, site: GeneratorSite): Generators;
  /** Descriptions of the curves and samples that training reports. */
  curves(loss: Loss, options: Options): MethodCurves;
  /** What to change in `loss` when training has diverged: `lower loss.lambda (now 10)`. */
  remedies?(loss: Loss): readonly string[];
}

export type Pairing = 'unpaired' | 'paired';

/** The context in which a method creates its generators. */
export interface GeneratorSite {
  /** Channels of an image: 3. */
  readonly channels: number;
  /** See {@link Sides}. */
  readonly imageSize: Sides;
  /** The network of the section `generator`. */
  generator(): Network;
}

/** The context in which a method creates all its networks. */
export interface MethodSite<Loss = JsonObject> extends GeneratorSite {
  /** The section `loss`. */
  readonly loss: Loss;
  /** The network of the section `discriminator`. @param channels of its input, by default those of an image */
  discriminator(channels?: number): Network;
  /** The update rule of the section `optimizer`. */
  optimizer(): Optimizer;
  /** @param reference an option whose schema has `x-kind: adversarial` */
  adversarial(reference: Reference): AdversarialLoss;
  /** @param reference an option whose schema has `x-kind: penalty`; null or absent: none */
  penalty(reference: Reference | null | undefined): GradientPenalty | undefined;
}

/**
 * A method, ready to train. All functions are pure and plain TensorFlow.js: they run op by op or are traced, and do not dispose of
 * their arguments. The caller owns their results.
 *
 * The state is any tree of tensors. A network's weights are at `NETWORK/weights`, in the state and so in checkpoints. The name
 * `averages` is taken: `train.ema_decay` keeps its averages there.
 */
export interface Method<State extends TensorTree = TensorTree, Carried extends TensorTree = TensorTree> {
  /** What is trained, by its name in the state, in checkpoints and in curves. */
  readonly networks: Readonly<Record<string, Trained>>;
  /** Passes of a whole batch through each network in a step, to estimate its cost. */
  readonly passes: Readonly<Record<string, number>>;
  /** The images of {@link Method.sample}, in display order. */
  readonly samples: readonly SampleColumn[];

  /** The state before the first step, a function of the seed. */
  initial(seed: number): State;
  /**
   * Everything a step computes from the state and a batch, without changing it: gradients by network, losses, and other parts of the
   * next state. Gradients of several machines are averaged between this and {@link Method.apply}.
   */
  gradients(state: State, batch: ImageBatch, clock: DrawClock): Computed<Carried>;
  /** The next state. */
  apply(state: State, computed: Pick<Computed<Carried>, 'gradients' | 'carried'>, clock: StepInputs): State;
  /** The images that training shows of a translation: see {@link Method.samples}. @param weights of all networks */
  sample(weights: NetworkWeights, direction: Direction, image: Tensor4D): Readonly<Record<string, Tensor4D>>;
  /**
   * What the discriminators say of images, [b, s, s, c], and of their translations. Absent if they judge something else, such as pairs.
   *
   * @param weights of all networks
   */
  judge?(
    weights: NetworkWeights,
    direction: Direction,
    images: { readonly source: Tensor4D; readonly translated: Tensor4D },
  ): Realness;
}

/** The network that translates in each direction, by its name in the state. */
export type GeneratorNames = Readonly<Partial<Record<Direction, string>>>;

/** The generators of a method. */
export interface Generators {
  /** The generators, by their names in the state. */
  readonly networks: Readonly<Record<string, Network>>;
  /** Translates images, [b, s, s, c], without dropout. Pure; the caller owns the result. @param weights by network */
  readonly translate: (weights: NetworkWeights, direction: Direction, images: Tensor4D) => Translation;
}

/** Generators with {@link MethodComponent.directions}. */
export interface DirectedGenerators extends Generators {
  readonly of: GeneratorNames;
}

/** By network, then by weight. */
export type NetworkWeights = Readonly<Record<string, Weights>>;

/** Images of the two domains, float32 in [-1, 1], [b, s, s, c]; pairs if the method needs pairs. */
export type ImageBatch = { readonly x: Tensor4D; readonly y: Tensor4D };

/** Losses by name, for curves: `G/total`. */
export type Losses = Readonly<Record<string, Scalar>>;

export interface Computed<Carried extends TensorTree = TensorTree> {
  readonly gradients: NetworkWeights;
  /** Losses of the weights before the step. */
  readonly losses: Losses;
  /** Other parts of the next state, such as pools of images. */
  readonly carried: Carried;
}

/** The key of a step's random draws: (seed, steps made before this one), both int32. */
export type DrawClock = { readonly seed: Scalar; readonly step: Scalar };

/** The position in training. Together with the state and the batch it determines a step. */
export type StepInputs = DrawClock & {
  /** float32. */
  readonly learningRate: Scalar;
  /** The same for the discriminators, where the config gives them another; float32. */
  readonly discriminatorRate: Scalar;
};

/** The outputs of the generators for an image. */
export type Translation = {
  readonly translated: Tensor4D;
  /** The translation translated back, if the method has a generator for it. */
  readonly reconstructed?: Tensor4D;
  /** The image through the generator into its own domain, which should not change it; if the method has one. */
  readonly identity?: Tensor4D;
};

/** The same with what the discriminators say of it, if the method has such. */
export type JudgedTranslation = Translation & { readonly realness?: Realness };

/** One image of a row of samples. */
export interface SampleColumn {
  readonly name: string;
  /** `image`: [1, s, s, c] in [-1, 1]. `realness`: a map [1, h, w, 1] from 0 (fake) to 1 (real). */
  readonly shows: 'image' | 'realness';
}

/** Descriptions of what training reports: its losses and samples. */
export interface MethodCurves {
  readonly losses: readonly LossCurve[];
  /** Losses to draw in one chart. */
  readonly charts: readonly { readonly title: string; readonly losses: readonly string[] }[];
  /** The columns of a row of samples: `image | translated`. */
  readonly samples: string;
  /** The same by direction, in the paper's letters. */
  readonly rows: Readonly<Partial<Record<Direction, string>>>;
}

export interface LossCurve {
  /** As in {@link Losses}. */
  readonly name: string;
  /** A sentence or two, with the equation. */
  readonly description: string;
  /** Its short name next to the progress, for the few losses shown there. */
  readonly headline?: string;
}
