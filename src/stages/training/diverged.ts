import { join } from 'node:path';
import { checkpointNames } from '../../engine/checkpoints.js';
import type { StageContext } from '../../registry/kinds/stage.js';
import { ProblemError } from '../../support/problem.js';

/**
 * The error of a training whose numbers are no longer finite.
 *
 * @param what has happened: `the loss G/total is NaN at step 7`
 */
export async function diverged({ dir, config }: StageContext, what: string): Promise<ProblemError> {
  const checkpoints = join(dir, 'checkpoints');
  const newest = (await checkpointNames(checkpoints)).at(-1);
  const kept =
    newest === undefined
      ? 'There is no checkpoint from before.'
      : `The newest checkpoint, ${join(checkpoints, newest)}, is from before: its numbers are finite.`;
  return new ProblemError({
    code: 'diverged',
    message: `Training diverged: ${what}. ${kept}`,
    cure: `Repeating the command would come to the same step again, as a training is a function of its config. Change that: ${changes(config).join(', ')}.`,
  });
}

function changes({ optimizer, loss, engine }: StageContext['config']): string[] {
  const { forward, backward } = loss.lambda;
  const lambda = forward === backward ? `${forward}` : `forward ${forward}, backward ${backward}`;
  return [
    `lower optimizer.learning_rate (now ${optimizer.learning_rate})`,
    `lower loss.lambda (now ${lambda})`,
    ...(engine.precision === 'bfloat16' ? ['use engine.precision: float32'] : []),
    'or try another seed',
  ];
}
