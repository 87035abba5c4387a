import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { describe, mock, test, type TestContext } from 'node:test';
import { hashOfHalf } from '../../../src/data/images/half.js';
import { REQUIRED_SPLITS, type DatasetSite, type DatasetSource } from '../../../src/registry/kinds/dataset.js';
import { sha256 } from '../../../src/support/hash.js';
import { quietWork } from '../quiet-work.js';

/** A source with at least two training images of each domain, for {@link contract}. */
export interface SourceCase {
  /** Creates the source as a stage does; each call stands for a new process. */
  readonly create: (site: DatasetSite) => DatasetSource;
  /** Changes an image. @returns the source with the changed image */
  readonly change: () => Promise<SourceCase['create']>;
}

const SITE: DatasetSite = { limit: null, imageSize: 16 };

/** The contract of every source of images. */
export function contract(name: string, make: (t: TestContext) => Promise<SourceCase>): void {
  const ready = async (create: SourceCase['create'], site: Partial<DatasetSite> = {}) => {
    const source = create({ ...SITE, ...site });
    await source.prepare?.(quietWork());
    return source;
  };
  const names = async (source: DatasetSource) =>
    Promise.all(REQUIRED_SPLITS.map(async (split) => (await source.list(split)).map((image) => image.name)));

  describe(`the source "${name}"`, () => {
    test('has images in every split, in a stable order, with unique names', async (t) => {
      const { create } = await make(t);
      const first = await names(await ready(create));
      assert.deepEqual(await names(await ready(create)), first);
      for (const list of first) assert.ok(list.length > 0);
      assert.equal(new Set(first.flat()).size, first.flat().length);
    });

    test('lists the first images only, up to the limit', async (t) => {
      const { create } = await make(t);
      const all = await names(await ready(create));
      const cut = await names(await ready(create, { limit: 1 }));
      assert.ok(all.some((list) => list.length > 1));
      assert.deepEqual(
        cut,
        all.map((list) => list.slice(0, 1)),
      );
    });

    test('has a stable JSON identity before anything is fetched', async (t) => {
      const { create } = await make(t);
      const identity = await create(SITE).identity();
      assert.deepEqual(JSON.parse(JSON.stringify(identity)), identity);
      assert.deepEqual(await (await ready(create)).identity(), identity);
    });

    test('reads no image when its identity is computed a second time', async (t) => {
      const { create } = await make(t);
      await create(SITE).identity();
      assert.deepEqual(await readsDuring(() => create(SITE).identity()), []);
    });

    test('has another identity when an image changes', async (t) => {
      const { create, change } = await make(t);
      const before = await create(SITE).identity();
      assert.notDeepEqual(await (await change())(SITE).identity(), before);
    });

    test('returns every image’s bytes, whose SHA-256 is the listed hash', async (t) => {
      const { create } = await make(t);
      const source = await ready(create);
      for (const split of REQUIRED_SPLITS) {
        for (const image of await source.list(split)) {
          const bytes = await image.read();
          assert.ok(bytes.length > 0, image.name);
          if (image.hash !== undefined) assert.equal(image.hash, hashOfHalf(sha256(bytes), image.half), image.name);
        }
      }
    });

    test('describes the origin of its images as JSON', async (t) => {
      const { create } = await make(t);
      const source = await ready(create);
      const provenance = (await source.provenance?.()) ?? {};
      assert.deepEqual(JSON.parse(JSON.stringify(provenance)), provenance);
    });

    test('stops when it is aborted', async (t) => {
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

/** The images and archives that are opened during some work. */
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
