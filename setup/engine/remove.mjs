import { rmSync } from 'node:fs';
import { cacheFolder } from '../cache-folder.cjs';
import { downloadsFolder, engineLock, sizeOf, withCacheErrors, workFolder } from '../cache.mjs';
import { withSetupLock } from '../lock.mjs';
import { megabytes, say } from '../say.mjs';
import { enginesFolder } from './find.cjs';

/** Removes every engine and what is left of unfinished ones, and says what that frees. */
export async function removeEngines() {
  await withCacheErrors(() =>
    withSetupLock(engineLock(), async () => {
      const folders = [enginesFolder(), downloadsFolder(), workFolder()];
      const bytes = folders.reduce((sum, folder) => sum + sizeOf(folder), 0);
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
      say(
        bytes === 0
          ? `no engines in ${cacheFolder()}`
          : `removed the engines in ${cacheFolder()}; ${megabytes(bytes)} freed`,
      );
    }),
  );
}
