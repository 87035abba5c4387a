import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Rig } from '../rig.js';

/** Computes with the engine in the engine's process: works only with the same TensorFlow.js module that the runner prepared. */
const PLUGIN = `
import * as tf from '@tensorflow/tfjs-core';
import { node } from '@tensorflow/tfjs-node';
import { loadTensorFlow } from 'cyclegan-runner';
const compute = { summary: 'adds', schema: { properties: {} }, version: 1, scope: 'run', engine: true, reads: [], consumes: [],
  create: () => ({ async run() {
    if ((await loadTensorFlow()).node !== node) throw new Error('two copies of tfjs-node');
    const sum = tf.tidy(() => tf.sum(tf.tensor1d([1, 2, 3])).dataSync()[0]);
    return { status: 'done', outputs: { sum, backend: tf.getBackend(), device: process.env.RUNNER_DEVICE } };
  } }) };
export default { stage: { compute } };
`;

/** Runs a config whose only stage is the plugin's. */
async function run(t: TestContext, ...words: readonly string[]): Promise<string> {
  const rig = await Rig.create();
  t.after(() => rig.remove());
  rig.write('plugin.mjs', PLUGIN);
  rig.write(
    'toy.yaml',
    'plugins: [./plugin.mjs]\ntracking: {tensorboard: null}\nstages: {preprocess: null, train: null, evaluate: null, export: null, compute: {}}\n',
  );
  const { code, output } = await rig.command('run', 'toy.yaml', '--json', ...words).ended;
  assert.equal(code, 0, output);
  return output;
}

test('a plugin outside the checkout computes with the engine', async (t) => {
  const output = await run(t);
  assert.match(output, /"sum":6/);
  assert.match(output, /"backend":"tensorflow"/);
});

test('the process of a stage is told the device of the config', async (t) => {
  assert.match(await run(t, '--set', 'engine.device=cpu'), /"device":"cpu"/);
});
