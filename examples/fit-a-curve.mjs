// Fits a small network to a sine wave with TensorFlow.js code that is traced once and runs as a TensorFlow graph.
//
//     node examples/fit-a-curve.mjs [FOLDER]     saves the trained weights to the folder, as a TensorFlow checkpoint
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { applyAdam, compile, loadTensorFlow, randomKey, randomNormal } from 'cyclegan-runner/graph';

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'fit-a-curve-'));
await loadTensorFlow();

// [n, 1] to [n, 1]
const network = ({ hidden, bias, output }, x) => tf.matMul(tf.tanh(tf.add(tf.matMul(x, hidden), bias)), output);

const startWeights = () => ({
  hidden: randomNormal([1, 32], randomKey(1, 0)),
  bias: randomNormal([32], randomKey(1, 1)),
  output: tf.mul(randomNormal([32, 1], randomKey(1, 2)), 0.1),
});
const zeros = () => Object.fromEntries(Object.entries(startWeights()).map(([name, w]) => [name, tf.zerosLike(w)]));

// One step of Adam: a pure function of the variables and inputs that returns the new variables and the outputs.
function step({ weights, m, v }, { x, y, t }) {
  const names = Object.keys(weights);
  const named = (values) => Object.fromEntries(names.map((name, i) => [name, values[i]]));
  const loss = (...values) => tf.losses.meanSquaredError(y, network(named(values), x));
  const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => weights[name]));

  const rates = {
    learningRate: tf.scalar(0.01),
    beta1: tf.scalar(0.9),
    beta2: tf.scalar(0.999),
    beta1Power: tf.pow(0.9, t),
    beta2Power: tf.pow(0.999, t),
    epsilon: tf.scalar(1e-7),
  };
  const updated = names.map((name, i) => applyAdam({ weight: weights[name], m: m[name], v: v[name] }, grads[i], rates));
  const all = (part) => named(updated.map((moments) => moments[part]));
  return { variables: { weights: all('weight'), m: all('m'), v: all('v') }, outputs: { loss: value } };
}

const training = compile({ step }, { variables: () => ({ weights: startWeights(), m: zeros(), v: zeros() }) });

const x = tf.linspace(-Math.PI, Math.PI, 100).reshape([100, 1]);
const y = tf.sin(x);
for (let t = 1; t <= 1000; t++) {
  const inputs = { x, y, t: tf.scalar(t) };
  const { loss } = training.functions.step(inputs);
  if (t === 1 || t % 250 === 0) console.log(`step ${t}: loss ${loss.dataSync()[0].toExponential(1)}`);
  tf.dispose([loss, inputs.t]);
}
training.save(join(folder, 'sine'));
training.dispose();

// Another program restores only the weights from the checkpoint, without Adam's moments.
const trained = compile(
  { predict: ({ weights }, { x }) => ({ outputs: { y: network(weights, x) } }) },
  { variables: () => ({ weights: startWeights() }) },
);
trained.restore(join(folder, 'sine'));
const prediction = trained.functions.predict({ x: tf.tensor2d([[0], [Math.PI / 2], [-1]]) });
console.log(`sin of 0, pi/2, -1: ${Array.from(prediction.y.dataSync(), (value) => value.toFixed(3)).join(', ')}`);
console.log(`weights: ${join(folder, 'sine')}.index`);
