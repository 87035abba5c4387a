import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Reference } from '../config.js';
import type { JsonObject } from '../../support/json.js';
import type { Component, OptionsSchema } from '../component.js';
import type { Direction } from './export-format.js';
import type { Network, Weights } from './network.js';
import type { AdversarialLoss, Optimizer } from './objective.js';

/** Tensors by name, nested as deep as one likes. */
export type TensorTree = { readonly [name: string]: Tensor | TensorTree };

/**
 * A way to train translators: which networks there are, what they minimise, how one step moves them. What is declared here beside the
 * factory is known without building a network: the config's section `loss`, the curves, the directions.
 *
 * @typeParam Options of `method: {type: NAME, ...}`
 * @typeParam Loss of the section `loss`
 */
export interface MethodComponent<Options = never, Loss = never> extends Component<Options, MethodSite<Loss>, Method> {
  /** The options of the config's section `loss` under this method. */
  readonly loss: OptionsSchema;
  /** Terms of the loss that metrics measure, too, by the config paths of their weights: `{cycle: ['loss.lambda']}`. */
  readonly lossTerms?: Readonly<Record<string, readonly string[]>>;
  /** Whether image i of A belongs to image i of B, or the two have nothing to do with each other. */
  readonly pairing: Pairing;
  /** What is translated, and by which network, by its name in the state: `{AtoB: 'G', BtoA: 'F'}`. */
  directions(options: Options): GeneratorNames;
  /** Its generators alone, for whoever translates with what was trained. */
  generators(options: Options, site: GeneratorSite): Generators;
  /** What training reports, for whoever draws it. */
  curves(loss: Loss, options: Options): MethodCurves;
  /** What to change in `loss` when training has diverged: `lower loss.lambda (now 10)`. */
  remedies?(loss: Loss): readonly string[];
}

export type Pairing = 'unpaired' | 'paired';

/** What the config and the components give a method to build its generators of. */
export interface GeneratorSite {
  /** Channels of an image: 3. */
  readonly channels: number;
  /** Side of the square images, in pixels. */
  readonly imageSize: number;
  /** The network of the section `generator`. */
  generator(): Network;
}

/** What they give it to build all its networks of. */
export interface MethodSite<Loss = JsonObject> extends GeneratorSite {
  /** The section `loss`. */
  readonly loss: Loss;
  /** The network of the section `discriminator`. @param channels of what it judges, those of an image by default */
  discriminator(channels?: number): Network;
  /** The update rule of the section `optimizer`. */
  optimizer(): Optimizer;
  /** @param reference an option whose schema has `x-kind: adversarial` */
  adversarial(reference: Reference): AdversarialLoss;
}

/**
 * A method, ready to train. All functions are pure and plain TensorFlow.js: they are run op by op or traced, and dispose of nothing that
 * they are given. The caller owns what they return.
 *
 * The state is any tree of tensors. A network's weights lie in it at `NETWORK/weights`, which is so their place in checkpoints.
 */
export interface Method<State extends TensorTree = TensorTree, Carried extends TensorTree = TensorTree> {
  /** By their names in the state, in checkpoints and in curves. */
  readonly networks: Readonly<Record<string, Network>>;
  /** How often a step goes through each network with a whole batch, to tell what it costs. */
  readonly passes: Readonly<Record<string, number>>;
  /** What {@link Method.sample} gives, in the order in which it is shown. */
  readonly samples: readonly SampleColumn[];

  /** The state before the first step, a function of the seed. */
  initial(seed: number): State;
  /**
   * Everything a step computes from the state and a batch, before anything changes: gradients by network, losses, and what else goes into the
   * next state. Gradients of several machines are averaged between this and {@link Method.apply}.
   */
  gradients(state: State, batch: ImageBatch, clock: DrawClock): Computed<Carried>;
  /** The next state. */
  apply(state: State, computed: Pick<Computed<Carried>, 'gradients' | 'carried'>, clock: StepInputs): State;
  /** What is shown of a translation while training goes on: see {@link Method.samples}. @param weights of all networks */
  sample(weights: NetworkWeights, direction: Direction, image: Tensor4D): Readonly<Record<string, Tensor4D>>;
}

/** The network that translates in each direction, by its name in the state. */
export type GeneratorNames = Readonly<Partial<Record<Direction, string>>>;

/** The networks of a method that translate. */
export interface Generators {
  /** By their names in the state. */
  readonly networks: Readonly<Record<string, Network>>;
  /** What they make of images, [b, s, s, c], without dropout. Pure; the caller owns the result. @param weights by network */
  readonly translate: (weights: NetworkWeights, direction: Direction, images: Tensor4D) => Translation;
}

/** The same with {@link MethodComponent.directions}. */
export interface DirectedGenerators extends Generators {
  readonly of: GeneratorNames;
}

/** By network, then by weight. */
export type NetworkWeights = Readonly<Record<string, Weights>>;

/** Images of the two domains, float32 in [-1, 1], [b, s, s, c]; pairs where the method asks for pairs. */
export type ImageBatch = { readonly x: Tensor4D; readonly y: Tensor4D };

/** By name, for curves: `G/total`. */
export type Losses = Readonly<Record<string, Scalar>>;

export interface Computed<Carried extends TensorTree = TensorTree> {
  readonly gradients: NetworkWeights;
  /** Of the weights before the step. */
  readonly losses: Losses;
  /** What the next state takes over, such as pools of images. */
  readonly carried: Carried;
}

/** The key of a step's random draws: (seed, steps made before this one), both int32. */
export type DrawClock = { readonly seed: Scalar; readonly step: Scalar };

/** Where training is. With the state and the batch it decides all that a step does. */
export type StepInputs = DrawClock & {
  /** float32. */
  readonly learningRate: Scalar;
};

/** What the generators make of an image. */
export type Translation = {
  readonly translated: Tensor4D;
  /** The translation translated back, where there is a generator that does. */
  readonly reconstructed?: Tensor4D;
  /** The image through the generator into its own domain, which should leave it alone; where there is one. */
  readonly identity?: Tensor4D;
};

/** One image of a row of samples. */
export interface SampleColumn {
  readonly name: string;
  /** `image`: [1, s, s, c] in [-1, 1]. `realness`: a map [1, h, w, 1] from 0 (fake) to 1 (real). */
  readonly shows: 'image' | 'realness';
}

/** What training reports: its losses, and what the samples are. */
export interface MethodCurves {
  readonly losses: readonly LossCurve[];
  /** Which losses belong into one chart. */
  readonly charts: readonly { readonly title: string; readonly losses: readonly string[] }[];
  /** A row of samples in words: `image | translated`. */
  readonly samples: string;
  /** The same by direction, in the paper's letters. */
  readonly rows: Readonly<Partial<Record<Direction, string>>>;
}

export interface LossCurve {
  /** As in {@link Losses}. */
  readonly name: string;
  /** A sentence or two, with the equation. */
  readonly description: string;
  /** What it is called beside the progress, of the few that fit there. */
  readonly headline?: string;
}
