import { SetupError } from '../say.mjs';
import { choiceFor, modes } from './find.cjs';

/** @import { Choice } from './types.mjs' */

/**
 * Which engine to set up. @see choiceFor
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {Choice}
 */
export function chooseEngine(env) {
  const word = env.RUNNER_ENGINE || 'auto';
  if (modes.some((mode) => mode === word)) return choiceFor(env);
  throw new SetupError(
    `RUNNER_ENGINE is "${word}"; it can be ${modes.join(', ')}.`,
    'Set it to one of these, or unset it to let runner choose.',
    2,
  );
}
