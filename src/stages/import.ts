import { basename, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkpointName, saveCheckpoint } from '../engine/checkpoints.js';
import { replaceLeaves, isTensor } from '../engine/graph/tensor-trees.js';
import { writeVariables } from '../engine/graph/variables-file.js';
import { buildMethod, methodFacts } from '../methods/build.js';
import { weightPaths } from '../methods/averaged.js';
import { weightsOf } from '../migration/weights/check-network.js';
import type { FittedWeight } from '../migration/weights/fit-weights.js';
import { IMPORTABLE, type ImportableName } from '../migration/weights/importable.js';
import { readTorchCheckpoint, unreadable } from '../migration/weights/read-network.js';
import type { Config } from '../registry/config.js';
import type { OptionSchema } from '../registry/component.js';
import type { Method, TensorTree } from '../registry/kinds/method.js';
import type { ConfigPath, StageComponent, StageContext, StageResult } from '../registry/kinds/stage.js';
import { errorCode } from '../support/files.js';
import { sha256File } from '../support/hash.js';
import { ProblemError } from '../support/problem.js';

/** The checkpoints by the networks that they are here. */
type ImportOptions = Readonly<Partial<Record<ImportableName, string>>>;

const option = (what: string): OptionSchema => ({
  description: `Checkpoint of ${what}; a path relative to the config file.`,
  type: 'string',
  format: 'path',
  // The identity has its content.
  'x-not-fingerprinted': true,
});

export const importStage: StageComponent<ImportOptions> = {
  summary: 'Takes networks from checkpoints of pytorch-CycleGAN-and-pix2pix or CUT instead of training them.',
  details:
    'Reads PyTorch’s files without running anything of them. Networks without a checkpoint are drawn from the seed, as for a training; the generators must have one. `runner import` writes a config with this stage; docs/migration.md.',
  schema: {
    properties: Object.fromEntries(Object.entries(IMPORTABLE).map(([name, { what }]) => [name, option(what)])),
  },
  version: 1,
  scope: 'run',
  engine: true,
  reads: [
    ...['seed', 'method', 'generator', 'discriminator', 'loss', 'optimizer'],
    ...['dataset.image_size', 'train.ema_decay'],
  ],
  consumes: [],
  provides: 'networks',
  coveredByIdentity: checkpointPaths,
  create: (options) => ({ identity: () => identityOf(options), run: (context) => run(options, context) }),
};

/** The options of all stages of this type. */
function checkpointPaths({ stages }: Config): readonly ConfigPath[] {
  const own = Object.entries(stages).filter(([, { type }]) => type === 'import');
  return own.flatMap(([name]) => Object.keys(IMPORTABLE).map((network) => `stages.${name}.${network}`));
}

/** The content of each checkpoint: where it lies does not count. */
async function identityOf(options: ImportOptions): Promise<Readonly<Record<string, string>>> {
  const sums = Object.entries(options).map(async ([name, path]) => {
    const sum = await sha256File(path).catch((error: unknown) => {
      throw errorCode(error) === undefined ? error : unreadable(path, errorCode(error)!);
    });
    return [name, sum] as const;
  });
  return Object.fromEntries(await Promise.all(sums));
}

async function run(options: ImportOptions, context: StageContext): Promise<StageResult> {
  const method = buildMethod(context);
  expectNetworks(options, method, context);
  const read = await readNetworks(options, method, context.config);
  const state = replaced(method.initial(context.config.seed), read);
  const step = 0;
  try {
    const dir = join(context.dir, 'checkpoints');
    await saveCheckpoint(dir, { step, state: {} }, (prefix) => writeVariables(prefix, state as never), 1);
  } finally {
    tf.dispose(state);
  }
  const drawn = Object.keys(method.networks).filter((name) => !(name in options));
  return {
    status: 'done',
    outputs: {
      ...{ step, epochs: 0, checkpoints: 'checkpoints', drawn },
      imported: Object.fromEntries(read.map(({ name, file, title }) => [name, { file, title }])),
    },
    files: [join('checkpoints', checkpointName(step))],
    summary: [
      ...read.map(({ name, file, title }) => ({ label: 'imported', text: `${name}: ${file} (${title})` })),
      ...(drawn.length > 0 ? [{ label: 'not imported', text: `${drawn.join(', ')}: drawn from the seed` }] : []),
    ],
  };
}

/** @throws ProblemError when a generator has no checkpoint, or the method has no such network */
function expectNetworks(options: ImportOptions, { networks }: Method, context: StageContext): void {
  const { type } = context.config.method;
  const { generators } = methodFacts(context);
  // CUT's F is no generator.
  const takes = Object.entries(IMPORTABLE).flatMap(([name, { section }]) => {
    return section === 'generator' ? generators.filter((each) => each === name) : name in networks ? [name] : [];
  });
  const strange = Object.keys(options).find((name) => !takes.includes(name));
  const has = `The method ${type} takes checkpoints of ${takes.join(', ')}`;
  if (strange !== undefined) {
    throw new ProblemError({
      code: 'weights-do-not-fit',
      message: `${has}, and one is given for ${strange}.`,
      cure: 'Name another method, or give the checkpoint to another network.',
    });
  }
  const missing = generators.filter((name) => !(name in options));
  if (missing.length === 0) return;
  const alone = generators.length > 1 ? ' With one generator alone, use method: cut (a ResNet) or pix2pix.' : '';
  throw new ProblemError({
    code: 'missing-network',
    message: `${has}, and no checkpoint is given for the generator ${missing.join(', ')}.`,
    cure: `Add ${missing.map((name) => `${name}: PATH`).join(', ')} to the stage of type import.${alone}`,
  });
}

/** A network's weights, for people and for the state. */
interface ReadNetwork {
  readonly name: string;
  readonly file: string;
  readonly title: string;
  readonly weights: Readonly<Record<string, FittedWeight>>;
}

/** @throws ProblemError with all checkpoints that do not fit */
async function readNetworks(options: ImportOptions, { networks }: Method, config: Config): Promise<ReadNetwork[]> {
  const read: ReadNetwork[] = [];
  const problems = [];
  for (const [name, path] of Object.entries(options) as [ImportableName, string][]) {
    const checkpoint = await readTorchCheckpoint(path);
    const found = weightsOf({ name, section: IMPORTABLE[name].section }, checkpoint, config, networks[name]!.weights);
    if ('problem' in found) problems.push(found.problem);
    else read.push({ name, file: basename(path), title: checkpoint.network.title, weights: found.weights });
  }
  const [first, ...others] = problems;
  if (first !== undefined) throw new ProblemError(first, ...others);
  return read;
}

/** The state with other weights in place of those that were drawn, which are disposed of. */
function replaced(state: TensorTree, read: readonly ReadNetwork[]): TensorTree {
  const values = new Map(
    read.flatMap(({ name, weights }) =>
      Object.entries(weights).flatMap(([weight, value]) =>
        weightPaths(name, weight).map((path) => [path, value] as const),
      ),
    ),
  );
  return replaceLeaves(state, isTensor, (path, tensor: Tensor) => {
    const value = values.get(path);
    if (value === undefined) return tensor;
    tensor.dispose();
    return tf.tensor(value.values, [...value.shape]);
  }) as TensorTree;
}
