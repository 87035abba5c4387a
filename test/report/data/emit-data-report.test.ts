import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { StageEvent } from '../../../src/registry/kinds/stage-event.js';
import { writeDataReport } from '../../../src/report/data/data-report.js';
import { emitDataReport } from '../../../src/report/data/emit-data-report.js';
import { storeOf } from './rig.js';

async function told(store: string): Promise<StageEvent[]> {
  const events: StageEvent[] = [];
  await emitDataReport(store, { emit: (event) => void events.push(event) });
  return events;
}

test('trackers get a table of the data and a grid of each domain, at step 0', async (t) => {
  const dir = await storeOf(t, {});
  await writeDataReport(dir);
  const [words, ...images] = await told(dir);
  assert.ok(words?.kind === 'text' && words.name === 'data' && words.step === 0);
  assert.match(words.text, /^\| trainA \| 1 \| 0 \|/m);
  assert.match(words.text, /page: .*report\/index\.html/);
  assert.deepEqual(images, [
    { kind: 'image', name: 'data/A', step: 0, file: join(dir, 'report', 'A.png') },
    { kind: 'image', name: 'data/B', step: 0, file: join(dir, 'report', 'B.png') },
  ]);
});

test('a store without a look, or with one grid gone, is no trouble', async (t) => {
  const dir = await storeOf(t, {});
  assert.deepEqual(await told(dir), []);
  await writeDataReport(dir);
  await rm(join(dir, 'report', 'A.png'));
  assert.deepEqual(
    (await told(dir)).map((event) => 'name' in event && event.name),
    ['data', 'data/B'],
  );
});
