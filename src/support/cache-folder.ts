import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Set-up uses the same folder, and runs before this file is compiled. */
const setup = createRequire(import.meta.url)('#setup/cache-folder.cjs') as { readonly cacheFolder: () => string };

/**
 * A path in the user's cache folder, which all checkouts share: `$XDG_CACHE_HOME/cyclegan-runner/...`, by default in `~/.cache`; without a
 * writable home, in the temporary folder.
 */
export function cacheFolder(...parts: readonly string[]): string {
  return join(setup.cacheFolder(), ...parts);
}
