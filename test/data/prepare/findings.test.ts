import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFindings } from '../../../src/data/store/findings.js';
import { image, plain, redBlue, sourceOf } from '../rig.js';
import { written } from './rig.js';

test('finds the same picture in several formats, in training and test, and in both domains', async (t) => {
  const [png, tiff] = [await redBlue().png().toBuffer(), await redBlue().tiff({ compression: 'deflate' }).toBuffer()];
  const [green, blue] = [await plain('#0f0').png().toBuffer(), await plain('#00f').webp({ lossless: true }).toBuffer()];
  const source = await sourceOf({
    trainA: [image('one', png), image('two', tiff), image('green', green)],
    trainB: [image('blue', blue), image('text', Buffer.alloc(0))],
    testA: [image('three', png)],
    testB: [image('green', green)],
  });
  const { dir, findings } = await written(t, source);
  assert.deepEqual(await readFindings(dir), findings);
  assert.deepEqual(
    findings.duplicates.map(({ pictures }) => pictures),
    [
      [
        { split: 'trainA', name: 'one' },
        { split: 'trainA', name: 'two' },
        { split: 'testA', name: 'three' },
      ],
      [
        { split: 'trainA', name: 'green' },
        { split: 'testB', name: 'green' },
      ],
    ],
  );
  assert.deepEqual([findings.leaks, findings.overlaps], [2, 1]);
  assert.deepEqual(findings.formats.trainA, { png: 2, tiff: 1 });
  assert.deepEqual(findings.skipped.trainB, { 'is empty (0 bytes)': 1 });
});

test('a name with any sign in it comes back from the records as it was', async (t) => {
  const name = 'a\u2028b\n"c"\u{1f993}.png';
  const bytes = await plain('#abc').png().toBuffer();
  const source = await sourceOf({ trainA: [image(name, bytes)], testA: [image(name, bytes)] });
  const { findings } = await written(t, source);
  assert.deepEqual(findings.duplicates[0]?.pictures, [
    { split: 'trainA', name },
    { split: 'testA', name },
  ]);
});
