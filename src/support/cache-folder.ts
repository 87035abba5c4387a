import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** A place in the user's cache folder, which all checkouts share: `$XDG_CACHE_HOME/cyclegan-runner/...`, by default in `~/.cache`. */
export function cacheFolder(...parts: readonly string[]): string {
  const base = process.env['XDG_CACHE_HOME'] ?? '';
  // The XDG specification says to ignore relative paths.
  return join(isAbsolute(base) ? base : join(homedir(), '.cache'), 'cyclegan-runner', ...parts);
}
