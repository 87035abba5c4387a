import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { compile } from '../engine/graph/compile.js';
import { readVariables } from '../engine/graph/variables-file.js';
import { translatingState, translatingWeights } from '../methods/averaged.js';
import { averagesOf, buildGenerators, buildMethod } from '../methods/build.js';
import { judgedTranslation, judgeOf, type Judging } from '../methods/judged-translation.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { DirectedGenerators, JudgedTranslation, TensorTree } from '../registry/kinds/method.js';
import { CHANNELS, type Trained } from '../registry/kinds/network.js';
import type { StageContext } from '../registry/kinds/stage.js';
import { announce } from '../registry/phases.js';
import { sidesOf } from '../support/sides.js';
import { restoreCheckpoint } from './trained-generators.js';

/** Trained generators, ready to translate. */
interface ModeTranslator {
  /** The directions it can translate. */
  readonly directions: readonly Direction[];
  /** @param images [b, h, w, c] in [-1, 1]; in graph mode b is 1 @returns translations without dropout; the caller owns the tensors */
  translate(direction: Direction, images: Tensor4D): JudgedTranslation;
  dispose(): void;
}

/** A translator with the networks of a step of a run. */
export interface RunTranslator extends ModeTranslator {
  readonly step: number;
}

export interface RunTranslatorOptions {
  /** The step of the checkpoint. */
  readonly step: number;
  /** Whether the discriminators judge the translations: then all networks are restored, not the generators only. */
  readonly judges?: boolean;
}

/** Opens a run's networks in the mode of `engine.mode`. @throws ProblemError when the checkpoint is damaged */
export async function openRunTranslator(
  context: StageContext,
  { step, judges = false }: RunTranslatorOptions,
): Promise<RunTranslator> {
  const judged = judgedNetworks(context, judges);
  const open = context.config.engine.mode === 'graph' ? graphTranslator : eagerTranslator;
  return { step, ...(await open(context, step, judged)) };
}

/** What translates and judges, with all networks that it uses. */
interface JudgedNetworks {
  readonly networks: Readonly<Record<string, Trained>>;
  readonly directions: readonly Direction[];
  readonly judging: Judging;
}

function judgedNetworks(context: StageContext, judges: boolean): JudgedNetworks {
  const generators = buildGenerators(context);
  const { translate } = generators;
  const directions = directionsOf(generators);
  if (!judges) return { networks: generators.networks, directions, judging: { translate } };
  const method = buildMethod(context);
  return { networks: method.networks, directions, judging: { translate, ...judgeOf(method) } };
}

async function graphTranslator(
  context: StageContext,
  step: number,
  { networks, directions, judging }: JudgedNetworks,
): Promise<ModeTranslator> {
  await announce('building-graph', context);
  const { height, width } = sidesOf(context.config.dataset.image_size);
  const inputs = { image: { shape: [1, height, width, CHANNELS] } };
  const translating =
    (direction: Direction) =>
    (state: TensorTree, { image }: { readonly image: Tensor4D }) => ({
      outputs: judgedTranslation(judging, translatingWeights(networks, state), direction, image),
    });
  const program = compile(
    { AtoB: translating('AtoB'), BtoA: translating('BtoA') },
    {
      variables: () => translatingState(networks, averagesOf(context)),
      inputs: Object.fromEntries(directions.map((direction) => [direction, inputs])),
    },
  );
  const dispose = () => program.dispose();
  try {
    await restoreCheckpoint(context, step, (prefix) => program.restore(prefix));
    return { directions, translate: (direction, image) => program.functions[direction]({ image }), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function eagerTranslator(
  context: StageContext,
  step: number,
  { networks, directions, judging }: JudgedNetworks,
): Promise<ModeTranslator> {
  const read = (prefix: string) => readVariables(prefix, () => translatingState(networks, averagesOf(context)));
  const weights = translatingWeights(networks, await restoreCheckpoint(context, step, read));
  const translate = (direction: Direction, images: Tensor4D) =>
    tf.tidy(() => judgedTranslation(judging, weights, direction, images));
  return { directions, translate, dispose: () => tf.dispose(weights) };
}

const directionsOf = (generators: DirectedGenerators) => Object.keys(generators.of) as Direction[];
