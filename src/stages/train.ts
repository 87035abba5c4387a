import type { Batches } from '../data/batches/batches.js';
import { prepareExtractors } from '../evaluation/evaluation.js';
import { openStore, type PreparedStore } from '../data/store/prepared-store.js';
import { buildMethod, methodFacts } from '../methods/build.js';
import { CHANNELS } from '../registry/kinds/network.js';
import type { Method } from '../registry/kinds/method.js';
import type { StageComponent, StageContext, StageResult } from '../registry/kinds/stage.js';
import { announce, phase } from '../registry/phases.js';
import { estimateStep } from '../training/estimate-step.js';
import { Training } from '../training/loop.js';
import { openBatches } from '../training/open-batches.js';
import { SampleGrids } from '../training/sample-grids.js';
import { start } from '../training/start.js';
import { stepSettings } from '../training/step-settings.js';
import { trainSection } from '../training/train-section.js';
import { createTrainer } from '../training/trainer/create-trainer.js';
import { sidesOf } from '../support/sides.js';
import { usesXla } from '../engine/backend.js';
import type { Trainer, TranslationOptions } from '../training/trainer.js';
import { openValidator, validationTranslation } from '../training/validation/open-validator.js';
import { stopIdentity } from '../training/validation/stop-identity.js';
import { optionsThatValidate } from '../training/validation/validation-need.js';
import type { Validator } from '../training/validation/validator.js';
import { emitDataReport } from '../report/data/emit-data-report.js';

export const train: StageComponent = {
  summary: 'Trains the networks of the method.',
  details:
    'The tutorial’s training loop: one step is one update of all networks from one batch of each domain. Keeps checkpoints and resumes from the newest good one; translates a few fixed images every epoch, and stops if a loss is not finite.',
  schema: { properties: {} },
  section: trainSection,
  version: 2,
  scope: 'run',
  engine: true,
  // Options used by preprocess (source, sizes, interpolation) are covered by its fingerprint.
  reads: [
    'seed',
    'dataset.image_size',
    'dataset.load_size',
    'dataset.flip',
    'dataset.shuffle_buffer',
    'dataset.batch_size',
    'dataset.epoch',
    'method',
    'generator',
    'discriminator',
    'loss',
    'optimizer',
    'schedule',
    'train',
    'engine.mode',
    'engine.precision',
  ],
  readsUncounted: [
    'evaluate.every',
    'evaluate.every_steps',
    'evaluate.validation_images',
    'evaluate.metrics',
    'engine.xla',
    'engine.replicas',
    'stages',
    'dataset.paired',
  ],
  // The validation part changes no weight, unless it decides when to stop.
  unused: ({ train }): Record<string, string[]> => (train.early_stopping ? {} : { dataset: ['validation'] }),
  requires: (config): Record<string, Record<string, string>> => {
    const [option] = optionsThatValidate(config);
    return option === undefined ? {} : { dataset: { validation: option } };
  },
  consumes: ['dataset'],
  provides: 'networks',
  continues: true,
  create: () => ({ run, identity: stopIdentity, estimate: estimateStep, engineSettings: stepSettings }),
};

async function run(context: StageContext): Promise<StageResult> {
  if (!(await prepareEvaluation(context))) return { status: 'interrupted' };
  context.emit(phase('reading-data'));
  const store = await openStore(context.inputs['dataset']!.dir);
  try {
    const { dataset, seed, train } = context.config;
    const { pairing } = methodFacts(context);
    const options = { ...dataset, accumulate: train.accumulate };
    const { batches, warnings } = await openBatches(store, options, seed, train.epochs, pairing);
    for (const text of warnings) context.emit({ kind: 'note', level: 'warning', text });
    await announce('building-graph', context);
    const method = buildMethod(context);
    const translates = validationTranslation(context, store);
    const trainer = makeTrainer(method, context, translates);
    try {
      return await trainOn(context, { method, trainer, store, batches, translates });
    } finally {
      trainer.dispose();
    }
  } finally {
    await store.close();
  }
}

/** A failed download of an extractor's weights for the evaluation ends the run now, not after the training. @returns whether the user has not stopped it */
async function prepareEvaluation(context: StageContext): Promise<boolean> {
  const { stages, evaluate } = context.config;
  if (!Object.values(stages).some(({ type }) => type === 'evaluate')) return true;
  try {
    await prepareExtractors(context, evaluate.metrics);
    return true;
  } catch (error) {
    if (context.signal.aborted && error === context.signal.reason) return false;
    throw error;
  }
}

interface Parts {
  readonly method: Method;
  readonly trainer: Trainer;
  readonly store: PreparedStore;
  readonly batches: Batches;
  readonly translates: TranslationOptions | undefined;
}

async function trainOn(context: StageContext, parts: Parts): Promise<StageResult> {
  const { method, trainer, store, batches, translates } = parts;
  const { stepsPerEpoch } = batches;
  const sampler = await SampleGrids.open(trainer, method, store, context);
  let validator: Validator | undefined;
  try {
    const from = await start(context, trainer, batches);
    if (from.step === 0) await emitDataReport(context.inputs['dataset']!.dir, context);
    if (translates !== undefined) {
      validator = await openValidator(context, store, trainer, translates, stepsPerEpoch, from);
    }
    return await new Training(context, trainer, batches, sampler, validator, from.state).run(from.step);
  } finally {
    await validator?.close();
    sampler.close();
  }
}

function noteUncompiled(reason: string, context: StageContext): void {
  const text = `XLA does not compile the training step, so that TensorFlow runs it operation by operation: ${reason}`;
  context.emit({ kind: 'note', level: 'warning', text });
}

function makeTrainer(method: Method, context: StageContext, translates: TranslationOptions | undefined): Trainer {
  const { dataset, engine, seed, train } = context.config;
  const { replicas = 1 } = engine;
  const { directions } = methodFacts(context);
  const { height, width } = sidesOf(dataset.image_size);
  const shape = [dataset.batch_size, height, width, CHANNELS] as const;
  return createTrainer(method, {
    mode: engine.mode,
    precision: engine.precision,
    ...(replicas > 1 && { replicas: Array.from({ length: replicas }, (_, i) => `/device:GPU:${i}`) }),
    ...(replicas === 1 && usesXla(engine.xla) && { xla: { onFailure: (reason) => noteUncompiled(reason, context) } }),
    seed,
    shape,
    ...((train.accumulate ?? 1) > 1 && { accumulate: train.accumulate! }),
    directions,
    inspects: train.histogram_every !== null,
    ...(translates && { translates }),
  });
}
