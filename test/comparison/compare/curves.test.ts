import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { readCurves } from '../../../src/comparison/compare/curves.js';
import { temporary } from '../../export/rig.js';

describe('the curves of a run', () => {
  const journalOf = async (t: TestContext, steps: number, value: (step: number) => number) => {
    const dir = temporary(t);
    const line = (_: unknown, i: number) =>
      JSON.stringify({ kind: 'metric', name: 'loss/G', step: i + 1, time: 0, value: value(i + 1), stage: 'train' });
    await writeFile(join(dir, 'journal.jsonl'), Array.from({ length: steps }, line).join('\n'));
    return readCurves(dir).get('loss/G')!;
  };

  test('keep every value of a short run', async (t) => {
    const { steps, values } = await journalOf(t, 60, (step) => step % 2);
    assert.deepEqual(
      steps.map((step, i) => [step, values[i]]),
      Array.from({ length: 60 }, (_, i) => [i + 1, (i + 1) % 2]),
    );
  });

  test('of a long run are means of neighbours, a bounded number of them, over its whole length', async (t) => {
    const { steps, values } = await journalOf(t, 20_000, (step) => 3 * step + (step % 2 === 0 ? 1 : -1));
    assert.ok(steps.length >= 200 && steps.length <= 401, String(steps.length));
    for (const [i, step] of steps.entries()) assert.ok(Math.abs(values[i]! - 3 * step) <= 1, `${step} ${values[i]}`);
    assert.ok(steps[0]! < 400 && steps.at(-1)! > 19_600);
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
    assert.deepEqual([...readCurves(dir)], [['loss/G', { steps: [1, 3], values: [1, 2] }]]);
  });

  test('of two stages that record the same names are those of the later one', async (t) => {
    const dir = temporary(t);
    const metric = (stage: string) => (step: number) =>
      JSON.stringify({ kind: 'metric', name: 'loss/G', step, time: 0, value: stage === 'train' ? 1 : 2, stage });
    const lines = [...[1, 2, 3].map(metric('train')), ...[1, 2].map(metric('tune'))];
    await writeFile(join(dir, 'journal.jsonl'), lines.join('\n'));
    assert.deepEqual([...readCurves(dir)], [['loss/G', { steps: [1, 2], values: [2, 2] }]]);
  });

  test('are none without a journal', (t) => {
    assert.equal(readCurves(temporary(t)).size, 0);
  });
});
