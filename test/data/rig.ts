import type { TestContext } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { openStore, type PreparedStore } from '../../src/data/store/prepared-store.js';
import type { SourceImageRecord } from '../../src/data/store/store-format.js';
import { readImages } from '../../src/data/store/image-records.js';
import { writeStore, type StoreOptions } from '../../src/data/prepare/store-writer.js';
import type { DatasetSource, SourceImage, Split } from '../../src/registry/kinds/dataset.js';
import { temporaryFolder } from './folder.js';

export { problemsOf, put } from './files.js';
export { temporaryFolder };

/** An image of one colour. */
export function plain(colour: string, width = 8, height = 8): Sharp {
  return sharp({ create: { width, height, channels: 3, background: colour } });
}

/** An image with a red left half and a blue right half. */
export function redBlue(width = 16, height = 8): Sharp {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data[i * 3 + (i % width < width / 2 ? 0 : 2)] = 255;
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** A source of encoded images; splits that are not given have one grey image. */
export async function sourceOf(images: Partial<Record<Split, readonly SourceImage[]>>): Promise<DatasetSource> {
  const grey = await plain('#808080').png().toBuffer();
  return {
    identity: () => Promise.resolve(null),
    list: (split) => Promise.resolve(images[split] ?? [image(`${split}/grey.png`, grey)]),
  };
}

export function image(name: string, bytes: Uint8Array): SourceImage {
  return { name, read: () => Promise.resolve(bytes) };
}

/** Images of one colour each: the i-th has red = i, green = i >> 8. */
export async function numbered(split: string, count: number): Promise<SourceImage[]> {
  const one = async (_: unknown, i: number) => {
    const bytes = await plain(`rgb(${i % 256},${i >> 8},0)`)
      .png()
      .toBuffer();
    return image(`${split}/${i}.png`, bytes);
  };
  return Promise.all(Array.from({ length: count }, one));
}

export const OPTIONS: StoreOptions = {
  image_size: 8,
  load_size: 8,
  interpolation: 'nearest',
  on_bad_image: 'skip',
  max_bad: 1,
};

/** The records of a store's images. */
export async function recordsIn(dir: string): Promise<SourceImageRecord[]> {
  const records: SourceImageRecord[] = [];
  for await (const record of readImages(dir)) records.push(record);
  return records;
}

/** Writes a store and opens it; it is closed and removed when the test ends. */
export async function storeOf(
  t: TestContext,
  source: DatasetSource,
  options: Partial<StoreOptions> = {},
): Promise<PreparedStore> {
  const dir = await temporaryFolder(t);
  await writeStore(dir, source, { ...OPTIONS, ...options }, work());
  const store = await openStore(dir);
  t.after(() => store.close());
  return store;
}

export function work(
  signal = new AbortController().signal,
  progress: (done: number, total: number) => void = () => undefined,
) {
  return { signal, progress: (_: unknown, done: number, total: number) => progress(done, total) };
}
