import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, tail } from '../run.mjs';
import { SetupError, withProgress } from '../say.mjs';
import { packageFolder, prebuiltMark } from './ready.mjs';

/** @import { Choice } from './types.mjs' */

/**
 * Runs the tfjs-node package's own installation, which downloads a TensorFlow 2.9 and a binding built for it.
 * @param {string} root
 * @param {Choice} choice
 * @param {string} binding where it puts the binding
 * @param {SetupError} [instead] why the better engine could not be had
 */
export async function installPrebuilt(root, choice, binding, instead) {
  const folder = /** @type {string} */ (packageFolder(root, choice.package));
  // Its installer would take a link to another engine for its own work, and write through it.
  rmSync(binding, { force: true });
  const bins = [
    join(root, 'node_modules', '.bin'),
    join(folder, 'node_modules', '.bin'),
    join(folder, '..', '..', '.bin'),
  ];
  const env = { ...process.env, PATH: [...bins, process.env.PATH].join(delimiter) };
  const { output } = await withProgress(`installing the prebuilt engine of ${choice.package} (about 450 MB)`, () =>
    run([process.execPath, 'scripts/install.js', choice.kind, 'download'], { cwd: folder, env }),
  );
  // Its exit code is 0 in some of its failures.
  if (existsSync(binding)) return writeFileSync(prebuiltMark(binding), '');
  rmSync(join(folder, 'deps'), { recursive: true, force: true });
  throw failure(choice, output, instead);
}

/** @param {Choice} choice @param {string} output @param {SetupError | undefined} instead */
function failure(choice, output, instead) {
  const reason = `the prebuilt engine of ${choice.package} could not be installed:\n${tail(output, 6)}`;
  if (instead === undefined) {
    return new SetupError(
      reason,
      'Mend what it complains about, or unset RUNNER_ENGINE to build the engine from current libraries.',
    );
  }
  const first = `there is no native engine, and none could be set up.\n  1. ${instead.message}\n  2. ${reason}`;
  return new SetupError(first, instead.cure);
}
