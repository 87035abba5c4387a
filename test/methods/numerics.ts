import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { startOptimizer } from '../../src/optimizers/adam.js';
import { cycleGanMethod, gradients } from '../../src/methods/cyclegan.js';
import type { CycleGan, CycleGanState, NetworkName } from '../../src/methods/cyclegan.js';
import { builtins } from '../../src/registry/builtins.js';
import type { Network, Weights } from '../../src/registry/kinds/network.js';
import { make } from '../../src/registry/make.js';
import type { Typed } from '../../src/config/config.js';
import { clockAt, trainStep } from '../../src/training/trainer/step.js';

/** A model and a batch that this side and a Python side (test/services/python) build in the same way. */
export interface Case {
  readonly generator: Typed;
  readonly discriminator: Typed;
  readonly adversarial: string;
  readonly lambda: { readonly forward: number; readonly backward: number };
  readonly identity: number;
  readonly imageSize: number;
  readonly batch: number;
  readonly steps: number;
  /** How far weights are from their means. */
  readonly amplitude: number;
}

const LEARNING_RATE = 2e-4;
const NETWORKS: readonly NetworkName[] = ['G', 'F', 'D_X', 'D_Y'];

/** The case's model, without dropout. */
export function modelOf(spec: Case): CycleGan {
  const components = builtins();
  const site = { imageSize: spec.imageSize, channels: 3 };
  const common = { norm: 'instance', dropout: 0, conditional: false };
  const generator = () => make(components.generator, { ...common, ...spec.generator }, site);
  const discriminator = () => make(components.discriminator, { ...common, ...spec.discriminator }, site);
  const adam = { type: 'adam', learning_rate: LEARNING_RATE, beta1: 0.5, beta2: 0.999, epsilon: 1e-7 };
  return {
    G: generator(),
    F: generator(),
    D_X: discriminator(),
    D_Y: discriminator(),
    adversarial: make(components.adversarial, { type: spec.adversarial }, undefined),
    lambda: spec.lambda,
    identity: spec.identity,
    optimizer: make(components.optimizer, adam, undefined),
  };
}

/** The state of a training of the model before its first step. */
export const initialState = (model: CycleGan, seed: number): CycleGanState => cycleGanMethod(model).initial(seed);

export const weightsOf = ({ G, F, D_X, D_Y }: CycleGanState) => ({
  G: G.weights,
  F: F.weights,
  D_X: D_X.weights,
  D_Y: D_Y.weights,
});

export function patternWeights(network: Network, name: string, amplitude: number): Weights {
  const weight = ({ name: key, shape }: Network['weights'][number]) => {
    const mean = key.endsWith('/scale') ? 1 : 0;
    const values = Float32Array.from(noise(`${name}/${key}`, shape), (value) => mean + amplitude * value);
    return tf.tensor(values, [...shape]);
  };
  return Object.fromEntries(network.weights.map((spec) => [spec.name, weight(spec)]));
}

export function patternPictures(domain: 'x' | 'y', batch: number, size: number): Tensor4D {
  const shape = [batch, size, size, 3] as const;
  return tf.tensor4d(Float32Array.from(noise(`picture/${domain}`, shape)), [...shape]);
}

/** What some implementation made of a case. */
export interface Results {
  readonly case: Case;
  /** Of each step. */
  readonly losses: readonly Readonly<Record<string, number>>[];
  /** `gradients/<network>/<weight>` of the first step, `weights/<network>/<weight>` after the last. */
  read(name: string): Float32Array;
}

/** What a Python side wrote: see cyclegan_tensorflow.py. */
export function readReference(dir: string): Results {
  const {
    case: spec,
    losses,
    tensors,
  } = JSON.parse(readFileSync(join(dir, 'reference.json'), 'utf8')) as Results & {
    readonly tensors: Readonly<Record<string, { readonly offset: number; readonly length: number }>>;
  };
  const read = (name: string) => {
    const place = tensors[name];
    assert.ok(place, `the reference has no ${name}`);
    return readFloats(join(dir, 'tensors.bin'), place.offset, place.length);
  };
  return { case: spec, losses, read };
}

export function readFloats(file: string, offset: number, length: number): Float32Array {
  const bytes = Buffer.alloc(4 * length);
  const handle = openSync(file, 'r');
  try {
    assert.equal(readSync(handle, bytes, 0, bytes.length, offset), bytes.length);
  } finally {
    closeSync(handle);
  }
  return new Float32Array(bytes.buffer, bytes.byteOffset, length);
}

/** Runs the case's steps in the code under test. */
export function runCase(spec: Case): Results {
  const model = modelOf(spec);
  const [x, y] = [patternPictures('x', spec.batch, spec.imageSize), patternPictures('y', spec.batch, spec.imageSize)];
  const start = (name: NetworkName) =>
    startOptimizer(model.optimizer, patternWeights(model[name], name, spec.amplitude));
  let state: CycleGanState = { G: start('G'), F: start('F'), D_X: start('D_X'), D_Y: start('D_Y') };

  const values = new Map<string, Float32Array>();
  const record = (kind: string, weights: (name: NetworkName) => Weights) => {
    for (const network of NETWORKS) {
      for (const [name, tensor] of Object.entries(weights(network))) {
        values.set(`${kind}/${network}/${name}`, tensor.dataSync<'float32'>());
      }
    }
  };

  const first = gradients(model, weightsOf(state), { x, y });
  record('gradients', (network) => first.gradients[network]);
  tf.dispose([first.gradients, first.losses] as never);

  const losses = Array.from({ length: spec.steps }, (_, step) => {
    const next = trainStep(cycleGanMethod(model), state, { x, y }, clockAt(0, step, LEARNING_RATE));
    const numbers = Object.entries(next.losses).map(([name, loss]) => [name, loss.dataSync()[0]!]);
    tf.dispose([state, next.losses] as never);
    state = next.state;
    return Object.fromEntries(numbers) as Record<string, number>;
  });
  record('weights', (network) => state[network].weights);
  tf.dispose([state, x, y] as never);
  return { case: spec, losses, read: (name) => values.get(name) ?? assert.fail(`no ${name}`) };
}

/** How far two results are apart at most. */
export interface Differences {
  /** |a - b| / |b| of a loss in the first step, and in any step. */
  firstLosses: number;
  losses: number;
  /** ||a - b|| / ||b|| of the gradient of a weight, in the first step. */
  gradients: number;
  /** ||a - b|| of a weight after all steps, in units of how far each of its elements can move: learning rate x steps. */
  weights: number;
}

export function compare(results: Results, expected: Results): Differences {
  const spec = expected.case;
  const model = modelOf(spec);
  const most: Differences = { firstLosses: 0, losses: 0, gradients: 0, weights: 0 };
  const raise = (what: keyof Differences, value: number, where: string) => {
    assert.ok(Number.isFinite(value), `${what}: ${where} differ by ${value}`);
    most[what] = Math.max(most[what], value);
  };

  expected.losses.forEach((losses, step) => {
    assert.deepEqual(Object.keys(results.losses[step]!).sort(), Object.keys(losses).sort());
    for (const [name, loss] of Object.entries(losses)) {
      const difference = Math.abs(results.losses[step]![name]! / loss - 1);
      raise('losses', difference, name);
      if (step === 0) raise('firstLosses', difference, name);
    }
  });
  for (const network of NETWORKS) {
    for (const { name } of model[network].weights) {
      const gradient = `gradients/${network}/${name}`;
      // A gradient whose true value is 0 is nothing but rounding, and has no scale of its own.
      const scale = Math.max(length(expected.read(gradient)), 1e-6);
      raise('gradients', length(results.read(gradient), expected.read(gradient)) / scale, gradient);
      const weight = `weights/${network}/${name}`;
      const range = LEARNING_RATE * spec.steps * Math.sqrt(expected.read(weight).length);
      raise('weights', length(results.read(weight), expected.read(weight)) / range, weight);
    }
  }
  return most;
}

/** The Euclidean length of a, or of a - b. */
function length(a: Float32Array, b?: Float32Array): number {
  if (b) assert.equal(a.length, b.length);
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i]! - (b?.[i] ?? 0)) ** 2;
  return Math.sqrt(squares);
}

/** Uniform numbers in [-1, 1) from a hash of the label and the element's index: pattern.py has the same formula. */
function noise(label: string, shape: readonly number[]): Float64Array {
  const base = fnv1a(label);
  const values = new Float64Array(shape.reduce((product, side) => product * side, 1));
  for (let i = 0; i < values.length; i++) {
    let h = Math.imul(i, 0x9e3779b1) + base;
    h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
    h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
    values[i] = ((h ^ (h >>> 16)) >>> 0) / 2 ** 31 - 1;
  }
  return values;
}

function fnv1a(text: string): number {
  let h = 0x811c9dc5;
  for (const byte of Buffer.from(text)) h = Math.imul(h ^ byte, 0x01000193);
  return h;
}
