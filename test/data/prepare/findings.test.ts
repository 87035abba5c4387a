import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFindings } from '../../../src/data/store/findings.js';
import { image, plain, redBlue, sourceOf } from '../rig.js';
import { written } from './rig.js';

test('findings include the same image in several formats, in training and test, and in both domains', async (t) => {
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
    findings.duplicates.map(({ images }) => images),
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

test('a name with any characters is read back from the records unchanged', async (t) => {
  const name = 'a\u2028b\n"c"\u{1f993}.png';
  const bytes = await plain('#abc').png().toBuffer();
  const source = await sourceOf({ trainA: [image(name, bytes)], testA: [image(name, bytes)] });
  const { findings } = await written(t, source);
  assert.deepEqual(findings.duplicates[0]?.images, [
    { split: 'trainA', name },
    { split: 'testA', name },
  ]);
});

test('files with values far from white are counted by split and kind, with the first names and the range of all', async (t) => {
  const grey16 = (...values: number[]) => {
    const bytes = Buffer.alloc(values.length * 2);
    values.forEach((value, i) => bytes.writeUInt16BE(value, i * 2));
    return Buffer.concat([Buffer.from(`P5 ${values.length} 1 65535\n`), bytes]);
  };
  const dark = [
    image('1', grey16(7, 900)),
    image('2', grey16(5, 4095)),
    image('3', grey16(8, 30)),
    image('4', grey16(9, 10)),
  ];
  const source = await sourceOf({ trainA: dark, trainB: [image('bright', grey16(0, 65535))], testA: [dark[0]!] });
  const { dir, findings } = await written(t, source);
  assert.deepEqual(findings.ranges, [
    { split: 'trainA', trouble: 'nearly black', count: 4, names: ['1', '2', '3'], least: 5, most: 4095, white: 65535 },
    { split: 'testA', trouble: 'nearly black', count: 1, names: ['1'], least: 7, most: 900, white: 65535 },
  ]);
  assert.deepEqual((await readFindings(dir)).ranges, findings.ranges);
});
