import type { Problem } from '../support/problem.js';
import { cacheItems } from './cache-items.js';
import { type CleanRequest, KINDS, problemsOf, type Removable, type UnusedSurvey, surveyEach } from './removable.js';
import { runItems } from './run-items.js';
import { storeItems, storeLeftoverItems } from './store-items.js';

/** Everything that nobody needs: in a folder of runs, in its store, and in the user's cache. Changes nothing. */
export async function findUnused(request: CleanRequest): Promise<UnusedSurvey> {
  const looks = [storeItems, storeLeftoverItems, runItems, cacheItems];
  const { items, ...rest } = await surveyEach(looks, 'Looking for what is unused', (look) => look(request));
  return {
    ...rest,
    items: [...items].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.since - b.since),
  };
}

export interface Cleaned {
  readonly removed: readonly Removable[];
  /** Needed by somebody since they were found, or gone. */
  readonly kept: readonly Removable[];
  readonly problems: readonly Problem[];
}

/** Removes what was found, one after the other; trouble with one is told, and the others go all the same. */
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
