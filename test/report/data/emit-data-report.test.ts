import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { StageEvent } from '../../../src/registry/kinds/stage-event.js';
import { writeDataReport } from '../../../src/report/data/data-report.js';
import { emitDataReport } from '../../../src/report/data/emit-data-report.js';
import { storeOf } from './rig.js';

async function emitted(store: string): Promise<StageEvent[]> {
  const events: StageEvent[] = [];
  await emitDataReport(store, { emit: (event) => void events.push(event) });
  return events;
}

test('trackers receive a table of the data and a grid of each domain, at step 0', async (t) => {
  const dir = await storeOf(t, {});
  await writeDataReport(dir);
  const [table, ...images] = await emitted(dir);
  assert.ok(table?.kind === 'text' && table.name === 'data' && table.step === 0);
  assert.match(table.text, /^\| trainA \| 1 \| 0 \|/m);
  assert.match(table.text, /page: .*report\/index\.html/);
  assert.deepEqual(images, [
    { kind: 'image', name: 'data/A', step: 0, file: join(dir, 'report', 'A.png') },
    { kind: 'image', name: 'data/B', step: 0, file: join(dir, 'report', 'B.png') },
  ]);
});

test('trackers receive what there is if a store has no report, or one grid is missing', async (t) => {
  const dir = await storeOf(t, {});
  assert.deepEqual(await emitted(dir), []);
  await writeDataReport(dir);
  await rm(join(dir, 'report', 'A.png'));
  assert.deepEqual(
    (await emitted(dir)).map((event) => 'name' in event && event.name),
    ['data', 'data/B'],
  );
});
