import { dirname, relative, sep } from 'node:path';
import { SPLITS, type Split } from '../../../registry/kinds/dataset.js';
import type { Json } from '../../../support/json.js';
import { ProblemError } from '../../../support/problem.js';
import { contentHashes } from '../content-hash.js';
import { shardFiles } from './shard-files.js';
import type { ShardOptions } from './shard-patterns.js';

/** A file with images of one split. */
export interface Shard {
  readonly path: string;
  /** Relative to the folder that all shards for training and tests are in, or all for validation; `/` separated. */
  readonly name: string;
}

export type SplitShards = ReadonlyMap<Split, readonly Shard[]>;

/** The shards of each split that has a pattern. @throws ProblemError `missing-file`, `unreadable-folder`, `shard-range` */
export async function findShards(options: ShardOptions): Promise<SplitShards> {
  const found: (readonly [Split, readonly string[]])[] = [];
  for (const split of SPLITS) {
    const pattern = options[split];
    if (pattern !== null) found.push([split, await shardFiles(pattern, `dataset.${split}`)]);
  }
  // Validation images change no training, so their folder changes none of its names.
  const training = namedShards(found.filter(([split]) => !isValidation(split)));
  const validation = namedShards(found.filter(([split]) => isValidation(split)));
  return new Map([...training, ...validation]);
}

function isValidation(split: Split): boolean {
  return split.startsWith('val');
}

/** The shards of these splits, named relative to the folder that all of them are in. */
function namedShards(found: readonly (readonly [Split, readonly string[]])[]): (readonly [Split, readonly Shard[]])[] {
  if (found.length === 0) return [];
  const root = commonFolder(found.flatMap(([, paths]) => paths));
  const shardOf = (path: string): Shard => ({ path, name: relative(root, path).split(sep).join('/') });
  return found.map(([split, paths]) => [split, paths.map(shardOf)]);
}

function commonFolder([first, ...others]: readonly string[]): string {
  let folder = dirname(first!);
  const holds = (path: string) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
  while (!others.every(holds)) folder = dirname(folder);
  return folder;
}

/**
 * The names and contents of the shards; of validation images under a key of their own. Hashes of unchanged files are cached.
 *
 * @throws ProblemError `unreadable-file`
 */
export async function shardsIdentity(shards: SplitShards, signal?: AbortSignal): Promise<Json> {
  const training: Record<string, Json> = {};
  const validation: Record<string, Json> = {};
  for (const [split, ofSplit] of shards) {
    (isValidation(split) ? validation : training)[split] = await contentsOf(split, ofSplit, signal);
  }
  return { ...training, ...(Object.keys(validation).length > 0 && { validation }) };
}

async function contentsOf(split: Split, shards: readonly Shard[], signal?: AbortSignal): Promise<Json> {
  const paths = new Map(shards.map(({ name, path }) => [name, path]));
  const hashes = await contentHashes(dirname(shards[0]!.path), shards, ({ name }) => paths.get(name)!, signal);
  return shards.map(({ name, path }) => {
    const at = hashes.indexOf(name);
    if (at !== undefined) return [name, hashes.column.get(at)];
    const message = `dataset.${split}: ${path} cannot be read.`;
    throw new ProblemError({ code: 'unreadable-file', message, cure: 'Check its permissions.' });
  });
}
