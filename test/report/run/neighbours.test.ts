import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { builtins } from '../../../src/app/builtins.js';
import { writeRunReport } from '../../../src/pipeline/run-report/write-run-report.js';
import { temporary } from '../../export/rig.js';
import { METRICS, writeWholeRun } from './run-folder.js';

const nearest = {
  value: 0.15,
  better: 'higher',
  diagnostic: true,
  real: 0.2,
  referenceCount: 1334,
  reference: 'trainB',
};

/** The parts "Nearest training images" of a report, without tags' attributes but the texts of images. */
async function shown(t: TestContext, change: (dir: string) => Promise<void> = () => Promise.resolve()) {
  const metrics = { ...METRICS, AtoB: { ...(METRICS['AtoB'] as object), 'nn-toy': nearest } } as never;
  const runDir = await writeWholeRun(temporary(t), 'toy-12345678', { images: 12, metrics, neighbours: true });
  await change(join(runDir, 'evaluate'));
  const { file } = await writeRunReport({ runDir, components: builtins() });
  const html = await readFile(file, 'utf8');
  return [...html.matchAll(/<section class="pairs nearest"[^]*?<\/section>/g)].map(([section]) => ({
    text: section.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' '),
    images: [...section.matchAll(/<img [^>]*alt="([^"]*)"/g)].map(([, alt]) => alt),
  }));
}

describe('the nearest training images in a report', () => {
  test('are shown beside source and translation, of the six closest translations, closest first', async (t) => {
    const [first, second] = await shown(t);
    assert.equal(first!.images.length, 18);
    // Files are kept of the first eight; of these the last are the closest.
    assert.deepEqual(first!.images.slice(0, 3), ['testA/7.png, as it is', 'testA/7.png, translated', 'trainB/neighbour-7.png, the nearest training image']); // prettier-ignore
    assert.match(first!.text, / 7\.png 0\.1300 neighbour-7\.png .* 2\.png 0\.1800 neighbour-2\.png /);
    assert.match(second!.text, /B → A: Nearest training images/);
  });

  test('say how far held-out real images are, and of how many they are the nearest', async (t) => {
    const [first, second] = await shown(t);
    assert.match(
      first!.text,
      /the nearest of 1,334 training images by nn-toy, with its distance; held-out real images are at 0\.2000 on average/,
    );
    assert.doesNotMatch(second!.text, /on average/);
  });

  test('are left out where their files are missing', async (t) => {
    const [first] = await shown(t, (dir) => rm(join(dir, 'images', 'AtoB', 'trainB-7.png')));
    assert.equal(first!.images.length, 15);
    assert.equal(first!.images[0], 'testA/6.png, as it is');
  });
});
