import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { compile, type Program } from '../engine/graph/compile.js';
import { initialWeights } from '../engine/initialize.js';
import { measuringNorms, withNorms, type NormStatistics } from '../models/norms.js';
import type { Network, Weights } from '../registry/kinds/network.js';

interface State {
  readonly generator: Weights;
}

/** The statistics of a generator's norms, in their order. */
export type Norms = Readonly<Record<string, NormStatistics>>;

/**
 * A generator as a graph that TensorFlow runs. It is traced once for each shape of its inputs; the traces share one set of weights. Where they
 * become many, the graph is made anew.
 */
export interface GeneratorProgram {
  /** How often it was traced. */
  readonly traces: number;
  /** @param images [b, h, w, c] in [-1, 1] @returns the same shape; the caller owns it, as every result */
  translate(images: Tensor4D): Tensor4D;
  /** The statistics of an image's norms. @param image [1, h, w, c] */
  measure(image: Tensor4D): Norms;
  /** Translates with given statistics, such as a whole image's for a tile of it. */
  translateWith(image: Tensor4D, norms: Norms): Tensor4D;
  dispose(): void;
}

/**
 * Traces in one graph. With each, TensorFlow has more to look through when it prepares the next: with 120 of a ResNet-9, a trace takes ten
 * times as long as the first ones, and together they take 0.4 GB. So the graph is made anew.
 */
const MOST_TRACES = 48;

/** Compiles a generator. `loadTensorFlow()` comes first. @param weights stay the caller's, who may dispose of them afterwards */
export function generatorProgram(network: Network, weights: Weights, most = MOST_TRACES): GeneratorProgram {
  const open = () => openProgram(network);
  let program = open();
  let traces = 0;
  program.assign({ generator: weights });

  /** The program for the next call. */
  const next = () => {
    if (program.traces < most) return program.functions;
    const values = program.read();
    traces += program.traces;
    program.dispose();
    program = open();
    program.assign(values);
    tf.dispose(values as never);
    return program.functions;
  };
  return {
    get traces() {
      return traces + program.traces;
    },
    translate: (images) => next().whole({ images }).translated,
    measure: (image) => next().measure({ image }),
    translateWith: (image, norms) => next().part({ image, norms }).translated,
    dispose: () => program.dispose(),
  };
}

const openProgram = (network: Network): Program<State, ReturnType<typeof functionsOf>> =>
  compile(functionsOf(network), { variables: (): State => ({ generator: initialWeights(network, 0, 'generator') }) });

function functionsOf(network: Network) {
  return {
    whole: ({ generator }: State, { images }: { readonly images: Tensor4D }) => ({
      outputs: { translated: network.apply(generator, images) },
    }),
    measure: ({ generator }: State, { image }: { readonly image: Tensor4D }) => {
      const { result, statistics } = measuringNorms(() => network.apply(generator, image));
      result.dispose();
      return { outputs: Object.fromEntries(statistics.map((each, i) => [`norm${i}`, each])) };
    },
    part: ({ generator }: State, { image, norms }: { readonly image: Tensor4D; readonly norms: Norms }) => {
      const ordered = Object.keys(norms).map((_, i) => norms[`norm${i}`]!);
      return { outputs: { translated: withNorms(ordered, () => network.apply(generator, image)) } };
    },
  };
}
