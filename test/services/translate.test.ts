import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import sharp from 'sharp';
import { loadTensorFlow } from '../../src/engine/native.js';
import { runIn } from '../cli/rig.js';
import { ALLOWED, difference, EXPECTED, FOLDER } from '../data/images/fixtures.js';
import { temporaryFolder } from '../data/folder.js';
import { GENERATORS, generatorOf, write } from '../export/rig.js';
import { runPython } from './python.js';

const SIZE = 32;

/** Turned, transparent, of other colours, of more bits, grey. */
const IMAGES = [
  ...['plain.jpg', 'orientation-6.jpg', 'rotated.png', 'rotated.webp', 'rotated.tiff'],
  ...['rgba.png', 'palette-transparent.png', 'alpha.webp', 'transparent.gif'],
  ...['cmyk.jpg', 'cmyk.tiff', 'cmyk-profile.jpg', 'adobe-rgb.jpg', 'display-p3.jpg', 'display-p3-alpha.png'],
  ...['16-bit-rgb.png', '16-bit-grey.png', '16-bit-rgba.tiff', 'grey.jpg', '1-bit.png', '32-bit-alpha.bmp'],
];

before(() => loadTensorFlow());

test('images of all kinds are translated as by the SavedModel in Python, after Pillow has prepared the same pixels', async (t) => {
  const dir = await temporaryFolder(t);
  const generator = generatorOf(GENERATORS['ResNet']!, { imageSize: SIZE, imageSizes: [SIZE] });
  await write('weights', generator, join(dir, 'bundle'));
  await write('saved-model', generator, join(dir, 'saved-model'));
  mkdirSync(join(dir, 'photos'));
  const cases = IMAGES.map((name) => {
    copyFileSync(join(FOLDER, name), join(dir, 'photos', name));
    const { width, height, rgb } = EXPECTED[name]!;
    writeFileSync(join(dir, `${name}.rgb`), Buffer.from(rgb, 'base64'));
    return { rgb: join(dir, `${name}.rgb`), width, height, out: join(dir, `${name}.out`) };
  });
  writeFileSync(join(dir, 'cases.json'), JSON.stringify(cases));
  const pillow = runPython<string>(
    'translate_images.py',
    join(dir, 'saved-model'),
    String(SIZE),
    join(dir, 'cases.json'),
  );

  const { code, out, err } = await runIn(dir, ['translate', 'bundle', 'photos', '--out', 'out', '--size', String(SIZE), '--format', 'png'], { env: process.env }); // prettier-ignore
  assert.equal(code, 0, out + err);
  const rows = [];
  for (const name of IMAGES) {
    // Files that differ in the extension only keep it in their translation's name.
    const found = await readTranslation(join(dir, 'out'), name);
    const { largest, mean } = difference(found, readFileSync(join(dir, `${name}.out`)));
    rows.push(`| ${name} | ${largest} | ${mean.toFixed(3)} |`);
    // Where decoded pixels may differ by 1, the generator makes more of it.
    if (ALLOWED[name] === undefined) assert.ok(largest <= 1, `${name}: ${largest}`);
    else assert.ok(mean < 4, `${name}: ${mean}`);
  }
  t.diagnostic(`Pillow ${pillow}\n| image | largest | mean |\n|---|---|---|\n${rows.join('\n')}`);
});

async function readTranslation(dir: string, name: string): Promise<Buffer> {
  for (const file of [name.replace(/[.]\w+$/, '.png'), `${name}.png`]) {
    const found = await sharp(join(dir, file)).raw().toBuffer().catch(() => undefined); // prettier-ignore
    if (found !== undefined && !IMAGES.some((other) => other !== name && other === file)) return found;
  }
  throw new Error(`There is no translation of ${name}.`);
}
