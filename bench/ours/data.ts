/** Our contestant for the data pipeline: reads an epoch of batches as training does. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBatches, type Batches } from '../../src/data/batches/batches.js';
import { openStore, type PreparedStore } from '../../src/data/store/prepared-store.js';
import { writeStore } from '../../src/data/prepare/store-writer.js';
import { builtins } from '../../src/app/builtins.js';
import { make } from '../../src/registry/make.js';
import { epochImages, type Case } from '../cases.js';
import type { Task } from '../protocol.js';
import { serve } from './serve.js';

await serve(async ({ case: benchCase }: Task) => {
  const store = await prepareStore(benchCase);
  const { batch } = benchCase;
  const options = { batch_size: batch, epoch: 'shortest', flip: true, shuffle_buffer: 1000 } as const;
  const batches = createBatches(store, options, 1);
  let epoch = 0;
  return { facts: { node: process.versions.node }, actions: { epoch: () => readEpoch(batches, epoch++) } };
});

/** @returns the duration in seconds */
async function readEpoch(batches: Batches, epoch: number): Promise<number> {
  const started = performance.now();
  for (let index = 0; index < batches.stepsPerEpoch; index++) await batches.read(epoch, index);
  return (performance.now() - started) / 1000;
}

/** Drawn images, prepared at 286 pixels for crops of 256 (or in that proportion). The open files outlive their folder. */
async function prepareStore({ size, batch }: Case): Promise<PreparedStore> {
  const dir = await mkdtemp(join(tmpdir(), 'runner-bench-'));
  try {
    const images = epochImages(batch);
    const synthetic = { type: 'synthetic', seed: 1, train: images, test: 1 };
    const source = make(builtins().dataset, synthetic, { limit: null, imageSize: size });
    const load_size = Math.round((size * 286) / 256);
    await writeStore(
      dir,
      source,
      { image_size: size, load_size, interpolation: 'nearest', on_bad_image: 'fail', max_bad: 0 },
      { signal: new AbortController().signal, progress: () => undefined },
    );
    return await openStore(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
