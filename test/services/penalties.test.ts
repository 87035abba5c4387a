import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { builtins } from '../../src/app/builtins.js';
import { compile } from '../../src/engine/graph/compile.js';
import { gradientsOf } from '../../src/engine/gradients.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { randomKey } from '../../src/engine/random-tensors.js';
import { make } from '../../src/registry/make.js';
import type { Network, Weights } from '../../src/registry/kinds/network.js';
import type { GradientPenalty } from '../../src/registry/kinds/objective.js';
import { patternImages, patternWeights } from '../methods/numerics.js';
import { runPython } from './python.js';

before(() => loadTensorFlow());

const [SIZE, BATCH] = [32, 2];
const AMPLITUDE = 0.2;
const PATCHGAN = { width: 4, layers: 3, slope: 0.3 };
const components = builtins();
const D = make(
  components.discriminator,
  { type: 'patchgan', norm: 'instance', ...PATCHGAN },
  { imageSize: SIZE, channels: 3 },
);

interface Reference {
  readonly penalty: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

for (const [name, kind] of [
  ['wgan-gp', 'norm'],
  ['dragan', 'norm'],
  ['r1', 'square'],
] as const) {
  for (const mode of ['eager', 'graph'] as const) {
    test(`${name} and its gradient by each weight are PyTorch’s at the same images, in ${mode} mode`, (t) => {
      const penalty = make(components.penalty, name, undefined);
      const expected = referenceOf(t, kind, seenBy(penalty));
      const found = mode === 'eager' ? computed(penalty, weights()) : traced(penalty);
      assert.ok(Math.abs(found.loss.dataSync()[0]! - expected.penalty) <= 1e-5 * expected.penalty);
      assert.deepEqual(Object.keys(found.gradients).sort(), Object.keys(weights()).sort());
      for (const [weight, gradient] of Object.entries(found.gradients)) {
        const other = tf.tensor(expected.gradients[weight] as number[], gradient.shape);
        const [difference, size] = [tf.norm(tf.sub(gradient, other)), tf.norm(other)].map((x) => x.dataSync()[0]!);
        assert.ok(difference! <= 1e-4 * size!, `${weight} differs by ${difference! / size!} of its size`);
      }
    });
  }
}

const ALL = () => patternWeights(D, 'D', AMPLITUDE);

/** Those on which the penalty depends: not on what the last layers add. */
function weights(): Weights {
  const { 'logits/bias': bias, 'wide/norm/offset': offset, ...others } = ALL();
  assert.ok(bias && offset);
  return others;
}

const images = () => ({ real: patternImages('x', BATCH, SIZE), fake: patternImages('y', BATCH, SIZE) });

function computed(penalty: GradientPenalty, own: Weights, network: Network = D) {
  const loss = () => penalty.of((x) => network.apply({ ...ALL(), ...own }, x), images(), randomKey(3, 4));
  const { loss: value, gradients } = gradientsOf({ D: own }, () => ({ loss: loss(), extra: {} }));
  return { loss: value, gradients: gradients.D };
}

function traced(penalty: GradientPenalty) {
  const program = compile(
    { gradients: (own: Weights) => ({ outputs: computed(penalty, own) }) },
    { variables: weights },
  );
  return program.functions.gradients();
}

/** The images at which a penalty takes the gradient: PyTorch cannot draw the same numbers. */
function seenBy(penalty: GradientPenalty): Tensor4D {
  let seen: Tensor4D | undefined;
  penalty.of((x) => D.apply(ALL(), (seen = tf.keep(tf.clone(x)))), images(), randomKey(3, 4));
  return seen!;
}

function referenceOf(t: TestContext, kind: 'norm' | 'square', at: Tensor4D): Reference {
  const dir = mkdtempSync(join(tmpdir(), 'penalty-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const spec = { kind, target: 1, ...PATCHGAN, amplitude: AMPLITUDE, shape: at.shape, images: [...at.dataSync()] };
  writeFileSync(join(dir, 'case.json'), JSON.stringify(spec));
  return runPython<Reference>('penalty_torch.py', join(dir, 'case.json'));
}
