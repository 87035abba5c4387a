import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { bindingPath, enginePackage, engineVersions, type EngineVersions } from '../../engine/native.js';

/** What the native engine is, if something in this process has loaded it; this does not load it. */
export async function engineInUse(): Promise<EngineVersions | undefined> {
  return isLoaded() ? engineVersions() : undefined;
}

function isLoaded(): boolean {
  try {
    return realpathSync(bindingPath(enginePackage())) in createRequire(import.meta.url).cache;
  } catch {
    return false;
  }
}
