import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { saveCheckpoint } from '../../src/engine/checkpoints.js';
import { readVariables, writeVariables } from '../../src/engine/graph/variables-file.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { builtins } from '../../src/app/builtins.js';
import type { Reference } from '../../src/registry/config.js';
import type { ExportedGenerator } from '../../src/registry/kinds/export-format.js';
import type { StageContext } from '../../src/registry/kinds/stage.js';
import type { StageEvent } from '../../src/registry/kinds/stage-event.js';
import { exportStage } from '../../src/stages/export.js';
import { ProblemError } from '../../src/support/problem.js';
import { generatorOf, GENERATORS, temporary } from '../export/rig.js';
import { config } from '../rig.js';

const options = GENERATORS['U-Net']!;
let G: ExportedGenerator;
let F: ExportedGenerator;
before(async () => {
  await loadTensorFlow();
  G = generatorOf(options);
  F = generatorOf(options, { direction: 'BtoA' });
});

test('export writes the networks of the checkpoint exactly, in one folder per direction and format', async (t) => {
  const context = await trained(t, ['saved-model', 'tfjs', 'onnx', 'weights']);
  const result = await exportStage.create({} as never).run(context);
  assert.equal(result.status, 'done');
  assert.deepEqual(result.outputs, {
    step: 7,
    files: ['AtoB', 'BtoA'].flatMap((direction) =>
      ['saved-model/saved_model.pb', 'tfjs/model.json', 'onnx/model.onnx', 'weights/generator.json'].map(
        (file) => `${direction}/${file}`,
      ),
    ),
  });
  for (const [direction, { weights }] of Object.entries({ AtoB: G, BtoA: F })) {
    const zeros = () => Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, tf.zeros(shape)]));
    const exported = readVariables(join(context.dir, direction, 'saved-model', 'variables', 'variables'), zeros);
    for (const [name, weight] of Object.entries(weights)) {
      assert.deepEqual(exported[name]!.dataSync(), weight.dataSync(), `${direction} ${name}`);
    }
    const description = await readFile(join(context.dir, direction, 'tfjs', 'generator.json'), 'utf8');
    const { direction: told, sizes } = JSON.parse(description) as Record<string, unknown>;
    assert.deepEqual([told, sizes], [direction, { 16: 'model.json', 32: 'model.json' }]);
  }
});

test('a format has the options that the config gives it, and a folder of its name', async (t) => {
  const context = await trained(t, ['texts', { type: 'texts', name: 'loud', text: 'HELLO' }]);
  context.components.export.add('texts', {
    summary: 'A format with an option.',
    schema: { properties: { text: { description: 'What it writes.', type: 'string', default: 'hello' } } },
    create: ({ text }: { text: string }) => ({
      async write(_, dir) {
        await writeFile(join(dir, 'a.txt'), text);
        return ['a.txt'];
      },
    }),
  });
  await exportStage.create({} as never).run(context);
  const read = (name: string) => readFile(join(context.dir, 'BtoA', name, 'a.txt'), 'utf8');
  assert.deepEqual([await read('texts'), await read('loud')], ['hello', 'HELLO']);
});

test('a format of the whole run gets the generators of all directions, and one folder', async (t) => {
  const context = await trained(t, ['together', 'weights']);
  context.components.export.add('together', {
    summary: 'A format of both directions.',
    schema: { properties: {} },
    create: () => ({
      scope: 'run',
      async write(generators, dir) {
        await writeFile(join(dir, 'a.txt'), generators.map(({ direction }) => direction).join(' '));
        return ['a.txt'];
      },
    }),
  });
  const result = await exportStage.create({} as never).run(context);
  assert.deepEqual(result.status === 'done' && result.outputs['files'], [
    'AtoB/weights/generator.json',
    'BtoA/weights/generator.json',
    'together/a.txt',
  ]);
  assert.equal(await readFile(join(context.dir, 'together', 'a.txt'), 'utf8'), 'AtoB BtoA');
  assert.deepEqual((await readdir(context.dir)).sort(), ['AtoB', 'BtoA', 'together']);
});

test('export says what kernels of less than float32 lose, and that onnxruntime did not run an ONNX model', async (t) => {
  const events: StageEvent[] = [];
  const context = await trained(t, ['weights', 'onnx', { type: 'tfjs', precision: 'float16' }]);
  await exportStage.create({} as never).run({ ...context, emit: (event) => void events.push(event) });
  const notes = events.flatMap((event) => (event.kind === 'note' && event.text.startsWith('AtoB') ? event.text : []));
  assert.equal(notes.length, 2);
  assert.match(notes[0]!, /^AtoB\/onnx: checked with TensorFlow\..*onnxruntime-node/);
  assert.match(
    notes[1]!,
    /^AtoB\/tfjs: \d+ kB with kernels of float16\. .* by 0\.\d+ of 256 levels on average, \d at most, on 4 drawn images/,
  );
});

test('a format that fails leaves no folder with its name, and earlier formats complete', async (t) => {
  const context = await trained(t, ['weights', 'broken']);
  context.components.export.add('broken', {
    summary: 'A format that fails.',
    schema: { properties: {} },
    create: () => ({
      async write(_, dir) {
        await writeFile(join(dir, 'half'), 'half');
        throw new ProblemError({ code: 'export-differs', message: 'It differs.' });
      },
    }),
  });
  await assert.rejects(exportStage.create({} as never).run(context), /It differs/);
  assert.deepEqual(await readdir(context.dir), ['AtoB']);
  assert.deepEqual(await readdir(join(context.dir, 'AtoB')), ['weights']);
});

/** What a training of 7 steps leaves. */
async function trained(t: TestContext, formats: readonly Reference[]): Promise<StageContext> {
  const dir = temporary(t);
  const variables = { G: { weights: G.weights }, F: { weights: F.weights } };
  const write = (prefix: string) => writeVariables(prefix, variables);
  await saveCheckpoint(join(dir, 'train', 'checkpoints'), { step: 7, state: {} }, write, 1);
  const whole = config({
    generator: options,
    export: { formats, image_sizes: [16, 32], directions: ['AtoB', 'BtoA'] },
  });
  return {
    config: whole,
    components: builtins(),
    dir: join(dir, 'export'),
    inputs: { networks: { dir: join(dir, 'train'), fingerprint: 'trained', outputs: { step: 7 } } },
    runName: 'toy-12345678',
    signal: new AbortController().signal,
    emit: () => undefined,
    earlier: [],
    recorded: () => Promise.resolve(),
  };
}
