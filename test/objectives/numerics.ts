import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { startOptimizer } from '../../src/objectives/adam.js';
import { gradients, trainStep } from '../../src/objectives/cyclegan.js';
import type { CycleGan, Losses, NetworkName, TrainState } from '../../src/objectives/cyclegan.js';
import { builtins } from '../../src/registry/builtins.js';
import type { Network, Weights } from '../../src/registry/kinds/network.js';
import { make } from '../../src/registry/make.js';
import type { Typed } from '../../src/config/config.js';

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

/** What a Python side wrote: see cyclegan_tensorflow.py. */
export interface Reference {
  readonly case: Case;
  readonly losses: readonly Readonly<Record<string, number>>[];
  read(name: string): Float32Array;
}

export function readReference(dir: string): Reference {
  const {
    case: spec,
    losses,
    tensors,
  } = JSON.parse(readFileSync(join(dir, 'reference.json'), 'utf8')) as Reference & {
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

/** How far the two sides are apart at most. */
export interface Differences {
  /** |a - b| / |b| of a loss, at any step. */
  losses: number;
  /** |a - b| / the largest |b| of the same tensor, over all elements of all gradients of the first step. */
  gradients: number;
  /** The same by length: ||a - b|| / ||b|| of a tensor. */
  gradientNorms: number;
  /** |a - b| of a weight after all steps, in units of what a weight can move: learning rate times steps. */
  weights: number;
  /** ||a - b|| of a tensor of weights, in units of ||how far it moved||. */
  weightNorms: number;
}

/** Runs the case's steps here, and compares with the reference. */
export function compareWith(reference: Reference): Differences {
  const { case: spec } = reference;
  const model = modelOf(spec);
  const batch = {
    x: patternPictures('x', spec.batch, spec.imageSize),
    y: patternPictures('y', spec.batch, spec.imageSize),
  };
  const start = (name: NetworkName) =>
    startOptimizer(model.optimizer, patternWeights(model[name], name, spec.amplitude));
  let state: TrainState = { G: start('G'), F: start('F'), D_X: start('D_X'), D_Y: start('D_Y') };
  const most: Differences = { losses: 0, gradients: 0, gradientNorms: 0, weights: 0, weightNorms: 0 };

  const first = gradients(model, weightsOf(state), batch);
  for (const network of NETWORKS) {
    for (const [name, gradient] of Object.entries(first.gradients[network])) {
      const expected = reference.read(`gradients/${network}/${name}`);
      const difference = distance(gradient.dataSync<'float32'>(), expected);
      const scale = distance(new Float32Array(expected.length), expected);
      // A gradient that is nothing but rounding (its true value is 0) has no scale of its own.
      raise(most, 'gradients', difference.largest / Math.max(scale.largest, 1e-6), `${network}/${name}`);
      raise(most, 'gradientNorms', difference.norm / Math.max(scale.norm, 1e-6), `${network}/${name}`);
    }
  }
  tf.dispose([first.gradients, first.losses] as never);

  for (const [step, expected] of reference.losses.entries()) {
    const next = trainStep(model, state, batch, step, 0, LEARNING_RATE);
    compareLosses(most, next.losses, expected);
    tf.dispose([state, next.losses] as never);
    state = next.state;
  }

  for (const network of NETWORKS) {
    const initial = patternWeights(model[network], network, spec.amplitude);
    for (const [name, weight] of Object.entries(state[network].weights)) {
      const expected = reference.read(`weights/${network}/${name}`);
      const difference = distance(weight.dataSync<'float32'>(), expected);
      const movement = distance(initial[name]!.dataSync<'float32'>(), expected);
      raise(most, 'weights', difference.largest / (LEARNING_RATE * spec.steps), `${network}/${name}`);
      if (movement.norm > 0) raise(most, 'weightNorms', difference.norm / movement.norm, `${network}/${name}`);
    }
    tf.dispose(initial as never);
  }
  tf.dispose([state, batch] as never);
  return most;
}

function compareLosses(most: Differences, losses: Losses, expected: Readonly<Record<string, number>>): void {
  assert.deepEqual(Object.keys(losses).sort(), Object.keys(expected).sort());
  for (const [name, loss] of Object.entries(losses)) {
    raise(most, 'losses', Math.abs(loss.dataSync()[0]! / expected[name]! - 1), name);
  }
}

function raise(most: Differences, what: keyof Differences, value: number, where: string): void {
  assert.ok(Number.isFinite(value), `${what} of ${where} differ by ${value}`);
  if (process.env['DEBUG_NUMERICS'] && value > most[what]) process.stdout.write(`${what} ${where} ${value}\n`);
  most[what] = Math.max(most[what], value);
}

export function distance(a: ArrayLike<number>, b: ArrayLike<number>): { largest: number; norm: number } {
  assert.equal(a.length, b.length);
  let [largest, squares] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = difference;
    squares += difference ** 2;
  }
  return { largest, norm: Math.sqrt(squares) };
}

function weightsOf(state: TrainState): Record<NetworkName, Weights> {
  const { G, F, D_X, D_Y } = state;
  return { G: G.weights, F: F.weights, D_X: D_X.weights, D_Y: D_Y.weights };
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

export const size = (tensors: Readonly<Record<string, Tensor>>) =>
  Object.values(tensors).reduce((sum, t) => sum + t.size, 0);
