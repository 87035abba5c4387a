import { join } from 'node:path';
import { buildIsUsable } from './build.mjs';
import { dependenciesAreReady } from './dependencies.mjs';
import { chooseEngine } from './engine/choose.mjs';
import { engineIsReady } from './engine/ready.mjs';

/** @import { Choice } from './engine/types.mjs' */

/**
 * Sets up what is missing. If nothing is, this reads a few small files, writes nothing and returns; the modules that do the work are loaded
 * on demand.
 * @param {string} root the checkout, or the folder of the installed package
 * @param {{ engine: boolean }} wanted
 * @returns {Promise<boolean>} whether there was something to do
 */
export async function setUp(root, wanted) {
  const choice = wanted.engine ? chooseEngine(process.env) : undefined;
  const needed = choice !== undefined && !engineIsReady(choice) ? choice : undefined;
  const ready = checkoutIsReady(root);
  if (ready && needed === undefined) return false;
  // Before anything is downloaded.
  if (!ready) await checkCheckout(root);
  if (needed !== undefined) await checkCache();
  if (!ready) await setUpCheckout(root);
  if (needed !== undefined) await setUpEngine(root, needed);
  const { recordEngine } = await import('./engine/ready.mjs');
  recordEngine();
  return true;
}

/** @param {string} root */
function checkoutIsReady(root) {
  return dependenciesAreReady(root) && buildIsUsable(root);
}

/** That what is missing in the checkout can be written. @param {string} root */
async function checkCheckout(root) {
  const { requireWritable } = await import('./refusal.mjs');
  const need = dependenciesAreReady(root) ? 'the build is missing or old' : 'npm packages are missing';
  requireWritable(root, [join(root, 'node_modules'), join(root, 'dist')], need);
}

/** @param {string} root */
async function setUpCheckout(root) {
  const { withSetupLock } = await import('./lock.mjs');
  const { installDependencies } = await import('./dependencies.mjs');
  const { build } = await import('./build.mjs');
  const { explainRefusal } = await import('./refusal.mjs');
  try {
    await withSetupLock(join(root, '.setup.lock'), async () => {
      // Checked again: another set-up may have done it while this one waited for the lock.
      if (!dependenciesAreReady(root)) await installDependencies(root);
      if (!buildIsUsable(root)) await build(root);
    });
  } catch (error) {
    throw explainRefusal(error, root, 'Make it writable, with 500 MB free; or use a copy of your own.');
  }
}

/** That there is a place for the engine. */
async function checkCache() {
  const { mkdirSync } = await import('node:fs');
  const { cacheFolder, isTemporary } = await import('./cache-folder.cjs');
  const { withCacheErrors } = await import('./cache.mjs');
  const { isWritable } = await import('./refusal.mjs');
  const { say, SetupError } = await import('./say.mjs');
  const folder = cacheFolder();
  await withCacheErrors(async () => void mkdirSync(folder, { recursive: true }));
  if (!isWritable(folder)) {
    throw new SetupError(
      `the native engine is not set up, and ${folder}, where it is to be kept, cannot be written.`,
      'Make the folder writable, or set XDG_CACHE_HOME to a folder that is, with 3 GB free.',
    );
  }
  if (isTemporary(folder)) {
    say(`this user has no home that can be written: the engine is kept in ${folder}, which the system may empty`);
    say('XDG_CACHE_HOME=DIR chooses a lasting place');
  }
}

/** @param {string} root @param {Choice} choice */
async function setUpEngine(root, choice) {
  const { engineLock, withCacheErrors } = await import('./cache.mjs');
  const { withSetupLock } = await import('./lock.mjs');
  const { installEngine } = await import('./engine/install.mjs');
  await withCacheErrors(() =>
    withSetupLock(engineLock(), async () => {
      if (!engineIsReady(choice)) await installEngine(root, choice);
    }),
  );
}
