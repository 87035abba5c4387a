import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { describe, mock, test, type TestContext } from 'node:test';
import { hashOfHalf } from '../../../src/data/images/half.js';
import { SPLITS, type DatasetSite, type DatasetSource } from '../../../src/registry/kinds/dataset.js';
import { sha256 } from '../../../src/support/hash.js';
import { quietWork } from '../quiet-work.js';

/** A source with at least two training images a domain, for {@link contract}. */
export interface SourceCase {
  /** As a stage does it; each call is a new process's. */
  readonly create: (site: DatasetSite) => DatasetSource;
  /** Makes another image of one. @returns the source of what there is now */
  readonly change: () => Promise<SourceCase['create']>;
}

const SITE: DatasetSite = { limit: null, imageSize: 16 };

/** What every source of images keeps to. */
export function contract(name: string, make: (t: TestContext) => Promise<SourceCase>): void {
  const ready = async (create: SourceCase['create'], site: Partial<DatasetSite> = {}) => {
    const source = create({ ...SITE, ...site });
    await source.prepare?.(quietWork());
    return source;
  };
  const names = async (source: DatasetSource) =>
    Promise.all(SPLITS.map(async (split) => (await source.list(split)).map((image) => image.name)));

  describe(`the source "${name}"`, () => {
    test('has images in every split, in the same order each time, under names of their own', async (t) => {
      const { create } = await make(t);
      const first = await names(await ready(create));
      assert.deepEqual(await names(await ready(create)), first);
      for (const list of first) assert.ok(list.length > 0);
      assert.equal(new Set(first.flat()).size, first.flat().length);
    });

    test('gives no more than the limit, and those that come first', async (t) => {
      const { create } = await make(t);
      const all = await names(await ready(create));
      const cut = await names(await ready(create, { limit: 1 }));
      assert.ok(all.some((list) => list.length > 1));
      assert.deepEqual(
        cut,
        all.map((list) => list.slice(0, 1)),
      );
    });

    test('knows its identity before anything is fetched, as JSON, and keeps to it', async (t) => {
      const { create } = await make(t);
      const identity = await create(SITE).identity();
      assert.deepEqual(JSON.parse(JSON.stringify(identity)), identity);
      assert.deepEqual(await (await ready(create)).identity(), identity);
    });

    test('reads no image to tell its identity a second time', async (t) => {
      const { create } = await make(t);
      await create(SITE).identity();
      assert.deepEqual(await readsDuring(() => create(SITE).identity()), []);
    });

    test('has another identity when an image is another', async (t) => {
      const { create, change } = await make(t);
      const before = await create(SITE).identity();
      assert.notDeepEqual(await (await change())(SITE).identity(), before);
    });

    test('gives every image’s bytes, and their SHA-256 where it gives a hash', async (t) => {
      const { create } = await make(t);
      const source = await ready(create);
      for (const split of SPLITS) {
        for (const image of await source.list(split)) {
          const bytes = await image.read();
          assert.ok(bytes.length > 0, image.name);
          if (image.hash !== undefined) assert.equal(image.hash, hashOfHalf(sha256(bytes), image.half), image.name);
        }
      }
    });

    test('says where its images come from, as JSON', async (t) => {
      const { create } = await make(t);
      const source = await ready(create);
      const said = (await source.provenance?.()) ?? {};
      assert.deepEqual(JSON.parse(JSON.stringify(said)), said);
    });

    test('stops when it is told to', async (t) => {
      const { create } = await make(t);
      const signal = AbortSignal.abort();
      const source = create({ ...SITE, signal });
      const read = await readsDuring(async () => {
        await source.identity().catch((error: unknown) => assert.equal((error as Error).name, 'AbortError'));
        await source
          .prepare?.(quietWork(signal))
          .catch((error: unknown) => assert.equal((error as Error).name, 'AbortError'));
      });
      assert.deepEqual(read, []);
    });
  });
}

/** Images and archives that are opened while something is done. */
async function readsDuring(act: () => Promise<unknown>): Promise<string[]> {
  const read: string[] = [];
  const watch = (path: unknown) => {
    if (/\.(jpg|png|zip|tar)$/.test(String(path))) read.push(String(path));
  };
  const { readFile, open } = fs.promises;
  const { createReadStream } = fs;
  const mocks = [
    mock.method(fs.promises, 'readFile', (...args: Parameters<typeof readFile>) => (watch(args[0]), readFile(...args))),
    mock.method(fs.promises, 'open', (...args: Parameters<typeof open>) => (watch(args[0]), open(...args))),
    mock.method(fs, 'createReadStream', (...args: Parameters<typeof createReadStream>) => {
      watch(args[0]);
      return createReadStream(...args);
    }),
  ];
  syncBuiltinESMExports();
  try {
    await act();
  } finally {
    for (const { mock } of mocks) mock.restore();
    syncBuiltinESMExports();
  }
  return read;
}
