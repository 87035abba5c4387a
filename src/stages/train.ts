import { join } from 'node:path';
import { createBatches } from '../data/batches.js';
import { openStore } from '../data/store.js';
import { restoreNewest } from '../engine/checkpoints.js';
import type { CycleGan } from '../objectives/cyclegan.js';
import type { StageComponent, StageContext, StageResult } from '../registry/kinds/stage.js';
import { ProblemError } from '../support/problem.js';
import { buildCycleGan } from './cyclegan.js';
import { Training } from './training/loop.js';
import { Sampler } from './training/sampler.js';
import { fresh, fromCheckpoint, type Progressed } from './training/state.js';

export const train: StageComponent = {
  summary: 'Trains both generators and both discriminators.',
  details:
    'The tutorial’s training loop: one step is one update of all four networks from one batch of each domain. Keeps checkpoints and goes on from the newest good one; translates a few fixed pictures every epoch.',
  schema: { properties: {} },
  version: 1,
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
    const model = buildCycleGan(context);
    const batches = createBatches(store, context.config.dataset, context.config.seed);
    const sampler = await Sampler.open(model, store, context);
    const training = new Training(context, model, batches, sampler);
    return await training.run(await start(context, model)).finally(() => sampler.close());
  } finally {
    await store.close();
  }
}

/** The run's own newest checkpoint, else the parent's (`--from`), else new weights. */
async function start(context: StageContext, model: CycleGan): Promise<Progressed> {
  const own = await restore(context, context.dir);
  if (own !== undefined) {
    context.emit({ kind: 'resumed', step: own.step + 1 });
    context.emit({ kind: 'note', level: 'info', text: `goes on from the checkpoint of step ${own.step}` });
    return fromCheckpoint(model, own);
  }
  if (context.parent === undefined) return fresh(model, context.config.seed);
  const inherited = await restore(context, context.parent.dir);
  if (inherited === undefined) {
    throw new ProblemError({
      code: 'no-checkpoint',
      message: `The run to start from has no usable checkpoint in ${join(context.parent.dir, 'checkpoints')}.`,
      cure: 'Train that run for at least train.checkpoint_every epochs, or start without --from.',
    });
  }
  context.emit({ kind: 'note', level: 'info', text: `starts from step ${inherited.step} of ${context.parent.dir}` });
  return fromCheckpoint(model, inherited);
}

function restore(context: StageContext, dir: string) {
  return restoreNewest(join(dir, 'checkpoints'), (name, reason) =>
    context.emit({ kind: 'note', level: 'warning', text: `checkpoint ${name} is damaged and passed over: ${reason}` }),
  );
}
