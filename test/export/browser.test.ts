import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadTensorFlow } from '../../src/engine/native.js';
import {
  difference,
  generatorOf,
  GENERATORS,
  readFloats,
  SIZES,
  temporary,
  translated,
  write,
  writeImage,
} from './rig.js';

before(() => loadTensorFlow());

const script = fileURLToPath(new URL('../../../test/export/graph-model.mjs', import.meta.url));

describe('in TensorFlow.js without a native engine, a GraphModel gives the network’s image', () => {
  for (const [name, options] of Object.entries(GENERATORS)) {
    for (const backend of ['cpu', 'wasm']) {
      test(`for the ${name} on ${backend}`, async (t) => {
        const [dir, generator] = [temporary(t), generatorOf(options)];
        await write('tfjs', generator, join(dir, 'model'));
        for (const [i, size] of SIZES.entries()) {
          const image = writeImage(join(dir, 'image.bin'), size);
          const out = join(dir, 'translation.bin');
          const file = i === 0 ? 'model.json' : `model-${size}.json`;
          execFileSync(process.execPath, [script, backend, join(dir, 'model'), file, String(size), image, out], {
            stdio: ['ignore', 'ignore', 'inherit'],
          });
          const largest = difference(readFloats(out), translated(generator, size));
          t.diagnostic(`${size} pixels: largest difference ${largest}`);
          assert.ok(largest < 1e-4, `${size} pixels: they differ by ${largest}`);
        }
      });
    }
  }
});

test('the weights of a GraphModel are in files of 4 MB, once for all sizes', async (t) => {
  const dir = temporary(t);
  const generator = generatorOf({ ...GENERATORS['ResNet']!, width: 32, blocks: 6 });
  const files = await write('tfjs', generator, dir);
  const size = generator.network.weights.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b), 0);
  const shards = files.filter((file) => file.startsWith('group1-'));
  const bytes = await Promise.all(shards.map(async (file) => (await stat(join(dir, file))).size));
  assert.ok(bytes.length > 1);
  assert.deepEqual(bytes.slice(0, -1), bytes.slice(0, -1).fill(4 * 1024 * 1024));
  assert.equal(
    bytes.reduce((a, b) => a + b),
    size,
  );
  const models = files.filter((file) => file.startsWith('model'));
  assert.deepEqual(models.sort(), ['model-32.json', 'model.json']);
  for (const model of models) {
    const { weightsManifest } = JSON.parse(await readFile(join(dir, model), 'utf8')) as {
      weightsManifest: { paths: string[] }[];
    };
    assert.deepEqual(weightsManifest[0]!.paths, shards);
  }
});
