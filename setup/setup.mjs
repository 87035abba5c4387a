import { buildIsFresh } from './build.mjs';
import { dependenciesAreReady } from './dependencies.mjs';
import { chooseEngine } from './engine/choose.mjs';
import { engineIsReady } from './engine/ready.mjs';

/**
 * Sets up what is missing. When nothing is, this reads a few small files and returns; what does the work is loaded only
 * when there is some.
 * @param {string} root the checkout, or the folder of the installed package
 * @param {{ engine: boolean }} wanted
 * @returns {Promise<boolean>} whether there was something to do
 */
export async function setUp(root, wanted) {
  const choice = wanted.engine ? chooseEngine(process.env) : undefined;
  const ready = () =>
    dependenciesAreReady(root) && (choice === undefined || engineIsReady(root, choice)) && buildIsFresh(root);
  if (ready()) return false;

  const { withSetupLock } = await import('./lock.mjs');
  const { installDependencies } = await import('./dependencies.mjs');
  const { installEngine } = await import('./engine/install.mjs');
  const { build } = await import('./build.mjs');
  await withSetupLock(async () => {
    // Asked again one by one: another set-up may have done some of it while this one waited for the lock.
    if (!dependenciesAreReady(root)) await installDependencies(root);
    if (choice !== undefined && !engineIsReady(root, choice)) await installEngine(root, choice);
    if (!buildIsFresh(root)) await build(root);
  });
  return true;
}
