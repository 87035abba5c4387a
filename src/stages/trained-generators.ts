import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { restoreNewest } from '../engine/checkpoints.js';
import { compile } from '../engine/graph/compile.js';
import { readVariables } from '../engine/graph/variables-file.js';
import { initialWeights } from '../engine/initialize.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { Network, Weights } from '../registry/kinds/network.js';
import type { StageContext } from '../registry/kinds/stage.js';
import { phase } from '../registry/phases.js';
import { ProblemError } from '../support/problem.js';
import { announce } from './announce.js';
import { buildGenerators, CHANNELS } from './cyclegan.js';

type Generators<T> = { readonly G: T; readonly F: T };

/** Both generators as training left them. */
export interface TrainedGenerators {
  readonly step: number;
  readonly networks: Generators<Network>;
  readonly weights: Generators<Weights>;
  readonly dispose: () => void;
}

/** What both generators make of a picture, [1, s, s, c], in inference mode (no dropout). */
export type Translation = {
  readonly translated: Tensor4D;
  /** The translation translated back. */
  readonly reconstructed: Tensor4D;
  /** What the generator of the other direction makes of it: ideally nothing. */
  readonly identity: Tensor4D;
};

export interface Translator {
  readonly step: number;
  /** The caller owns the tensors. */
  translate(direction: Direction, picture: Tensor4D): Translation;
  dispose(): void;
}

/** @throws ProblemError when no checkpoint of the training stage is whole */
export async function restoreGenerators(context: StageContext): Promise<TrainedGenerators> {
  const networks = buildGenerators(context);
  const { step, value } = await restore(context, (prefix) => readVariables(prefix, () => variablesOf(networks)));
  const weights = { G: value.G.weights, F: value.F.weights };
  return { step, networks, weights, dispose: () => tf.dispose([weights.G, weights.F] as Record<string, tf.Tensor>[]) };
}

/** Both generators ready to translate, in the mode of `engine.mode`. @throws ProblemError when no checkpoint is whole */
export async function openTranslator(context: StageContext): Promise<Translator> {
  return context.config.engine.mode === 'graph' ? graphTranslator(context) : eagerTranslator(context);
}

async function graphTranslator(context: StageContext): Promise<Translator> {
  await announce(phase('building-graph'), context);
  const networks = buildGenerators(context);
  const { image_size: size } = context.config.dataset;
  const inputs = { picture: { shape: [1, size, size, CHANNELS] } };
  const translating =
    (direction: Direction) =>
    ({ G, F }: Generators<{ weights: Weights }>, { picture }: { readonly picture: Tensor4D }) => ({
      outputs: translation(networks, { G: G.weights, F: F.weights }, direction, picture),
    });
  const program = compile(
    { AtoB: translating('AtoB'), BtoA: translating('BtoA') },
    { variables: () => variablesOf(networks), inputs: { AtoB: inputs, BtoA: inputs } },
  );
  const dispose = () => program.dispose();
  try {
    const { step } = await restore(context, (prefix) => program.restore(prefix));
    return { step, translate: (direction, picture) => program.functions[direction]({ picture }), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function eagerTranslator(context: StageContext): Promise<Translator> {
  const { step, networks, weights, dispose } = await restoreGenerators(context);
  const translate: Translator['translate'] = (direction, picture) =>
    tf.tidy(() => translation(networks, weights, direction, picture));
  return { step, translate, dispose };
}

function translation(
  networks: Generators<Network>,
  weights: Generators<Weights>,
  direction: Direction,
  picture: Tensor4D,
): Translation {
  const [there, back] = direction === 'AtoB' ? (['G', 'F'] as const) : (['F', 'G'] as const);
  const through = (name: 'G' | 'F', image: Tensor4D) => networks[name].apply(weights[name], image);
  const translated = through(there, picture);
  return { translated, reconstructed: through(back, translated), identity: through(back, picture) };
}

/** The part of a training's variables that the generators are; their names are those in its checkpoints. */
function variablesOf({ G, F }: Generators<Network>): Generators<{ weights: Weights }> {
  return { G: { weights: initialWeights(G, 0, 'G') }, F: { weights: initialWeights(F, 0, 'F') } };
}

async function restore<T>(context: StageContext, read: (prefix: string) => T): Promise<{ step: number; value: T }> {
  const dir = join(context.inputs['networks']!.dir, 'checkpoints');
  const { step } = context.inputs['networks']!.outputs;
  const damaged: string[] = [];
  await announce(phase('restoring-checkpoint'), context);
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
