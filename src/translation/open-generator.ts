import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { loadConfig } from '../config/load.js';
import { checkpointSteps } from '../engine/checkpoints.js';
import { chooseCheckpoint, type CheckpointChoice } from '../inference/checkpoint-choice.js';
import { generatorProgram, type GeneratorProgram } from '../inference/generator-program.js';
import {
  generatorFor,
  openBundle,
  restoreGenerators,
  type TrainedGenerators,
} from '../inference/trained-generators.js';
import { findStages } from '../pipeline/status/stage-records.js';
import { runFile } from '../pipeline/paths.js';
import type { Config, DatasetConfig } from '../registry/config.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { Components } from '../registry/kinds.js';
import type { NetworkSizes, Weights } from '../registry/kinds/network.js';
import type { StageContext } from '../registry/kinds/stage.js';
import { ProblemError } from '../support/problem.js';
import type { Sides } from '../support/sides.js';
import type { GeneratorPlace } from './request.js';

/** A trained generator of one direction, compiled. */
export interface OpenGenerator {
  readonly program: GeneratorProgram;
  readonly direction: Direction;
  /** How its images were prepared in training. */
  readonly training: Preparation;
  /** The sizes that it takes; undefined if only those of its training. */
  readonly sizes: NetworkSizes | undefined;
  /** Of the weights: equal for equal generators, wherever they come from. */
  readonly sha256: string;
  /** For people: `quickstart, step 1440`. */
  readonly title: string;
  /** Of the run. */
  readonly name: string;
  /** Of the checkpoint; a bundle does not say. */
  readonly step: number | undefined;
}

export interface Preparation {
  /** Of the images. */
  readonly imageSize: Sides;
  readonly interpolation: DatasetConfig['interpolation'];
}

/**
 * Loads a generator from a run or a bundle, and compiles it. `loadTensorFlow()` comes first.
 *
 * @param components the built-in ones; the run's plugins are added
 * @throws ProblemError when there is no such generator, when it is damaged, or when the direction has to be chosen
 */
export async function openGenerator(
  place: GeneratorPlace,
  direction: Direction | undefined,
  components: Components,
  site: Pick<StageContext, 'emit'>,
): Promise<OpenGenerator> {
  const loaded = await loadGenerators(place, components, site);
  try {
    return await compiled(loaded, directionOf(loaded.trained, direction, loaded.title));
  } finally {
    loaded.trained.dispose();
  }
}

/** Loads the generators of all directions, or of the one that is wanted: {@link openGenerator}. */
export async function openGenerators(
  place: GeneratorPlace,
  wanted: Direction | undefined,
  components: Components,
  site: Pick<StageContext, 'emit'>,
): Promise<OpenGenerator[]> {
  const loaded = await loadGenerators(place, components, site);
  try {
    const { trained, title } = loaded;
    const directions = wanted === undefined ? directionsOf(trained) : [directionOf(trained, wanted, title)];
    return await Promise.all(directions.map((direction) => compiled(loaded, direction)));
  } finally {
    loaded.trained.dispose();
  }
}

/** Generators of all directions, not compiled. */
export interface LoadedGenerators extends Pick<OpenGenerator, 'training' | 'title' | 'name' | 'step'> {
  readonly trained: TrainedGenerators;
  /** The name of the run's folder. */
  readonly run: string;
  /** The resolved section of the config. */
  readonly generator: Config['generator'];
}

/** Loads the generators of all directions; the caller disposes of them. @throws ProblemError as {@link openGenerator} does */
export const loadGenerators = (
  place: GeneratorPlace,
  components: Components,
  site: Pick<StageContext, 'emit'>,
): Promise<LoadedGenerators> =>
  place.kind === 'run' ? fromRun(place, components, site) : fromBundle(place.dir, components);

async function compiled(loaded: LoadedGenerators, direction: Direction): Promise<OpenGenerator> {
  const { trained, training, title, name, step } = loaded;
  const { network, weights } = generatorFor(trained, direction)!;
  const sha256 = await hashOf(weights);
  return {
    program: generatorProgram(network, weights),
    direction,
    sizes: network.sizes,
    sha256,
    training,
    title,
    name,
    step,
  };
}

async function fromRun(
  { dir, checkpoint }: Extract<GeneratorPlace, { kind: 'run' }>,
  components: Components,
  { emit }: Pick<StageContext, 'emit'>,
): Promise<LoadedGenerators> {
  await expectConfig(dir);
  const loaded = await loadConfig({ file: runFile.config(dir), overrides: [], components });
  if (!loaded.ok) throw new ProblemError(loaded.problems[0]!, ...loaded.problems.slice(1));
  const { config } = loaded.value;
  const networks = await trainingIn(dir, components);
  const step = await chooseStep(checkpoint, networks);
  const trained = await restoreGenerators({ config, components, emit, inputs: { networks } }, step);
  const { image_size: imageSize, interpolation } = config.dataset;
  const { name } = config;
  return {
    trained,
    training: { imageSize, interpolation },
    title: `${name}, step ${step}`,
    name,
    step,
    run: basename(dir),
    generator: config.generator,
  };
}

async function expectConfig(runDir: string): Promise<void> {
  const file = runFile.config(runDir);
  const found = await stat(file).catch(() => undefined);
  if (found !== undefined) return;
  throw new ProblemError({
    code: 'missing-file',
    message: `${file} is gone, and without it the generator cannot be built.`,
    cure: 'Give the same `runner run` command as before, which writes it again; or give a bundle of the run.',
  });
}

/** The result of the stage that trains the networks, finished or not. */
async function trainingIn(runDir: string, components: Components) {
  const { stages } = await findStages(runDir);
  const training = stages.filter(({ type }) => isTraining(type, components)).at(-1);
  const record = training?.record;
  if (training === undefined || record === undefined) {
    throw new ProblemError({
      code: 'not-trained',
      message: `Nothing has been trained in ${runDir}.`,
      cure: 'Let `runner run` train it first.',
    });
  }
  return { dir: runFile.stage(runDir, training.name), outputs: record.outputs, done: record.status === 'done' };
}

const isTraining = (type: string, { stage }: Components): boolean =>
  stage.has(type) && stage.get(type).provides === 'networks';

/** Of a training that is not finished, the last checkpoint so far; which one is best is known at its end. */
async function chooseStep(choice: CheckpointChoice, networks: Awaited<ReturnType<typeof trainingIn>>): Promise<number> {
  if (networks.done) return chooseCheckpoint('--checkpoint', choice, networks);
  const last = (await checkpointSteps(join(networks.dir, 'checkpoints'))).at(-1);
  if (last === undefined) {
    throw new ProblemError({
      code: 'no-such-checkpoint',
      message: `The training in ${networks.dir} is not finished, and has no checkpoint yet.`,
      cure: 'Wait until it has saved one.',
    });
  }
  if (choice === 'best') {
    throw new ProblemError({
      code: 'no-such-checkpoint',
      message: `The training in ${networks.dir} is not finished: its best checkpoint is known at its end.`,
      cure: 'Take --checkpoint last, or the step of a checkpoint.',
    });
  }
  return chooseCheckpoint('--checkpoint', choice, { ...networks, outputs: { step: last } });
}

async function fromBundle(dir: string, components: Components): Promise<LoadedGenerators> {
  const { bundle, ...trained } = await openBundle(dir, components);
  const { image_size: imageSize, interpolation = 'bicubic', run } = bundle;
  return {
    trained,
    training: { imageSize, interpolation },
    title: `the bundle of ${run}`,
    name: run,
    step: undefined,
    run,
    generator: bundle.generator,
  };
}

const directionsOf = ({ generators }: TrainedGenerators): Direction[] => Object.keys(generators.of) as Direction[];

function directionOf(trained: TrainedGenerators, wanted: Direction | undefined, title: string): Direction {
  const directions = directionsOf(trained);
  const [only, ...others] = directions;
  if (wanted === undefined && others.length === 0) return only!;
  if (wanted !== undefined && directions.includes(wanted)) return wanted;
  throw new ProblemError({
    code: wanted === undefined ? 'no-direction' : 'wrong-direction',
    message:
      wanted === undefined
        ? `${title} translates in both directions.`
        : `${title} has no generator for --direction ${wanted}.`,
    cure: `Give ${directions.map((each) => `--direction ${each}`).join(' or ')}.`,
  });
}

/** Of names, shapes and values, whatever the order in which a file has them. */
async function hashOf(weights: Weights): Promise<string> {
  const hash = createHash('sha256');
  for (const name of Object.keys(weights).sort()) {
    const weight = weights[name]!;
    const { buffer, byteOffset, byteLength } = await weight.data();
    hash.update(`${name} ${weight.shape.join(' ')} `).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
