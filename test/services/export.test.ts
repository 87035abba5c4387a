import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { openTranslator } from '../../src/app/open-translator.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { oneOf, type ImageSides } from '../../src/export/probes.js';
import type { Direction } from '../../src/registry/kinds/export-format.js';
import {
  contrast,
  difference,
  generatorOf,
  GENERATORS,
  readFloats,
  SIZES,
  temporary,
  translated,
  write,
  writeImage,
} from '../export/rig.js';
import { FOLDER } from '../data/images/fixtures.js';
import { runPython, servicesPython } from './python.js';

before(() => loadTensorFlow());

interface Described {
  readonly signatures: readonly string[];
  readonly variables: number;
  readonly inputs: object;
  readonly outputs: object;
}

test('Python TensorFlow runs the SavedModels of both directions in one process, on images of any sides', async (t) => {
  for (const [name, options] of Object.entries(GENERATORS)) {
    const dir = temporary(t);
    const cases: { dir: string; signature: string; image: string; out: string; sides: ImageSides }[] = [];
    const expected: Float32Array[] = [];
    for (const direction of ['AtoB', 'BtoA'] as Direction[]) {
      const generator = generatorOf(options, { direction });
      await write('saved-model', generator, join(dir, direction));
      for (const sides of [oneOf(16), oneOf(32), [2, 48, 16]] as const) {
        const image = writeImage(join(dir, `${sides.join('x')}.bin`), sides);
        const out = join(dir, `out-${cases.length}.bin`);
        cases.push({ dir: join(dir, direction), signature: 'serving_default', image, out, sides });
        expected.push(translated(generator, sides));
      }
    }
    writeFileSync(join(dir, 'case.json'), JSON.stringify(cases));
    const described = runPython<Described[]>('run_saved_model.py', join(dir, 'case.json'));

    for (const [i, { out }] of cases.entries()) {
      const shape = [null, null, null, 3];
      assert.deepEqual(described[i], {
        signatures: ['image_bytes', 'serving_default'],
        variables: generatorOf(options).network.weights.length,
        inputs: { image: shape },
        outputs: { translation: shape },
      });
      const largest = difference(readFloats(out), expected[i]!);
      t.diagnostic(`${name}, case ${i}: largest difference ${largest}`);
      assert.ok(contrast(expected[i]!) > 1);
      assert.ok(largest < 1e-4, `${name}, case ${i}: they differ by ${largest}`);
    }
    assert.ok(difference(expected[0]!, expected[3]!) > 0.1, 'the directions are different');
  }
});

test('Python TensorFlow translates files of several kinds and sizes with the signature image_bytes as this program does', async (t) => {
  const [dir, generator] = [temporary(t), generatorOf(GENERATORS['ResNet']!)];
  await write('saved-model', generator, join(dir, 'model'));
  await write('weights', generator, join(dir, 'weights'));
  const photo = (width: number, height: number, seed: number) => {
    const bytes = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
      return 128 + 100 * Math.sin(x / 19 + seed) * Math.cos(y / 13 + (i % 3)) + (((i * 7919) % 41) - 20);
    });
    return sharp(bytes, { raw: { width, height, channels: 3 } });
  };
  const files = ['a.png', 'b.jpg', 'c.png'].map((name) => join(dir, name));
  await photo(300, 200, 1).png().toFile(files[0]!);
  await photo(90, 420, 2).jpeg({ quality: 90 }).toFile(files[1]!);
  await photo(10, 12, 3).png().toFile(files[2]!);
  const ends = runPython('run_encoded.py', join(dir, 'model'), dir, ...files);
  assert.deepEqual(ends, { inputs: { image_bytes: [null] }, outputs: { image_bytes: [null] } });

  const translator = await openTranslator(join(dir, 'weights'), { size: 16 });
  t.after(() => translator.dispose());
  for (const [i, file] of files.entries()) {
    const { data, width, height } = await translator.translate(file);
    const found = sharp(join(dir, `${i}.png`));
    const { width: w, height: h, format } = await found.metadata();
    assert.deepEqual([w, h, format], [width, height, 'png']);
    const largest = difference(Float32Array.from(await found.raw().toBuffer()), Float32Array.from(data));
    t.diagnostic(`file ${i}: largest difference ${largest} of 255`);
    assert.ok(largest <= 2, `file ${i} is off by ${largest}`);
  }
});

test('the Python example translates image files as the command does: turned, transparent, in other colours', async (t) => {
  const [dir, generator] = [temporary(t), generatorOf(GENERATORS['U-Net']!)];
  await write('saved-model', generator, join(dir, 'model'));
  await write('weights', generator, join(dir, 'weights'));
  const translator = await openTranslator(join(dir, 'weights'), { size: SIZES[0]! });
  t.after(() => translator.dispose());
  const example = fileURLToPath(new URL('../../../examples/translate.py', import.meta.url));
  for (const name of ['plain.jpg', 'orientation-6.jpg', 'rgba.png', 'cmyk.jpg', 'grey.jpg', 'display-p3.jpg']) {
    const [file, out] = [join(FOLDER, name), join(dir, `${name}.png`)];
    execFileSync(servicesPython(), [example, join(dir, 'model'), file, out], { stdio: ['ignore', 'ignore', 'pipe'] }); // prettier-ignore
    const found = Float32Array.from(await sharp(out).raw().toBuffer());
    const largest = difference(found, Float32Array.from((await translator.translate(file)).data));
    t.diagnostic(`${name}: largest difference ${largest} of 255`);
    // Where Pillow decodes a colour differently by 1, the generator makes more of it.
    assert.ok(largest <= (name === 'display-p3.jpg' ? 20 : 2), `${name} is off by ${largest}`);
  }
});

test('a converter that freezes the variables gives the same image (TensorFlow Lite)', async (t) => {
  const [dir, generator] = [temporary(t), generatorOf(GENERATORS['U-Net']!)];
  await write('saved-model', generator, join(dir, 'model'));
  const image = writeImage(join(dir, 'image.bin'), oneOf(SIZES[0]!));
  const { operators } = runPython<{ operators: number }>(
    'run_lite.py',
    join(dir, 'model'),
    String(SIZES[0]),
    image,
    join(dir, 'out.bin'),
  );
  assert.ok(operators > 0);
  const largest = difference(readFloats(join(dir, 'out.bin')), translated(generator, oneOf(SIZES[0]!)));
  t.diagnostic(`largest difference ${largest}`);
  assert.ok(largest < 1e-4, `they differ by ${largest}`);
});

test('saved_model_cli shows the signature and runs it', async (t) => {
  const [dir, generator] = [temporary(t), generatorOf(GENERATORS['ResNet']!)];
  await write('saved-model', generator, join(dir, 'model'));
  const cli = (...args: string[]) =>
    execFileSync(join(dirname(servicesPython()), 'saved_model_cli'), args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const selection = ['--dir', join(dir, 'model'), '--tag_set', 'serve', '--signature_def', 'serving_default'];
  const description = cli('show', ...selection);
  assert.match(
    description,
    /inputs\['image'\][^]*shape: \(-1, -1, -1, 3\)[^]*outputs\['translation'\][^]*serving\/predict/,
  );
  const pixels = JSON.stringify(Array.from({ length: 16 }, () => Array.from({ length: 16 }, () => [0, 0.5, -0.5])));
  assert.match(cli('run', ...selection, '--input_exprs', `image=[${pixels}]`), /output key translation/);
});
