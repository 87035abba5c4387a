import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { restoreStep } from '../engine/checkpoints.js';
import { readVariables } from '../engine/graph/variables-file.js';
import { readWeightsBundle, type WeightsBundle } from '../export/weights.js';
import { translatingState, translatingWeights } from '../methods/averaged.js';
import { averagesOf, buildGenerators } from '../methods/build.js';
import type { Components } from '../registry/kinds.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { DirectedGenerators, NetworkWeights } from '../registry/kinds/method.js';
import type { Network, Weights } from '../registry/kinds/network.js';
import type { ArtifactKind, StageContext, StageInput } from '../registry/kinds/stage.js';
import { make } from '../registry/make.js';
import { announce } from '../registry/phases.js';
import { ProblemError } from '../support/problem.js';

/** Generators with their trained weights, from a run's checkpoints or from a bundle. */
export interface TrainedGenerators {
  readonly generators: DirectedGenerators;
  readonly weights: NetworkWeights;
  readonly dispose: () => void;
}

/** What reading a checkpoint needs: the config that its networks are built from, and the folder of the training, `inputs.networks.dir`. */
export type CheckpointContext = Pick<StageContext, 'config' | 'components' | 'emit'> & {
  readonly inputs: Readonly<Record<ArtifactKind, Pick<StageInput, 'dir'>>>;
};

/**
 * Loads the generators of a run's checkpoint.
 *
 * @throws ProblemError `damaged-checkpoint` when it is damaged or missing
 */
export async function restoreGenerators(
  context: CheckpointContext,
  step: number,
): Promise<TrainedGenerators & { readonly step: number }> {
  const generators = buildGenerators(context);
  const { networks } = generators;
  const read = (prefix: string) => readVariables(prefix, () => translatingState(networks, averagesOf(context)));
  const state = await restoreCheckpoint(context, step, read);
  return { step, ...owned(generators, translatingWeights(networks, state)) };
}

/**
 * Loads the generator of a bundle that the export format `weights` wrote.
 *
 * @param dir the folder of `generator.json`
 * @throws ProblemError `not-a-bundle` when the folder has no bundle; DamagedWeightsError when the weights differ from their checksum
 */
export async function openBundle(
  dir: string,
  components: Components,
): Promise<TrainedGenerators & { readonly bundle: WeightsBundle }> {
  const { bundle, weights } = await readWeightsBundle(dir);
  const { direction, image_size: imageSize, channels } = bundle;
  const generator = make(components.generator, bundle.generator, { imageSize, channels });
  const generators: DirectedGenerators = {
    networks: { generator },
    of: { [direction]: 'generator' },
    translate: (state, _, images) => ({ translated: generator.apply(state['generator']!, images) }),
  };
  return { bundle, ...owned(generators, { generator: weights }) };
}

/** The network that translates in a direction, with its weights; undefined when no network does. */
export function generatorFor(
  { generators, weights }: TrainedGenerators,
  direction: Direction,
): { readonly network: Network; readonly weights: Weights } | undefined {
  const name = generators.of[direction];
  return name === undefined ? undefined : { network: generators.networks[name]!, weights: weights[name]! };
}

/**
 * Reads the checkpoint of a step, and of no other: its results could be mistaken for those of the networks that were asked for.
 *
 * @throws ProblemError `damaged-checkpoint` when it is damaged or missing
 */
export async function restoreCheckpoint<T>(
  context: Pick<CheckpointContext, 'inputs' | 'emit'>,
  step: number,
  read: (prefix: string) => T,
): Promise<T> {
  const dir = join(context.inputs['networks']!.dir, 'checkpoints');
  let damage = `the checkpoint of step ${step} is missing`;
  await announce('restoring-checkpoint', context);
  const checkpoint = await restoreStep(dir, step, read, (name, reason) => {
    damage = `${name}: ${reason}`;
  });
  if (checkpoint !== undefined) return checkpoint.value;
  throw new ProblemError({
    code: 'damaged-checkpoint',
    message: `The trained networks in ${dir} cannot be read: ${damage}.`,
    cure: 'Restore the file from a backup, or train again with --force train (the old training is set aside, not deleted).',
  });
}

function owned(generators: DirectedGenerators, weights: NetworkWeights): TrainedGenerators {
  return { generators, weights, dispose: () => tf.dispose(weights) };
}
