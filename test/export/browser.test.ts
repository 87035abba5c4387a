import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadTensorFlow } from '../../src/engine/native.js';
import { oneOf } from '../../src/export/probes.js';
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
        for (const size of SIZES) {
          const image = writeImage(join(dir, 'image.bin'), oneOf(size));
          const out = join(dir, 'translation.bin');
          execFileSync(
            process.execPath,
            [script, backend, join(dir, 'model'), 'model.json', String(size), image, out],
            {
              stdio: ['ignore', 'ignore', 'inherit'],
            },
          );
          const largest = difference(readFloats(out), translated(generator, oneOf(size)));
          t.diagnostic(`${size} pixels: largest difference ${largest}`);
          assert.ok(largest < 1e-4, `${size} pixels: they differ by ${largest}`);
        }
      });
    }
  }
});

test('the weights of a GraphModel are in files of 4 MB', async (t) => {
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
  const { weightsManifest } = JSON.parse(await readFile(join(dir, 'model.json'), 'utf8')) as {
    weightsManifest: { paths: string[] }[];
  };
  assert.deepEqual(weightsManifest[0]!.paths, shards);
});
