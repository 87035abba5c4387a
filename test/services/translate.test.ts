import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { openTranslator } from '../../src/app/open-translator.js';
import { sizeOf } from '../../src/engine/graph/graph-def.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { runIn } from '../cli/rig.js';
import { ALLOWED, difference, EXPECTED, FOLDER } from '../data/images/fixtures.js';
import { temporaryFolder } from '../data/folder.js';
import { GENERATORS, generatorOf, readFloats, write } from '../export/rig.js';
import { startServer } from '../serving/rig.js';
import { runPython, runPythonLater } from './python.js';

const SIZE = 32;

/** Turned, transparent, of other colours, of more bits, grey. */
const IMAGES = [
  ...['plain.jpg', 'orientation-6.jpg', 'rotated.png', 'rotated.webp', 'rotated.tiff'],
  ...['rgba.png', 'palette-transparent.png', 'alpha.webp', 'transparent.gif'],
  ...['cmyk.jpg', 'cmyk.tiff', 'cmyk-profile.jpg', 'adobe-rgb.jpg', 'display-p3.jpg', 'display-p3-alpha.png'],
  ...['16-bit-rgb.png', '16-bit-grey.png', '16-bit-rgba.tiff', 'grey.jpg', '1-bit.png', '32-bit-alpha.bmp'],
];

before(() => loadTensorFlow());

test('images of all kinds are translated, and served, as by the SavedModel in Python, after Pillow has prepared the same pixels', async (t) => {
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
  const served = await serveAll(t, dir);
  const rows = [];
  for (const name of IMAGES) {
    // Files that differ in the extension only keep it in their translation's name.
    const found = await readTranslation(join(dir, 'out'), name);
    const { largest, mean } = difference(found, readFileSync(join(dir, `${name}.out`)));
    rows.push(
      `| ${name} | ${largest} | ${mean.toFixed(3)} | ${served.get(name)!.encoded} | ${served.get(name)!.numbers} |`,
    );
    assert.ok(served.get(name)!.encoded <= 1 && served.get(name)!.numbers < 1e-4, name);
    // Where decoded pixels may differ by 1, the generator makes more of it.
    if (ALLOWED[name] === undefined) assert.ok(largest <= 1, `${name}: ${largest}`);
    else assert.ok(mean < 4, `${name}: ${mean}`);
  }
  t.diagnostic(
    `Pillow ${pillow}\n| image | largest | mean | served | served numbers |\n|---|---|---|---|---|\n${rows.join('\n')}`,
  );
});

/**
 * Sends all images to `runner serve`, from Python. @returns the largest differences from the translations of the command (of 256 levels), and, for an image's numbers, from
 * the network's
 */
async function serveAll(t: TestContext, dir: string): Promise<Map<string, { encoded: number; numbers: number }>> {
  const { seen, ready } = startServer(t, { zebra: join(dir, 'bundle') }, { size: SIZE });
  await ready();
  const translator = await openTranslator(join(dir, 'bundle'));
  t.after(() => translator.dispose());
  const cases = [];
  for (const name of IMAGES) {
    const { width, height, rgb } = EXPECTED[name]!;
    const shape = [1, height - (height % 4), width - (width % 4), 3];
    const values = Float32Array.from(Buffer.from(rgb, 'base64').subarray(0, sizeOf(shape)), (byte) => byte / 127.5 - 1); // prettier-ignore
    writeFileSync(join(dir, `${name}.floats`), values);
    cases.push({ name, values, shape, file: join(FOLDER, name), numbers: join(dir, `${name}.floats`), out: join(dir, `${name}.served`), numbers_out: join(dir, `${name}.numbers`) }); // prettier-ignore
  }
  writeFileSync(join(dir, 'served.json'), JSON.stringify(cases.map((each) => ({ ...each, values: undefined }))));
  await runPythonLater('serving_client.py', `${seen.address}/v1/models/zebra:predict`, join(dir, 'served.json'));
  const differences = new Map<string, { encoded: number; numbers: number }>();
  for (const { name, values, shape, out, numbers_out: file } of cases) {
    const found = await sharp(out).raw().toBuffer();
    const { largest: encoded } = difference(found, await readTranslation(join(dir, 'out'), name));
    const expected = tf.tidy(() => translator.translateTensor(tf.tensor4d(values, shape as [number, number, number, number])).dataSync()); // prettier-ignore
    const numbers = readFloats(file).reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
    differences.set(name, { encoded, numbers });
  }
  return differences;
}

async function readTranslation(dir: string, name: string): Promise<Buffer> {
  for (const file of [name.replace(/[.]\w+$/, '.png'), `${name}.png`]) {
    const found = await sharp(join(dir, file)).raw().toBuffer().catch(() => undefined); // prettier-ignore
    if (found !== undefined && !IMAGES.some((other) => other !== name && other === file)) return found;
  }
  throw new Error(`There is no translation of ${name}.`);
}
