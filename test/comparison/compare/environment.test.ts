import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { environmentDifferences } from '../../../src/comparison/compare/environment.js';
import { readEntries } from '../../../src/comparison/run-entry.js';
import type { JsonObject } from '../../../src/support/json.js';
import { writeRun } from '../run-folders.js';

/** What differs between the trainings of runs with these engines, by its name. */
async function differences(t: TestContext, ...engines: readonly JsonObject[]) {
  const root = await mkdtemp(join(tmpdir(), 'environment-'));
  t.after(() => rm(root, { recursive: true }));
  const runs = engines.map(async (engine, i) => {
    const environment = { train: [{ versions: { engine } }] };
    return writeRun(root, `toy-0000000${i}`, { environment });
  });
  const rows = await environmentDifferences(await readEntries(await Promise.all(runs)));
  return Object.fromEntries(rows.map(({ key, values }) => [key, values]));
}

test('the device that was used differs, not what the engine is for', async (t) => {
  const gpu = { kind: 'gpu', device: 'gpu', card: 'NVIDIA H200', driver: '570.133.20' };
  assert.deepEqual(await differences(t, gpu, { kind: 'gpu', device: 'cpu' }), {
    device: ['gpu', 'cpu'],
    card: ['NVIDIA H200', null],
    driver: ['570.133.20', null],
  });
});

test('an older record’s device is what its engine is for', async (t) => {
  assert.deepEqual(await differences(t, { kind: 'cpu' }, { kind: 'cpu', device: 'cpu' }), {});
  assert.deepEqual(await differences(t, { kind: 'gpu' }, { kind: 'cpu', device: 'cpu' }), { device: ['gpu', 'cpu'] });
});

test('each setting of TensorFlow is a fact of its own', async (t) => {
  const settings = (value: string) => ({
    kind: 'cpu',
    settings: { MALLOC_ARENA_MAX: '2', TF_ENABLE_ONEDNN_OPTS: value },
  });
  assert.deepEqual(await differences(t, settings('1'), settings('0')), { TF_ENABLE_ONEDNN_OPTS: ['1', '0'] });
});
