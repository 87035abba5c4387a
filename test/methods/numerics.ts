import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { foldKey, randomOrder, randomUniform } from '../../src/engine/random-tensors.js';
import { startOptimizer } from '../../src/optimizers/adam.js';
import { cycleGanMethod } from '../../src/methods/cyclegan.js';
import type { CycleGan, CycleGanState } from '../../src/methods/cyclegan.js';
import { perNetwork } from '../../src/methods/parts.js';
import { cutMethod, type Cut } from '../../src/methods/cut.js';
import { projection } from '../../src/models/projection.js';
import { pix2PixMethod } from '../../src/methods/pix2pix.js';
import { builtins } from '../../src/app/builtins.js';
import type { Direction } from '../../src/registry/kinds/export-format.js';
import type { Method, NetworkWeights, TensorTree } from '../../src/registry/kinds/method.js';
import type { Network, Trained, Weights } from '../../src/registry/kinds/network.js';
import type { AdversarialLoss, Optimizer } from '../../src/registry/kinds/objective.js';
import { make } from '../../src/registry/make.js';
import type { Typed } from '../../src/registry/config.js';
import { stepInputs, trainStep, weightsIn } from '../../src/training/trainer/step.js';

/** A model and a batch that this side and a Python side (test/services/python) build in the same way. */
export type Case = CycleGanCase | Pix2PixCase | CutCase;

interface CommonCase {
  readonly generator: Typed;
  readonly discriminator: Typed;
  readonly adversarial: string;
  readonly imageSize: number;
  readonly batch: number;
  readonly steps: number;
  /** How far weights are from their means. */
  readonly amplitude: number;
}

export interface CycleGanCase extends CommonCase {
  readonly lambda: { readonly forward: number; readonly backward: number };
  readonly identity: number;
}

export interface Pix2PixCase extends CommonCase {
  readonly lambda: number;
  readonly direction: Direction;
}

export interface CutCase extends CommonCase {
  readonly direction: Direction;
  readonly lambda: number;
  readonly identity: boolean;
  readonly layers: readonly string[];
  readonly patches: number;
  readonly temperature: number;
  readonly projection: number;
  readonly flips: boolean;
  /** Of the step's draws. */
  readonly seed: number;
}

const LEARNING_RATE = 2e-4;

/** The smallest networks that have all kinds of layers, for images of 16 pixels. */
export const SMALL: CycleGanCase = {
  generator: { type: 'unet', width: 2, depth: 3, slope: 0.3 },
  discriminator: { type: 'patchgan', width: 2, layers: 2, slope: 0.3 },
  adversarial: 'bce',
  lambda: { forward: 10, backward: 5 },
  identity: 0.5,
  imageSize: 16,
  batch: 1,
  steps: 1,
  amplitude: 1,
};

/** The smallest CUT. */
export const SMALL_CUT: CutCase = {
  generator: { type: 'resnet', width: 2, blocks: 2 },
  discriminator: SMALL.discriminator,
  adversarial: 'least-squares',
  direction: 'AtoB',
  lambda: 1,
  identity: true,
  layers: ['image', 'down1', 'residual2'],
  patches: 12,
  temperature: 0.07,
  projection: 4,
  flips: false,
  imageSize: 16,
  batch: 1,
  steps: 1,
  amplitude: 1,
  seed: 1,
};

/** The CycleGAN of a case, without dropout. */
export function modelOf(spec: CycleGanCase): CycleGan {
  const { generator, discriminator, adversarial, optimizer } = partsOf(spec);
  const { lambda, identity } = spec;
  const networks = { G: generator(), F: generator(), D_X: discriminator(3), D_Y: discriminator(3) };
  return { ...networks, adversarial, lambda, identity, optimizer };
}

/** The method of a case, without dropout. */
function methodOf(spec: Case): Method {
  if (!('direction' in spec)) return cycleGanMethod(modelOf(spec));
  if ('temperature' in spec) return cutMethod(cutOf(spec));
  const { generator, discriminator, adversarial, optimizer } = partsOf(spec);
  const { lambda, direction } = spec;
  return pix2PixMethod({ G: generator(), D: discriminator(6), adversarial, lambda, optimizer, direction });
}

/** The CUT of a case. */
export function cutOf(spec: CutCase): Cut {
  const { generator, discriminator, adversarial, optimizer } = partsOf(spec);
  const G = generator();
  const channels = Object.fromEntries(spec.layers.map((layer) => [layer, G.features!.channels[layer]!]));
  const F = projection({ channels, width: spec.projection, vectors: spec.patches });
  return { ...spec, G, D: discriminator(3), F, adversarial, optimizer };
}

/** The key of the first step's draws. */
const firstKey = (seed: number) => tf.tensor1d([seed, 0], 'int32');

/** Whether a step with the seed shows the generator flipped images. */
export const flips = (seed: number): boolean =>
  randomUniform<tf.Rank.R0>([], foldKey(firstKey(seed), 'flip', 1)).dataSync()[0]! < 0.5;

/** The places of the patches that the first step compares: of the source images, then of the others, by layer. */
export function placesOf(spec: CutCase): readonly (readonly number[])[][] {
  const { G } = cutOf(spec);
  const image = patternImages('x', 1, spec.imageSize);
  const maps = G.features!.encode(patternWeights(G, 'G', 1), image, spec.layers);
  return [0, 1].map((call) =>
    maps.map(({ shape: [, h, w] }, layer) => {
      const key = foldKey(firstKey(spec.seed), 'patches', 1 + call * maps.length + layer);
      return [...randomOrder(h * w, spec.patches, key).dataSync()];
    }),
  );
}

interface Parts {
  readonly generator: () => Network;
  readonly discriminator: (channels: number) => Network;
  readonly adversarial: AdversarialLoss;
  readonly optimizer: Optimizer;
}

function partsOf({ imageSize, ...spec }: Case): Parts {
  const components = builtins();
  const common = { norm: 'instance', dropout: 0, conditional: false };
  const adam = { type: 'adam', learning_rate: LEARNING_RATE, beta1: 0.5, beta2: 0.999, epsilon: 1e-7 };
  return {
    generator: () => make(components.generator, { ...common, ...spec.generator }, { imageSize, channels: 3 }),
    discriminator: (channels) =>
      make(components.discriminator, { ...common, ...spec.discriminator }, { imageSize, channels }),
    adversarial: make(components.adversarial, { type: spec.adversarial }, undefined),
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

export function patternWeights(network: Trained, name: string, amplitude: number): Weights {
  const weight = ({ name: key, shape }: Trained['weights'][number]) => {
    const mean = key.endsWith('/scale') ? 1 : 0;
    const values = Float32Array.from(noise(`${name}/${key}`, shape), (value) => mean + amplitude * value);
    return tf.tensor(values, [...shape]);
  };
  return Object.fromEntries(network.weights.map((spec) => [spec.name, weight(spec)]));
}

export function patternImages(domain: 'x' | 'y', batch: number, size: number): Tensor4D {
  const shape = [batch, size, size, 3] as const;
  return tf.tensor4d(Float32Array.from(noise(`picture/${domain}`, shape)), [...shape]);
}

/** What some implementation made of a case. */
export interface Results {
  readonly case: Case;
  /** Of each step. */
  readonly losses: readonly Readonly<Record<string, number>>[];
  /** What can be read: `gradients/<network>/<weight>` of the first step, `weights/<network>/<weight>` after the last. */
  readonly names: readonly string[];
  read(name: string): Float32Array;
}

/** What a Python side wrote: see reference.py. */
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
  return { case: spec, losses, names: Object.keys(tensors), read };
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
  const method = methodOf(spec);
  const { optimizer } = partsOf(spec);
  const [x, y] = [patternImages('x', spec.batch, spec.imageSize), patternImages('y', spec.batch, spec.imageSize)];
  let state: TensorTree = perNetwork(method.networks, (network, name) =>
    startOptimizer(optimizer, patternWeights(network, name, spec.amplitude)),
  );

  const values = new Map<string, Float32Array>();
  const record = (kind: string, networks: NetworkWeights) => {
    for (const [network, weights] of Object.entries(networks)) {
      for (const [name, tensor] of Object.entries(weights)) {
        values.set(`${kind}/${network}/${name}`, tensor.dataSync<'float32'>());
      }
    }
  };

  const seed = 'seed' in spec ? spec.seed : 0;
  const first = method.gradients(state, { x, y }, stepInputs(seed, 0, LEARNING_RATE));
  record('gradients', first.gradients);
  tf.dispose([first.gradients, first.losses] as never);

  const losses = Array.from({ length: spec.steps }, (_, step) => {
    const next = trainStep(method, state, { x, y }, stepInputs(seed, step, LEARNING_RATE));
    const numbers = Object.entries(next.losses).map(([name, loss]) => [name, loss.dataSync()[0]!]);
    tf.dispose([state, next.losses] as never);
    state = next.state;
    return Object.fromEntries(numbers) as Record<string, number>;
  });
  record('weights', weightsIn(method, state));
  tf.dispose([state, x, y] as never);
  const read = (name: string) => values.get(name) ?? assert.fail(`no ${name}`);
  return { case: spec, losses, names: [...values.keys()], read };
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
  const { steps } = expected.case;
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
  assert.deepEqual([...results.names].sort(), [...expected.names].sort());
  for (const name of expected.names) {
    const value = expected.read(name);
    const distance = length(results.read(name), value);
    if (name.startsWith('gradients/')) {
      // A gradient whose true value is 0 is nothing but rounding, and has no scale of its own.
      raise('gradients', distance / Math.max(length(value), 1e-6), name);
    } else {
      raise('weights', distance / (LEARNING_RATE * steps * Math.sqrt(value.length)), name);
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
