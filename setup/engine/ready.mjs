import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineOf, enginesFolder, findEngine, RECORD } from './find.cjs';

/** @import { Choice } from './types.mjs' */

/**
 * Whether the chosen engine is in place.
 * @param {Choice} choice
 */
export function engineIsReady({ mode, recipe, prebuilt }) {
  if (recipe !== undefined && engineOf(recipe.id) !== undefined) return true;
  if (mode !== 'auto' && mode !== 'prebuilt') return false;
  const found = engineOf(prebuilt);
  // The prebuilt counts only where it was asked for, or where set-up found that nothing better can be had.
  return found !== undefined && (mode === 'prebuilt' || found.insteadOf === (recipe?.id ?? 'nothing'));
}

/** Where an engine is published. @param {string} id */
export const engineFolder = (id) => join(enginesFolder(), id);

/**
 * Leaves in the checkout where its engine is, for users of it who have no engine in their own cache. It does no harm where that
 * cannot be written, or they cannot read it: then each user has their own.
 */
export function recordEngine() {
  const engine = findEngine(process.env);
  if (engine === undefined || !engine.folder.startsWith(enginesFolder())) return;
  try {
    if (readRecord() !== enginesFolder()) writeFileSync(RECORD, enginesFolder());
  } catch {
    // See above.
  }
}

function readRecord() {
  try {
    return readFileSync(RECORD, 'utf8');
  } catch {
    return undefined;
  }
}
