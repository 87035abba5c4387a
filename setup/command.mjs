import { removeEngines } from './engine/remove.mjs';
import { say, SetupError } from './say.mjs';
import { setUp } from './setup.mjs';

const help = `Usage: runner setup [options]

Sets up what is missing (dependencies, TensorFlow's native engine, the build) and does nothing else.
Every other command does so too, on first use.

Options:
  --extractor NAME  also download the weights of a feature extractor (efficientnet-lite0), for machines without a network
  --remove-engines  remove every downloaded engine of this user, and say how much disk space that frees
  -h, --help        show this

Environment:
  RUNNER_ENGINE     auto (default), cpu, gpu or prebuilt
  RUNNER_DEVICE     where the engine computes: auto (default), cpu, gpu or a card's number
  XDG_CACHE_HOME    where engines are kept, in cyclegan-runner/ (default: ~/.cache)
`;

/**
 * `runner setup`, which works before anything is set up.
 * @param {string} root
 * @param {readonly string[]} words what follows `setup`
 * @returns {Promise<number | undefined>} the exit code; undefined where the built command must do the rest
 */
export async function setupCommand(root, words) {
  if (words.includes('--help') || words.includes('-h')) {
    process.stdout.write(help);
    return 0;
  }
  if (words[0] === '--extractor' || words[0]?.startsWith('--extractor=') === true) {
    await setUp(root, { engine: false });
    return undefined;
  }
  const unknown = words.find((word) => word !== '--remove-engines');
  if (unknown !== undefined) {
    throw new SetupError(
      `"runner setup" has no option "${unknown}".`,
      'Its options: --extractor NAME, --remove-engines, --help.',
      2,
    );
  }
  if (words.length > 0) {
    await removeEngines();
    return 0;
  }
  if (!(await setUp(root, { engine: true }))) say('everything is set up');
  return 0;
}
