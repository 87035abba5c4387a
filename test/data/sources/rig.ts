import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'node:test';
import { REQUIRED_SPLITS, type DatasetSource, type RequiredSplit } from '../../../src/registry/kinds/dataset.js';

export { temporaryFolder } from '../folder.js';
export { problemsOf, put } from '../files.js';

/** Gives every test of the file its own cache folder, and no mirror. */
export function ownCache(): { readonly dir: () => string } {
  let dir = '';
  const before: Record<string, string | undefined> = {};
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'runner-cache-'));
    for (const name of ['XDG_CACHE_HOME', 'RUNNER_DATA_MIRROR']) before[name] = process.env[name];
    process.env['XDG_CACHE_HOME'] = dir;
    delete process.env['RUNNER_DATA_MIRROR'];
  });
  afterEach(async () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    await rm(dir, { recursive: true, force: true });
  });
  return { dir: () => dir };
}

/** The names of the splits that every source has. */
export async function namesOf(source: DatasetSource): Promise<Record<RequiredSplit, string[]>> {
  const lists = await Promise.all(REQUIRED_SPLITS.map((split) => source.list(split)));
  return Object.fromEntries(REQUIRED_SPLITS.map((split, i) => [split, lists[i]!.map(({ name }) => name)])) as Record<
    RequiredSplit,
    string[]
  >;
}

/** `count` files with different content: `dir/0.jpg`... */
export function many(dir: string, count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${dir}/${i}.jpg`, `${dir} ${i}`]));
}
