import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { downloadsFolder, sizeOf, workFolder } from '../cache.mjs';
import { megabytes, say } from '../say.mjs';
import { enginesFolder } from './find.cjs';
import { engineFolder } from './ready.mjs';

/** @import { Manifest } from './types.mjs' */

/**
 * Moves a finished engine to its place by one rename, with its manifest, and removes what it was made of.
 * @param {string} work
 * @param {Omit<Manifest, 'files'>} manifest
 */
export function publish(work, manifest) {
  writeFileSync(join(work, 'engine.json'), JSON.stringify({ ...manifest, files: listFiles(work) }, null, 2));
  mkdirSync(enginesFolder(), { recursive: true });
  const folder = engineFolder(manifest.id);
  // A broken one of the same name makes way first: a folder cannot be renamed over another.
  rmSync(folder, { recursive: true, force: true });
  renameSync(work, folder);
  rmSync(workFolder(), { recursive: true, force: true });
  rmSync(downloadsFolder(), { recursive: true, force: true });
  say(`the engine is ready (${megabytes(sizeOf(folder))}; "runner setup --remove-engines" removes it)`);
}

/** @param {string} folder @returns {Record<string, number>} */
function listFiles(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((file) => join(file.parentPath ?? file.path, file.name));
  return Object.fromEntries(paths.map((path) => [relative(folder, path), statSync(path).size]));
}
