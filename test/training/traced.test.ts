import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { compile } from '../../src/engine/graph/compile.js';
import type { Precision } from '../../src/engine/graph/precision.js';
import { leavesOf, isTensor } from '../../src/engine/graph/tensor-trees.js';
import { readVariables } from '../../src/engine/graph/variables-file.js';
import { randomKey } from '../../src/engine/random-tensors.js';
import { cycleGanMethod, gradients, type CycleGan } from '../../src/methods/cyclegan.js';
import { createTrainer } from '../../src/training/trainer/create-trainer.js';
import type { Trainer } from '../../src/training/trainer.js';
import { builtins } from '../../src/app/builtins.js';
import { make } from '../../src/registry/make.js';
import { loadForBfloat16 } from '../engine/graph/rig.js';
import { defaults } from '../models/defaults.js';
import { DISCRIMINATOR_VARIANTS, GENERATOR_VARIANTS } from '../models/variants.js';
import { initialState, patternImages, weightsOf } from '../methods/numerics.js';

before(() => loadForBfloat16());

/**
 * The contract of `engine.mode: graph`: with any generator, discriminator and adversarial loss, the traced step does what the same code
 * does eagerly. The same arithmetic in another order (fused norms and updates, sums of gradients), or in bfloat16 with its 8 bits, rounds
 * differently. Bounds of the difference of two results, relative to their size:
 */
const BOUNDS = {
  float32: { outputs: 1e-5, firstLosses: 2e-6, losses: 5e-4, gradients: 2e-5, moved: 0.3 },
  bfloat16: { outputs: 0.15, firstLosses: 0.02, losses: 0.1, moved: 0.95 },
} as const;
/**
 * A network's gradient in bfloat16, all weights as one vector: the cosine of its angle to the exact one, and the ratio of their lengths.
 * Where a processor also adds products in bfloat16, a convolution differs by up to 3% of its size (see precision.test.ts). A gradient
 * passes through about 50 of them, forward and backward through both generators and a discriminator; independent errors add up to sqrt(50)
 * * 3% = 0.2 of its length. Twice that is a cosine of 0.93 and a length of 1.08. AVX2 alone gives up to 0.968 and 1.065, AVX-512 BF16 0.98
 * and 1.03.
 */
const BFLOAT16_GRADIENT = { cosine: 0.93, length: 0.08 };
/**
 * The same of a discriminator with a gradient penalty: a gradient of a gradient passes through twice as many convolutions. Its norm is not
 * near the target, or what is left of their difference would be rounding.
 */
const BFLOAT16_PENALIZED = { cosine: 0.7, length: 0.3, losses: 0.25 };
const [SIZE, STEPS, SEED, RATE] = [32, 3, 5, 2e-4];

/** Small networks; the U-Net goes down to 1x1, as the full one does. */
const SMALL: Readonly<Record<string, object>> = {
  unet: { width: 4, depth: 5 },
  resnet: { width: 4, blocks: 2 },
  patchgan: { width: 4 },
  pixelgan: { width: 4 },
};

const VARIANTS = { ...GENERATOR_VARIANTS, ...DISCRIMINATOR_VARIANTS };
const components = builtins();
const each = (kind: 'generator' | 'discriminator' | 'adversarial' | 'penalty') =>
  [...components[kind]].map(([name]) => name);

/** Names of components, or of variants of networks. */
type Names = readonly [generator: string, discriminator: string, adversarial: string, penalty?: string];

function modelOf([generator, discriminator, adversarial, penalty]: Names): CycleGan {
  const site = { imageSize: SIZE, channels: 3 };
  const options = (kind: 'generator' | 'discriminator', name: string) => {
    const chosen = VARIANTS[name] ?? { type: name };
    return { ...defaults(components[kind].get(chosen.type).schema), ...SMALL[chosen.type], ...chosen } as never;
  };
  const translating = () => make(components.generator, options('generator', generator), site);
  const judging = () => make(components.discriminator, options('discriminator', discriminator), site);
  return {
    G: translating(),
    F: translating(),
    D_X: judging(),
    D_Y: judging(),
    adversarial: make(components.adversarial, { type: adversarial }, undefined),
    penalty: penalty === undefined ? undefined : penaltyOf(penalty),
    lambda: { forward: 10, backward: 8 },
    identity: 0.5,
    optimizer: make(components.optimizer, { ...defaults(components.optimizer.get('adam').schema), type: 'adam' }, undefined), // prettier-ignore
  };
}

const penaltyOf = (type: string) => {
  const far = 'target' in components.penalty.get(type).schema.properties && { target: 0 };
  return make(components.penalty, { type, ...far }, undefined);
};

const cases: Names[] = [
  ...each('generator').map((name): Names => [name, 'patchgan', 'bce']),
  ...each('discriminator').map((name): Names => ['resnet', name, 'bce']),
  ...each('adversarial').map((name): Names => ['unet', 'patchgan', name]),
  ...each('penalty').map((name): Names => ['unet', 'patchgan', 'wasserstein', name]),
];
for (const names of new Map(cases.map((names) => [names.join(' and '), names])).values()) {
  describe(`the traced step with ${names.join(' and ')}`, () => {
    for (const precision of hasSteadySteps(names) ? (['float32', 'bfloat16'] as const) : (['float32'] as const)) {
      for (const batch of [1, 2]) {
        test(`equals three eager steps in ${precision} with a batch of ${batch}`, () =>
          sameTraining(modelOf(names), precision, batch));
      }
    }
    hasTheEagerGradients(names);
  });
}

/**
 * Whether three steps are comparable in bfloat16. Scores near nought as losses (hinge, wasserstein), and discriminators whose gradients are small
 * (pixelgan), are rounded by more than they are large on a processor that also adds products in bfloat16.
 */
function hasSteadySteps([, discriminator, adversarial]: Names): boolean {
  return discriminator === 'patchgan' && ['bce', 'least-squares'].includes(adversarial);
}

const variants: Names[] = [
  ...Object.keys(GENERATOR_VARIANTS).map((name): Names => [name, 'patchgan', 'bce']),
  ...Object.keys(DISCRIMINATOR_VARIANTS).map((name): Names => ['resnet', name, 'bce']),
];
for (const names of variants) {
  describe(`the traced step with ${names.join(' and ')}`, () => hasTheEagerGradients(names));
}

function hasTheEagerGradients(names: Names): void {
  for (const precision of ['float32', 'bfloat16'] as const) {
    test(`has the eager gradients of every weight in ${precision}`, () =>
      sameGradients(modelOf(names), precision, steadyIn(names)));
  }
}

/**
 * The networks whose gradients keep their direction in bfloat16. A discriminator with small gradients leaves a generator's to the cycle and
 * identity losses: means of absolute values, whose gradients are signs, which rounding turns where two images are nearly equal.
 */
const steadyIn = ([, discriminator]: Names): readonly string[] =>
  discriminator === 'patchgan' ? ['G', 'F', 'D_X', 'D_Y'] : ['D_X', 'D_Y'];

function sameTraining(model: CycleGan, precision: Precision, batch: number): void {
  const bounds = BOUNDS[precision];
  const shape = [batch, SIZE, SIZE, 3] as const;
  const images = { x: patternImages('x', batch, SIZE), y: patternImages('y', batch, SIZE) };
  const trainer = (mode: 'graph' | 'eager') =>
    createTrainer(cycleGanMethod(model), { directions: ['AtoB', 'BtoA'], mode, precision, seed: SEED, shape });
  const [graph, eager] = [trainer('graph'), trainer('eager')];
  try {
    for (const direction of ['AtoB', 'BtoA'] as const) {
      const image = tf.slice4d(images.x, [0, 0, 0, 0], [1, SIZE, SIZE, 3]);
      const [found, expected] = [graph.sample(direction, image), eager.sample(direction, image)];
      for (const [name, tensor] of Object.entries(expected)) {
        near(found[name]!, tensor, bounds.outputs, `${direction} ${name}`);
      }
    }
    for (let step = 0; step < STEPS; step++) {
      const [found, expected] = [graph.step(images, step, RATE), eager.step(images, step, RATE)];
      assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort());
      for (const [name, loss] of Object.entries(expected)) {
        // A critic's losses pass through nought, where they have no size to compare with.
        const difference = Math.abs(found[name]! - loss) / Math.max(Math.abs(loss), 0.1);
        // A penalty is a gradient's, which rounds more than a score.
        const isPenalized = model.penalty !== undefined && name.startsWith('D_');
        const usual = step === 0 && !isPenalized ? bounds.firstLosses : bounds.losses;
        const bound = precision === 'bfloat16' && isPenalized ? BFLOAT16_PENALIZED.losses : usual;
        assert.ok(
          difference <= bound,
          `${name} at step ${step} is ${found[name]} instead of ${loss}: they differ by ${difference}`,
        );
      }
    }
    // Adam follows the sign of the smallest gradients, which rounding decides, so the unit is the longest path that it can have moved.
    const [found, expected] = [stateOf(graph, model), stateOf(eager, model)];
    for (const [name, tensor] of expected) {
      if (!name.includes('/weights/')) continue;
      const farthest = RATE * STEPS * Math.sqrt(tensor.size);
      const difference = tf.norm(tf.sub(found.get(name)!, tensor)).dataSync()[0]! / farthest;
      assert.ok(difference <= bounds.moved, `${name} differs by ${difference.toFixed(3)} of the longest path`);
    }
  } finally {
    graph.dispose();
    eager.dispose();
  }
}

function sameGradients(model: CycleGan, precision: Precision, judged: readonly string[]): void {
  const batch = { x: patternImages('x', 1, SIZE), y: patternImages('y', 1, SIZE) };
  const of = (state: ReturnType<typeof initialState>, images: typeof batch) => {
    return gradients(model, weightsOf(state), images, { key: randomKey(SEED, 0) }).gradients;
  };
  const program = compile(
    {
      gradients: (state: ReturnType<typeof initialState>, images: typeof batch) => ({ outputs: of(state, images) }),
    },
    { variables: () => initialState(model, SEED), precision },
  );
  const found = leavesOf(program.functions.gradients(batch), isTensor);
  const expected = leavesOf(of(initialState(model, SEED), batch), isTensor);
  if (precision === 'bfloat16') {
    for (const network of judged) {
      const isPenalized = model.penalty !== undefined && network.startsWith('D_');
      sameDirection(found, expected, network, isPenalized ? BFLOAT16_PENALIZED : BFLOAT16_GRADIENT);
    }
  } else for (const [name, gradient] of expected) near(found.get(name)!, gradient, BOUNDS.float32.gradients, name);
  program.dispose();
}

function sameDirection(
  found: ReadonlyMap<string, Tensor>,
  expected: ReadonlyMap<string, Tensor>,
  network: string,
  bounds: typeof BFLOAT16_GRADIENT,
): void {
  const names = [...expected.keys()].filter((name) => name.startsWith(`${network}/`));
  const whole = (of: ReadonlyMap<string, Tensor>) => tf.concat(names.map((name) => tf.reshape(of.get(name)!, [-1])));
  const [a, b] = [whole(found), whole(expected)];
  const [dot, lengthA, lengthB] = [tf.sum(tf.mul(a, b)), tf.norm(a), tf.norm(b)].map((t) => t.dataSync()[0]!);
  const cosine = dot! / (lengthA! * lengthB!);
  assert.ok(cosine >= bounds.cosine, `the gradient of ${network} has another direction: cosine ${cosine}`);
  const ratio = lengthA! / lengthB!;
  assert.ok(Math.abs(ratio - 1) <= bounds.length, `the gradient of ${network} is ${ratio} times as long`);
}

/** All tensors of a trainer by name, read from its checkpoint. */
function stateOf(trainer: Trainer, model: CycleGan): ReadonlyMap<string, Tensor> {
  const dir = mkdtempSync(join(tmpdir(), 'state-'));
  try {
    trainer.save(join(dir, 'variables'));
    return leavesOf(
      readVariables(join(dir, 'variables'), () => initialState(model, SEED)),
      isTensor,
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function near(found: Tensor, expected: Tensor, tolerance: number, name: string): void {
  assert.deepEqual(found.shape, expected.shape, name);
  const [difference, size] = [tf.norm(tf.sub(found, expected)), tf.norm(expected)].map((t) => t.dataSync()[0]!);
  // A gradient that is zero except for rounding (before a norm over one pixel) has no size to compare with.
  assert.ok(difference! <= tolerance * size! + 1e-6, `${name}: ${difference! / size!} of its size differ`);
}
