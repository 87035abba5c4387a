import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { compile } from '../engine/graph/compile.js';
import { buildGenerators, CHANNELS } from '../methods/build.js';
import { weightsOf } from '../methods/parts.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { DirectedGenerators, Translation } from '../registry/kinds/method.js';
import type { StageContext } from '../registry/kinds/stage.js';
import { announce } from '../registry/phases.js';
import {
  restoreCheckpoint,
  restoreGenerators,
  variablesOf,
  type GeneratorVariables,
  type TrainedGenerators,
} from './trained-generators.js';

/** Trained generators, ready to translate. */
export interface Translator {
  /** The directions it can translate. */
  readonly directions: readonly Direction[];
  /** @param images [b, s, s, c] in [-1, 1]; in graph mode b is 1 @returns translations without dropout; the caller owns the tensors */
  translate(direction: Direction, images: Tensor4D): Translation;
  dispose(): void;
}

/** A translator with the generators of a run's last step. */
export interface RunTranslator extends Translator {
  readonly step: number;
}

/** Opens a run's generators in the mode of `engine.mode`. @throws ProblemError when its checkpoint is damaged */
export async function openTranslator(context: StageContext): Promise<RunTranslator> {
  return context.config.engine.mode === 'graph' ? graphTranslator(context) : eagerTranslatorOf(context);
}

async function graphTranslator(context: StageContext): Promise<RunTranslator> {
  await announce('building-graph', context);
  const generators = buildGenerators(context);
  const directions = directionsOf(generators);
  const { image_size: size } = context.config.dataset;
  const inputs = { image: { shape: [1, size, size, CHANNELS] } };
  const translating =
    (direction: Direction) =>
    (state: GeneratorVariables, { image }: { readonly image: Tensor4D }) => ({
      outputs: generators.translate(weightsOf(state), direction, image),
    });
  const program = compile(
    { AtoB: translating('AtoB'), BtoA: translating('BtoA') },
    {
      variables: () => variablesOf(generators),
      inputs: Object.fromEntries(directions.map((direction) => [direction, inputs])),
    },
  );
  const dispose = () => program.dispose();
  try {
    const { step } = await restoreCheckpoint(context, (prefix) => program.restore(prefix));
    return { step, directions, translate: (direction, image) => program.functions[direction]({ image }), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function eagerTranslatorOf(context: StageContext): Promise<RunTranslator> {
  const trained = await restoreGenerators(context);
  return { step: trained.step, ...eagerTranslator(trained) };
}

/** Translates with TensorFlow.js's own kernels, at every image size that the generators take. */
export function eagerTranslator({ generators, weights, dispose }: TrainedGenerators): Translator {
  return {
    directions: directionsOf(generators),
    translate: (direction, images) => tf.tidy(() => generators.translate(weights, direction, images)),
    dispose,
  };
}

const directionsOf = (generators: DirectedGenerators) => Object.keys(generators.of) as Direction[];
