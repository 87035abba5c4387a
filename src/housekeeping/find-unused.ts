import type { Problem } from '../support/problem.js';
import { cacheItems } from './cache-items.js';
import { type CleanRequest, KINDS, problemsOf, type Removable, type UnusedSurvey, surveyEach } from './removable.js';
import { runItems } from './run-items.js';
import { storeItems, storeLeftoverItems } from './store-items.js';

/** Finds everything unused: in a folder of runs, in its store, and in the user's cache. Changes nothing. */
export async function findUnused(request: CleanRequest): Promise<UnusedSurvey> {
  const searches = [storeItems, storeLeftoverItems, runItems, cacheItems];
  const { items, ...rest } = await surveyEach(searches, 'Searching for unused files', (search) => search(request));
  return {
    ...rest,
    items: [...items].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.since - b.since),
  };
}

export interface Cleaned {
  readonly removed: readonly Removable[];
  /** In use since they were found, or already removed. */
  readonly kept: readonly Removable[];
  readonly problems: readonly Problem[];
}

/** Removes items one by one; a problem with one is reported, and the others are still removed. */
export async function removeUnused(items: readonly Removable[]): Promise<Cleaned> {
  const [removed, kept, problems]: [Removable[], Removable[], Problem[]] = [[], [], []];
  for (const item of items) {
    try {
      ((await item.remove()) === 'removed' ? removed : kept).push(item);
    } catch (error) {
      problems.push(...problemsOf(error, `Removing ${item.path}`));
    }
  }
  return { removed, kept, problems };
}
