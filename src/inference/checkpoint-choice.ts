import { join } from 'node:path';
import { checkpointSteps } from '../engine/checkpoints.js';
import type { OptionSchema } from '../registry/component.js';
import type { StageInput } from '../registry/kinds/stage.js';
import { isJsonObject, type JsonObject } from '../support/json.js';
import { ProblemError } from '../support/problem.js';

/** Which checkpoint of a training to take: `auto` is the best where one is kept, else the last; a number is a step. */
export type CheckpointChoice = 'auto' | 'best' | 'last' | number;

/** The schema of an option `checkpoint`. @param use what takes it: `to measure` */
export function checkpointOption(use: string): OptionSchema {
  return {
    description: `The checkpoint ${use}: auto (the best where train.keep_best keeps one, else the last), best, last, or a step, as in the names of the folders in train/checkpoints.`,
    anyOf: [{ enum: ['auto', 'best', 'last'] }, { type: 'integer', minimum: 0 }],
    expected: 'auto, best, last or the step of a checkpoint',
    default: 'auto',
    'x-neutral': true,
  };
}

/** The step of the checkpoint that is chosen of a finished training; undefined for the best of a training that kept none. */
export function chosenStep(choice: CheckpointChoice | undefined, trained: JsonObject): number | undefined {
  if (typeof choice === 'number') return choice;
  const best = bestStep(trained);
  if (choice === 'best') return best;
  return choice !== 'last' && best !== undefined ? best : lastStep(trained);
}

/** The step of the best checkpoint of a finished training, if it kept one. @param trained the outputs of its stage */
export function bestStep({ best }: JsonObject): number | undefined {
  return isJsonObject(best) && typeof best['step'] === 'number' ? best['step'] : undefined;
}

export function lastStep({ step }: JsonObject): number {
  return Number(step);
}

/** Epochs done at a step of a finished training, with a fraction within an epoch. */
export function epochAt(step: number, { step: last, epochs }: JsonObject): number {
  return (step * Number(epochs)) / Number(last);
}

/**
 * Why a result of one checkpoint is not that of the chosen one; undefined if it is, or if the training is not finished.
 *
 * @param trained the outputs of the training's stage
 */
export function objectionToStep(
  choice: CheckpointChoice | undefined,
  trained: JsonObject | undefined,
  step: number,
): string | undefined {
  const chosen = trained && chosenStep(choice, trained);
  return chosen === undefined || chosen === step
    ? undefined
    : `its checkpoint was step ${step}, now it is step ${chosen}`;
}

/**
 * The step of the checkpoint that an option chooses.
 *
 * @param option where it was chosen: `evaluate.checkpoint`
 * @throws ProblemError `no-such-checkpoint` when there is none, with those that there are
 */
export async function chooseCheckpoint(
  option: string,
  choice: CheckpointChoice | undefined,
  { dir, outputs }: Pick<StageInput, 'dir' | 'outputs'>,
): Promise<number> {
  const chosen = chosenStep(choice, outputs);
  const checkpoints = join(dir, 'checkpoints');
  const steps = await checkpointSteps(checkpoints);
  // That the last or the best one is damaged or missing is another problem, which restoring reports.
  if (chosen !== undefined && (typeof choice !== 'number' || steps.includes(chosen))) return chosen;
  const what = choice === 'best' ? 'no best checkpoint' : `no checkpoint of step ${chosen}`;
  throw new ProblemError({
    code: 'no-such-checkpoint',
    message: `${option}: there is ${what} in ${checkpoints}.`,
    cure: `There are: ${steps.map((step) => described(step, outputs)).join(', ') || 'none'}.${choice === 'best' ? ' To keep a best one, set train.keep_best and train again.' : ''}`,
  });
}

function described(step: number, outputs: JsonObject): string {
  const epoch = Math.round(epochAt(step, outputs) * 100) / 100;
  const roles = [...(step === bestStep(outputs) ? ['best'] : []), ...(step === lastStep(outputs) ? ['last'] : [])];
  return `step ${step} (${[...(Number.isFinite(epoch) ? [`epoch ${epoch}`] : []), ...roles].join(', ')})`;
}
