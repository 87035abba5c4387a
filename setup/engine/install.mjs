import { NotPossibleHere, say } from '../say.mjs';
import { buildFromWheels } from './from-wheels.mjs';
import { installPrebuilt } from './prebuilt.mjs';

/** @import { Choice, Recipe } from './types.mjs' */

/**
 * Puts the chosen engine into the cache: TensorFlow's current libraries with tfjs-node's binding compiled against them, or, where
 * that cannot be, the prebuilt of tfjs-node.
 * @param {string} root
 * @param {Choice} choice
 */
export async function installEngine(root, choice) {
  if (choice.mode === 'prebuilt') return installPrebuilt(choice);
  try {
    await buildFromWheels(root, choice.kind, requireRecipe(choice));
  } catch (error) {
    if (!(error instanceof NotPossibleHere) || choice.mode !== 'auto') throw error;
    say(error.message);
    say(
      'so the prebuilt engine of the tfjs-node package is tried (TensorFlow 2.9: slower, and no GPU newer than 2020)',
    );
    await installPrebuilt(choice, error);
  }
}

/** @param {Choice} choice @returns {Recipe} */
function requireRecipe(choice) {
  if (choice.recipe !== undefined) return choice.recipe;
  throw new NotPossibleHere(
    `TensorFlow's current libraries with ${choice.kind.toUpperCase()} support are taken from PyPI for Linux on x86-64${choice.kind === 'cpu' ? ' and ARM64' : ''}; this is ${process.platform} on ${process.arch}.`,
    'Use a Linux machine, or RUNNER_ENGINE=prebuilt.',
  );
}
