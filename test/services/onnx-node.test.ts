import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadTensorFlow } from '../../src/engine/native.js';
import { checkInOnnxRuntime } from '../../src/export/onnx/check-in-onnxruntime.js';
import { openOnnxRuntime } from '../../src/export/onnx/open-onnxruntime.js';
import { oneOf } from '../../src/export/probes.js';
import { problemOf } from '../problem-of.js';
import { generatorOf, GENERATORS, temporary, write } from '../export/rig.js';

/** Where test/services/run installs onnxruntime-node. */
const folder =
  process.env['RUNNER_SERVICES_ONNX_NODE'] ?? assert.fail('Start these tests with `npm run test:services`.');
const started = process.cwd();

before(async () => {
  process.chdir(folder);
  await loadTensorFlow();
});
after(() => process.chdir(started));

describe('with onnxruntime-node in the current folder, an ONNX model is run in it before it is published', () => {
  for (const [name, options] of Object.entries(GENERATORS)) {
    for (const precision of ['float32', 'float16']) {
      test(`of a ${name} in ${precision}`, async (t) => {
        const dir = temporary(t);
        await write({ type: 'onnx', precision }, generatorOf(options), dir);
        const description = await readFile(join(dir, 'generator.json'), 'utf8');
        const { checked_with } = JSON.parse(description) as { readonly checked_with: string };
        assert.match(checked_with, /^onnxruntime \d+\.\d+/);
      });
    }
  }

  test('and is refused if it is another network’s', async (t) => {
    const [dir, generator] = [temporary(t), generatorOf(GENERATORS['ResNet']!)];
    await write('onnx', generator, dir);
    const other = generatorOf(GENERATORS['ResNet']!, { direction: 'BtoA' });
    const runtime = (await openOnnxRuntime(folder))!;
    await checkInOnnxRuntime(runtime, generator, join(dir, 'model.onnx'), [oneOf(16), [2, 12, 20]]);
    const problem = await problemOf(checkInOnnxRuntime(runtime, other, join(dir, 'model.onnx'), [oneOf(16)]));
    assert.equal(problem.code, 'export-differs');
  });
});
