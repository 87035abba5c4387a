import { removeEngines } from './engine/remove.mjs';
import { say, SetupError } from './say.mjs';
import { setUp } from './setup.mjs';

const help = `Usage: runner setup [options]

Sets up what is missing (dependencies, TensorFlow's native engine, the build) and does nothing else.
Every other command does so too, on first use.

Options:
  --remove-engines  remove every downloaded engine of this user, and say how much disk space that frees
  -h, --help        show this

Environment:
  RUNNER_ENGINE     auto (default), cpu, gpu or prebuilt
  XDG_CACHE_HOME    where engines are kept, in cyclegan-runner/ (default: ~/.cache)
`;

/**
 * `runner setup`, which works before anything is set up.
 * @param {string} root
 * @param {readonly string[]} words what follows `setup`
 * @returns {Promise<number>} the exit code
 */
export async function setupCommand(root, words) {
  if (words.includes('--help') || words.includes('-h')) {
    process.stdout.write(help);
    return 0;
  }
  const unknown = words.find((word) => word !== '--remove-engines');
  if (unknown !== undefined) {
    throw new SetupError(`"runner setup" has no option "${unknown}".`, 'Its options: --remove-engines, --help.', 2);
  }
  if (words.length > 0) {
    await removeEngines();
    return 0;
  }
  if (!(await setUp(root, { engine: true }))) say('everything is set up');
  return 0;
}
