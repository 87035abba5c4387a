import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { restoreNewest } from '../engine/checkpoints.js';
import type { StageContext } from '../registry/kinds/stage.js';
import type { Network, Weights } from '../registry/kinds/network.js';
import { ProblemError } from '../support/problem.js';
import { buildGenerators } from './cyclegan.js';

/** Both generators as training left them, in inference mode (no dropout). */
export interface TrainedGenerators {
  readonly step: number;
  readonly G: (x: tf.Tensor4D) => tf.Tensor4D;
  readonly F: (y: tf.Tensor4D) => tf.Tensor4D;
  readonly networks: { readonly G: Network; readonly F: Network };
  readonly weights: { readonly G: Weights; readonly F: Weights };
  dispose(): void;
}

/** @throws ProblemError when no checkpoint of the training stage is whole */
export async function restoreGenerators(context: StageContext): Promise<TrainedGenerators> {
  const dir = join(context.inputs['networks']!.dir, 'checkpoints');
  const damaged: string[] = [];
  const checkpoint = await restoreNewest(
    dir,
    (name, reason) => {
      damaged.push(`${name}: ${reason}`);
    },
    ['G', 'F'],
  );
  // An older checkpoint would give results that look like those of the trained networks and are not.
  const { step } = context.inputs['networks']!.outputs;
  if (checkpoint === undefined || checkpoint.step !== step) {
    if (checkpoint !== undefined) tf.dispose(checkpoint.groups);
    throw new ProblemError({
      code: 'damaged-checkpoint',
      message: `The trained networks in ${dir} cannot be read: ${damaged.join('; ') || `the checkpoint of step ${JSON.stringify(step)} is missing`}.`,
      cure: 'Restore the file from a backup, or train anew with --force train (what is there is set aside, not deleted).',
    });
  }
  const networks = buildGenerators(context);
  const weights = { G: checkpoint.groups['G']!, F: checkpoint.groups['F']! };
  return {
    step: checkpoint.step,
    G: (x) => networks.G.apply(weights.G, x),
    F: (y) => networks.F.apply(weights.F, y),
    networks,
    weights,
    dispose: () => tf.dispose([weights.G, weights.F] as Record<string, tf.Tensor>[]),
  };
}
