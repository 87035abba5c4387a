import { join } from 'node:path';
import { createBatches, trainingCounts, type Batches } from '../data/batches/batches.js';
import { openStore, type PreparedStore } from '../data/store/store.js';
import { restoreNewest, type Checkpoint } from '../engine/checkpoints.js';
import { createTrainer, type Trainer } from '../objectives/trainer.js';
import type { StageComponent, StageContext, StageResult } from '../registry/kinds/stage.js';
import { ProblemError } from '../support/problem.js';
import { buildCycleGan, CHANNELS } from './cyclegan.js';
import { tellData } from './data-look/tell.js';
import { Training } from './training/loop.js';
import { Sampler } from './training/sampler.js';
import { unseenWarnings } from './training/unseen.js';

export const train: StageComponent = {
  summary: 'Trains both generators and both discriminators.',
  details:
    'The tutorial’s training loop: one step is one update of all four networks from one batch of each domain. Keeps checkpoints and goes on from the newest good one; translates a few fixed pictures every epoch, and stops when a loss is no longer a number.',
  schema: { properties: {} },
  version: 2,
  scope: 'run',
  engine: true,
  // What preprocess has used already (source, sizes, interpolation) counts through its fingerprint.
  reads: [
    'seed',
    'dataset.image_size',
    'dataset.load_size',
    'dataset.flip',
    'dataset.shuffle_buffer',
    'dataset.batch_size',
    'dataset.epoch',
    'generator',
    'discriminator',
    'loss',
    'optimizer',
    'schedule',
    'train',
    'engine.mode',
    'engine.precision',
  ],
  consumes: ['dataset'],
  provides: 'networks',
  continues: true,
  create: () => ({ run }),
};

async function run(context: StageContext): Promise<StageResult> {
  const store = await openStore(context.inputs['dataset']!.dir);
  try {
    const { dataset, seed } = context.config;
    const batches = createBatches(store, dataset, seed);
    for (const text of unseenWarnings(trainingCounts(store), dataset)) {
      context.emit({ kind: 'note', level: 'warning', text });
    }
    const trainer = makeTrainer(context);
    try {
      return await trainOn(context, store, batches, trainer);
    } finally {
      trainer.dispose();
    }
  } finally {
    await store.close();
  }
}

async function trainOn(
  context: StageContext,
  store: PreparedStore,
  batches: Batches,
  trainer: Trainer,
): Promise<StageResult> {
  const sampler = await Sampler.open(trainer, store, context);
  try {
    const step = await start(context, trainer, batches);
    if (step === 0) await tellData(context.inputs['dataset']!.dir, context);
    return await new Training(context, trainer, batches, sampler).run(step);
  } finally {
    sampler.close();
  }
}

function makeTrainer(context: StageContext): Trainer {
  const { dataset, engine, seed, train } = context.config;
  const shape = [dataset.batch_size, dataset.image_size, dataset.image_size, CHANNELS] as const;
  return createTrainer(buildCycleGan(context), { ...engine, seed, shape, inspects: train.histogram_every !== null });
}

/** The run's own newest checkpoint, else the parent's (`--from`), else new networks. @returns the steps made so far */
async function start(context: StageContext, trainer: Trainer, batches: Batches): Promise<number> {
  const own = await restore(context, trainer, context.dir);
  const parent = own === undefined ? context.parent : undefined;
  const checkpoint = parent === undefined ? own : await inherit(context, parent.dir, trainer, batches);
  if (checkpoint === undefined) {
    trainer.initialize();
    return 0;
  }
  const where =
    parent === undefined
      ? `goes on from the checkpoint of step ${checkpoint.step}`
      : `starts from step ${checkpoint.step} of ${parent.dir}`;
  context.emit({ kind: 'note', level: 'info', text: where });
  return checkpoint.step;
}

/** @throws ProblemError when the parent's training cannot be gone on with under this config */
async function inherit(
  context: StageContext,
  dir: string,
  trainer: Trainer,
  { stepsPerEpoch }: Batches,
): Promise<Checkpoint> {
  const checkpoint = await restore(context, trainer, dir);
  if (checkpoint === undefined) {
    throw new ProblemError({
      code: 'no-checkpoint',
      message: `The run to start from has no usable checkpoint in ${join(dir, 'checkpoints')}.`,
      cure: 'Train that run for at least train.checkpoint_every epochs, or start without --from.',
    });
  }
  const theirs = checkpoint.state['steps_per_epoch'];
  if (theirs !== stepsPerEpoch) {
    throw new ProblemError({
      code: 'other-epochs',
      message: `The run to start from has ${JSON.stringify(theirs)} steps an epoch and this config ${stepsPerEpoch}, so its place in the data and in the schedule means nothing here.`,
      cure: 'Use the same pictures, dataset.batch_size and dataset.epoch as that run.',
    });
  }
  const steps = context.config.train.epochs * stepsPerEpoch;
  if (checkpoint.step >= steps) {
    throw new ProblemError({
      code: 'nothing-to-train',
      message: `The run to start from has done ${checkpoint.step} steps, and train.epochs: ${context.config.train.epochs} asks for ${steps}.`,
      cure: 'Raise train.epochs above what that run has done.',
    });
  }
  return checkpoint;
}

function restore(context: StageContext, trainer: Trainer, dir: string): Promise<Checkpoint | undefined> {
  return restoreNewest(
    join(dir, 'checkpoints'),
    (prefix) => trainer.restore(prefix),
    (name, reason) =>
      context.emit({
        kind: 'note',
        level: 'warning',
        text: `checkpoint ${name} is damaged and passed over: ${reason}`,
      }),
  );
}
