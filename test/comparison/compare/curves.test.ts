import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCurves, ThinnedCurve } from '../../../src/comparison/compare/curves.js';
import { temporary } from '../../export/rig.js';

describe('the curves of a run', () => {
  test('keep every value of a short run', () => {
    const curve = new ThinnedCurve();
    for (let step = 1; step <= 60; step++) curve.add(step, step % 2);
    assert.deepEqual(
      curve.points(),
      Array.from({ length: 60 }, (_, i) => ({ step: i + 1, value: (i + 1) % 2 })),
    );
  });

  test('of a long run are means of neighbours, a bounded number of them, over its whole length', () => {
    const curve = new ThinnedCurve();
    for (let step = 1; step <= 100_003; step++) curve.add(step, 3 * step + (step % 2 === 0 ? 1 : -1));
    const points = curve.points();
    assert.ok(points.length >= 200 && points.length <= 401, String(points.length));
    for (const { step, value } of points.slice(0, -1)) assert.ok(Math.abs(value - 3 * step) < 1e-6, `${step} ${value}`);
    assert.ok(points[0]!.step < 2000 && points.at(-1)!.step > 98_000);
  });

  test('are read from the journal: without values that are not finite, of a stage that started over only the last', async (t) => {
    const dir = temporary(t);
    const metric = (step: number, value: number | string, name = 'loss/G', stage = 'train') =>
      JSON.stringify({ kind: 'metric', name, step, time: 0, value, stage });
    const start = (resumes: boolean) =>
      JSON.stringify({ kind: 'stage-started', name: 'train', step: null, time: 0, value: { resumes }, stage: 'train' });
    const lines = [
      start(false),
      metric(1, 9),
      metric(2, 9),
      start(false),
      metric(1, 1),
      metric(2, 'NaN'),
      start(true),
      metric(3, 2),
    ];
    const others = [
      metric(1, 5, 'speed/steps-per-second'),
      metric(2, 5, 'speed/steps-per-second'),
      metric(3, 1, 'evaluate/AtoB/psnr', 'evaluate'),
      '{"half',
    ];
    await writeFile(join(dir, 'journal.jsonl'), [...lines, ...others].join('\n'));
    assert.deepEqual(
      [...readCurves(dir)],
      [
        [
          'loss/G',
          [
            { step: 1, value: 1 },
            { step: 3, value: 2 },
          ],
        ],
      ],
    );
  });

  test('are none without a journal', (t) => {
    assert.equal(readCurves(temporary(t)).size, 0);
  });
});
