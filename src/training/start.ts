import { join } from 'node:path';
import type { Batches } from '../data/batches/batches.js';
import { checkpointNames, restoreNewest, type Checkpoint } from '../engine/checkpoints.js';
import type { Trainer } from './trainer.js';
import { historyIn, type ValidationHistory } from './validation/history.js';
import type { StageContext } from '../registry/kinds/stage.js';
import { announce } from '../registry/phases.js';
import type { JsonObject } from '../support/json.js';
import { ProblemError } from '../support/problem.js';

/** Where a training goes on. */
export interface Start {
  /** Steps done so far. */
  readonly step: number;
  /** What it measured so far; a run that continues another (`--from`) begins anew. */
  readonly validations: ValidationHistory;
  /** The state of the checkpoint; also of one of another run. */
  readonly state: JsonObject;
}

/** Restores the run's newest checkpoint, else the parent's (`--from`), else creates new networks. */
export async function start(context: StageContext, trainer: Trainer, batches: Batches): Promise<Start> {
  const own = await restore(context, trainer, context.dir);
  const parent = own === undefined ? context.parent : undefined;
  const checkpoint = parent === undefined ? own : await restoreParent(context, parent.dir, trainer, batches);
  if (checkpoint === undefined) {
    trainer.initialize();
    return { step: 0, validations: [], state: {} };
  }
  const where =
    parent === undefined
      ? `continues from the checkpoint of step ${checkpoint.step}`
      : `starts from step ${checkpoint.step} of ${parent.dir}`;
  context.emit({ kind: 'note', level: 'info', text: where });
  return { step: checkpoint.step, validations: own === undefined ? [] : historyIn(own.state), state: checkpoint.state };
}

/** @throws ProblemError when this config cannot continue the parent's training */
async function restoreParent(
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
  const parentSteps = checkpoint.state['steps_per_epoch'];
  // Imported networks have no step yet, so they are at no position.
  if (checkpoint.step > 0 && parentSteps !== stepsPerEpoch) {
    throw new ProblemError({
      code: 'other-epochs',
      message: `The run to start from has ${JSON.stringify(parentSteps)} steps an epoch and this config ${stepsPerEpoch}, so the same step is at another position of the data and the schedule.`,
      cure: 'Use the same images, dataset.batch_size, train.accumulate and dataset.epoch as that run.',
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
        text: `checkpoint ${name} is damaged and was skipped: ${reason}`,
      }),
  );
}
