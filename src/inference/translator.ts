import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { restoreNewest } from '../engine/checkpoints.js';
import { compile } from '../engine/graph/compile.js';
import { readVariables } from '../engine/graph/variables-file.js';
import { initialWeights } from '../engine/initialize.js';
import { buildGenerators, CHANNELS } from '../methods/build.js';
import { perNetwork, weightsOf } from '../methods/parts.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { Generators, Translation } from '../registry/kinds/method.js';
import type { Network, Weights } from '../registry/kinds/network.js';
import type { StageContext } from '../registry/kinds/stage.js';
import { announce } from '../registry/phases.js';
import { ProblemError } from '../support/problem.js';

/** The generators as training left them. */
export interface TrainedGenerators {
  readonly step: number;
  /** The network that translates in a direction, with its weights; nothing where none does. */
  of(direction: Direction): { readonly network: Network; readonly weights: Weights } | undefined;
  dispose(): void;
}

/** Trained generators, ready to translate images of the size that they were trained with. */
export interface Translator {
  readonly step: number;
  /** What can be translated. */
  readonly directions: readonly Direction[];
  /** @param image [1, s, s, c] in [-1, 1] @returns without dropout; the caller owns the tensors */
  translate(direction: Direction, image: Tensor4D): Translation;
  dispose(): void;
}

/** @throws ProblemError when no checkpoint of the training stage is whole */
export async function restoreGenerators(context: StageContext): Promise<TrainedGenerators> {
  const generators = buildGenerators(context);
  const { step, weights } = await restoreWeights(context, generators);
  return {
    step,
    of: (direction) => {
      const name = generators.of[direction];
      return name === undefined ? undefined : { network: generators.networks[name]!, weights: weights[name]! };
    },
    dispose: () => tf.dispose(weights),
  };
}

/** The generators ready to translate, in the mode of `engine.mode`. @throws ProblemError when no checkpoint is whole */
export async function openTranslator(context: StageContext): Promise<Translator> {
  return context.config.engine.mode === 'graph' ? graphTranslator(context) : eagerTranslator(context);
}

async function graphTranslator(context: StageContext): Promise<Translator> {
  await announce('building-graph', context);
  const generators = buildGenerators(context);
  const directions = directionsOf(generators);
  const { image_size: size } = context.config.dataset;
  const inputs = { image: { shape: [1, size, size, CHANNELS] } };
  const translating =
    (direction: Direction) =>
    (state: Variables, { image }: { readonly image: Tensor4D }) => ({
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
    const { step } = await restore(context, (prefix) => program.restore(prefix));
    return { step, directions, translate: (direction, image) => program.functions[direction]({ image }), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function eagerTranslator(context: StageContext): Promise<Translator> {
  const generators = buildGenerators(context);
  const { step, weights } = await restoreWeights(context, generators);
  return {
    step,
    directions: directionsOf(generators),
    translate: (direction, image) => tf.tidy(() => generators.translate(weights, direction, image)),
    dispose: () => tf.dispose(weights),
  };
}

const directionsOf = (generators: Generators) => Object.keys(generators.of) as Direction[];

/** The part of a training's state that the generators are; the names are those in its checkpoints. */
type Variables = Readonly<Record<string, { readonly weights: Weights }>>;

function variablesOf({ networks }: Generators): Variables {
  return perNetwork(networks, (network, name) => ({ weights: initialWeights(network, 0, name) }));
}

async function restoreWeights(context: StageContext, generators: Generators) {
  const read = (prefix: string) => readVariables(prefix, () => variablesOf(generators));
  const { step, value } = await restore(context, read);
  return { step, weights: weightsOf(value) };
}

async function restore<T>(context: StageContext, read: (prefix: string) => T): Promise<{ step: number; value: T }> {
  const dir = join(context.inputs['networks']!.dir, 'checkpoints');
  const { step } = context.inputs['networks']!.outputs;
  const damaged: string[] = [];
  await announce('restoring-checkpoint', context);
  const checkpoint = await restoreNewest(dir, read, (name, reason) => {
    damaged.push(`${name}: ${reason}`);
  });
  // An older checkpoint would give results that look like those of the trained networks and are not.
  if (checkpoint !== undefined && checkpoint.step === step) return checkpoint;
  throw new ProblemError({
    code: 'damaged-checkpoint',
    message: `The trained networks in ${dir} cannot be read: ${damaged.join('; ') || `the checkpoint of step ${JSON.stringify(step)} is missing`}.`,
    cure: 'Restore the file from a backup, or train anew with --force train (what is there is set aside, not deleted).',
  });
}
