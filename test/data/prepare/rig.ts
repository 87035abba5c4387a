import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  writeStore,
  type StoreOptions,
  type StoreWork,
  type WrittenStore,
} from '../../../src/data/prepare/store-writer.js';
import type { DatasetSource, SourceImage, Split } from '../../../src/registry/kinds/dataset.js';
import { OPTIONS, plain, sourceOf, temporaryFolder, work } from '../rig.js';

/** The same images with their hashes known beforehand, like files on disk. */
export async function hashed(images: readonly SourceImage[]): Promise<SourceImage[]> {
  const one = async (image: SourceImage) => ({
    ...image,
    hash: createHash('sha256')
      .update(await image.read())
      .digest('hex'),
  });
  return Promise.all(images.map(one));
}

/** A source of single-colour images with known hashes; splits that are not given have one grey image. */
export async function hashedSource(images: Partial<Record<Split, readonly SourceImage[]>>): Promise<DatasetSource> {
  const source = await sourceOf(images);
  return { ...source, list: async (split) => hashed(await source.list(split)) };
}

/** Writes a store into a temporary folder. */
export async function written(
  t: TestContext,
  source: DatasetSource,
  options: Partial<StoreOptions> = {},
  more: Partial<StoreWork> = {},
): Promise<WrittenStore & { readonly dir: string }> {
  const dir = await temporaryFolder(t);
  const store = await writeStore(dir, source, { ...OPTIONS, ...options }, { ...work(), ...more });
  if (store === undefined) throw new Error('The work was stopped.');
  return { ...store, dir };
}

/** Every file of a folder by name. */
export async function contentOf(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await readFile(join(dir, name))).toString('latin1')] as const)),
  );
}

/** Distinct plain images. */
export async function colours(split: string, count: number, from = 0): Promise<SourceImage[]> {
  const one = async (_: unknown, i: number) => {
    const n = from + i;
    const bytes = await plain(`rgb(${n % 256},${n >> 8},${split.length})`, 16, 12)
      .png()
      .toBuffer();
    return { name: `${split}/${n}.png`, read: () => Promise.resolve(bytes) };
  };
  return Promise.all(Array.from({ length: count }, one));
}
