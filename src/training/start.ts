import { join } from 'node:path';
import type { Batches } from '../data/batches/batches.js';
import { checkpointNames, restoreNewest, type Checkpoint } from '../engine/checkpoints.js';
import type { Trainer } from './trainer.js';
import type { StageContext } from '../registry/kinds/stage.js';
import { announce } from '../registry/phases.js';
import { ProblemError } from '../support/problem.js';

/** The run's own newest checkpoint, else the parent's (`--from`), else new networks. @returns the steps made so far */
export async function start(context: StageContext, trainer: Trainer, batches: Batches): Promise<number> {
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
      cure: 'Use the same images, dataset.batch_size and dataset.epoch as that run.',
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

async function restore(context: StageContext, trainer: Trainer, dir: string): Promise<Checkpoint | undefined> {
  const checkpoints = join(dir, 'checkpoints');
  if ((await checkpointNames(checkpoints)).length === 0) return undefined;
  await announce('restoring-checkpoint', context);
  return restoreNewest(
    checkpoints,
    (prefix) => trainer.restore(prefix),
    (name, reason) =>
      context.emit({
        kind: 'note',
        level: 'warning',
        text: `checkpoint ${name} is damaged and passed over: ${reason}`,
      }),
  );
}
