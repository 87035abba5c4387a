import { entries } from '../../data/library/library.js';
import { SET_NAMES, type SetName } from '../../data/sources/cyclegan/named-sets.js';
import { didYouMean } from '../../support/did-you-mean.js';
import type { Problem } from '../../support/problem.js';

export type CachedEntry = Awaited<ReturnType<typeof entries>>[number];

export function isSetName(name: string): name is SetName {
  return (SET_NAMES as readonly string[]).includes(name);
}

/** The problem of a name that is neither a data set nor in the cache. */
export function unknownName(name: string, cached: readonly string[] = []): Problem {
  const near = didYouMean(name, [...SET_NAMES, ...cached]);
  return {
    code: 'unknown-data',
    message: `There is no data set "${name}". There are: ${[...new Set([...SET_NAMES, ...cached])].join(', ')}.`,
    cure:
      near === undefined ? 'For your own images use dataset.type: folder, archive or list.' : `Did you mean "${near}"?`,
  };
}

/** The cache entry of a name, or the problem with the name. */
export async function cachedAs(name: string): Promise<readonly CachedEntry[] | Problem> {
  const all = await entries();
  const found = all.filter(({ record }) => record.name === name);
  if (found.length > 0) return found;
  if (!isSetName(name))
    return unknownName(
      name,
      all.map(({ record }) => record.name),
    );
  return { code: 'missing-data', message: `${name} is not downloaded.`, cure: `Download it: runner data get ${name}` };
}
