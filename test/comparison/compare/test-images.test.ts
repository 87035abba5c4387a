import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gridsOf, readEvaluation } from '../../../src/comparison/compare/test-images.js';
import { readEntries } from '../../../src/comparison/run-entry.js';
import { temporary } from '../../export/rig.js';
import { both, writeRun, type FolderFacts } from '../run-folders.js';

async function evaluationOf(root: string, facts: FolderFacts) {
  const dir = await writeRun(root, 'toy-1', facts);
  const [entry] = await readEntries([dir]);
  return { dir, evaluation: await readEvaluation(entry!) };
}

test('the evaluation of a run is not its training, which has metrics of the validation', async (t) => {
  const trained = { step: 90, epochs: 1, metrics: { validate: both('psnr', 17, 18) } };
  const root = temporary(t);
  assert.equal((await evaluationOf(root, { trained })).evaluation, undefined);
  const { dir, evaluation } = await evaluationOf(root, { trained, metrics: both('psnr', 19, 20) });
  assert.equal(evaluation!.dir, join(dir, 'evaluate'));
});

test('images and grids of an evaluation are files in its folder', async (t) => {
  const root = temporary(t);
  const image = { direction: 'AtoB', index: 0, name: 'testA/0.png', scores: { psnr: 20 } };
  const images = [
    { ...image, source: '/etc/hostname', translated: '../../x.png', truth: 'images/../../x.png' },
    { ...image, index: 1, source: 's.png', translated: 't.png', truth: 'u.png' },
  ];
  await writeFile(join(root, 'AtoB.png'), '');
  const evaluated = { grids: ['../../AtoB.png', join(root, 'AtoB.png')] };
  const { dir, evaluation } = await evaluationOf(root, { metrics: both('psnr', 19, 20), evaluated, images });
  const [first, second] = evaluation!.images;
  assert.deepEqual([first!.source, first!.translated, first!.truth], [undefined, undefined, undefined]);
  assert.equal(first!.scores.get('psnr'), 20);
  assert.deepEqual(
    [second!.source, second!.translated, second!.truth],
    ['s.png', 't.png', 'u.png'].map((name) => join(dir, 'evaluate', name)),
  );
  assert.deepEqual([...(await gridsOf(evaluation!)).keys()], []);
});
