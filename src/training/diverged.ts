import { join } from 'node:path';
import { checkpointNames } from '../engine/checkpoints.js';
import { methodFacts } from '../methods/build.js';
import type { LearningRate } from '../registry/kinds/objective.js';
import type { StageContext } from '../registry/kinds/stage.js';
import { ProblemError } from '../support/problem.js';

/**
 * The error of a training that produced numbers that are not finite.
 *
 * @param what what happened: `the loss G/total is NaN at step 7`
 */
export async function diverged(context: StageContext, what: string): Promise<ProblemError> {
  const checkpoints = join(context.dir, 'checkpoints');
  const newest = (await checkpointNames(checkpoints)).at(-1);
  const kept =
    newest === undefined
      ? 'There is no earlier checkpoint.'
      : `The newest checkpoint, ${join(checkpoints, newest)}, is from an earlier step: its numbers are finite.`;
  return new ProblemError({
    code: 'diverged',
    message: `Training diverged: ${what}. ${kept}`,
    cure: `A training is a function of its config, so the same command fails at the same step again. Change the config: ${changes(context).join(', ')}.`,
  });
}

function rateText(rate: LearningRate): string {
  return typeof rate === 'number' ? `${rate}` : `generator ${rate.generator}, discriminator ${rate.discriminator}`;
}

function changes(context: StageContext): string[] {
  const { optimizer, engine } = context.config;
  return [
    `lower optimizer.learning_rate (now ${rateText(optimizer.learning_rate)})`,
    ...methodFacts(context).remedies,
    ...(engine.precision === 'bfloat16' ? ['use engine.precision: float32'] : []),
    'or try another seed',
  ];
}
