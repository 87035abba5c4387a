import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Set-up keeps engines in the same folder, and it runs before there is a build of this file. */
const setup = createRequire(import.meta.url)('#setup/cache-folder.cjs') as { readonly cacheFolder: () => string };

/**
 * A place in the user's cache folder, which all checkouts share: `$XDG_CACHE_HOME/cyclegan-runner/...`, by default in `~/.cache`;
 * where there is no home that can be written, in the temporary folder.
 */
export function cacheFolder(...parts: readonly string[]): string {
  return join(setup.cacheFolder(), ...parts);
}
