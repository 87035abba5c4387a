import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { cycleGanMethod } from '../../src/methods/cyclegan.js';
import { createTrainer } from '../../src/training/trainer/create-trainer.js';
import { modelOf, patternImages, SMALL } from '../methods/numerics.js';

before(() => loadTensorFlow());

const [SIZE, RATE] = [16, 0.01];
const MODES = ['graph', 'eager'] as const;
const model = modelOf(SMALL);
const images = () => ({ x: patternImages('x', 1, SIZE), y: patternImages('y', 1, SIZE) });
const POOLS = { size: 2, image: [SIZE, SIZE, 3] } as const;
const trainerOf = (t: TestContext, mode: 'graph' | 'eager', seed = 1, pool?: typeof POOLS) => {
  const trainer = createTrainer(cycleGanMethod(model, pool), {
    directions: ['AtoB', 'BtoA'],
    mode,
    precision: 'float32',
    seed,
    shape: [1, SIZE, SIZE, 3],
  });
  t.after(() => trainer.dispose());
  return trainer;
};
type Losses = Readonly<Record<string, number>>;

function near(found: Losses, expected: Losses): void {
  assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort());
  for (const [name, loss] of Object.entries(expected)) {
    assert.ok(Math.abs(found[name]! / loss - 1) < 1e-3, `${name} is ${found[name]} instead of ${loss}`);
  }
}
const differs = (a: Losses, b: Losses) =>
  Object.entries(a).some(([name, loss]) => Math.abs(b[name]! / loss - 1) > 0.01);

function temporary(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'trainer-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'variables');
}

for (const mode of MODES) {
  describe(`a trainer with image pools in ${mode} mode`, () => {
    test('continues with the saved pools', (t) => {
      const [trainer, prefix] = [trainerOf(t, mode, 1, POOLS), temporary(t)];
      const batches = Array.from({ length: 8 }, (_, i) => {
        return { x: patternImages('x', 1, SIZE), y: tf.mul<tf.Tensor4D>(patternImages('y', 1, SIZE), 1 / (i + 1)) };
      });
      const step = (i: number) => trainer.step(batches[i]!, i, RATE);
      for (let i = 0; i < 4; i++) step(i);
      trainer.save(prefix);
      const expected = [4, 5, 6, 7].map(step);
      trainer.restore(prefix);
      for (const [i, losses] of expected.entries()) near(step(4 + i), losses);
    });

    test('gives the discriminators other translations than a trainer without pools, once those are full', (t) => {
      const [pooled, plain] = [trainerOf(t, mode, 1, POOLS), trainerOf(t, mode)];
      const losses = (trainer: typeof plain) => [0, 1, 2, 3, 4, 5].map((i) => trainer.step(images(), i, RATE));
      const [with2, without] = [losses(pooled), losses(plain)];
      near(with2[1]!, without[1]!);
      assert.ok(differs(with2.at(-1)!, without.at(-1)!));
    });
  });

  describe(`a trainer in ${mode} mode`, () => {
    test('restores a saved state, and repeats the same steps from there', (t) => {
      const [trainer, prefix, batch] = [trainerOf(t, mode), temporary(t), images()];
      trainer.step(batch, 0, RATE);
      trainer.save(prefix);
      const [second, third] = [trainer.step(batch, 1, RATE), trainer.step(batch, 2, RATE)];
      assert.ok(differs(second, third), 'successive steps differ');
      trainer.restore(prefix);
      near(trainer.step(batch, 1, RATE), second);
      near(trainer.step(batch, 2, RATE), third);
    });

    for (const other of MODES) {
      test(`continues from the checkpoint of a trainer with another seed in ${other} mode, with its optimizers`, (t) => {
        const [saving, trainer, prefix, batch] = [trainerOf(t, other), trainerOf(t, mode, 2), temporary(t), images()];
        saving.step(batch, 0, RATE);
        saving.save(prefix);
        trainer.restore(prefix);
        // The second of these steps starts from weights that the optimizers' moments have moved.
        for (const step of [1, 2]) near(trainer.step(batch, step, RATE), saving.step(batch, step, RATE));
      });
    }

    test('starts again from its seed on each initialize()', (t) => {
      const [trainer, batch] = [trainerOf(t, mode), images()];
      trainer.initialize();
      const first = trainer.step(batch, 0, RATE);
      assert.ok(differs(trainer.step(batch, 0, RATE), first), 'successive steps differ');
      trainer.initialize();
      near(trainer.step(batch, 0, RATE), first);
    });

    test('stays unchanged if there is nothing to restore', (t) => {
      const [trainer, same, batch] = [trainerOf(t, mode), trainerOf(t, mode), images()];
      for (const one of [trainer, same]) one.step(batch, 0, RATE);
      assert.throws(() => trainer.restore(temporary(t)));
      near(trainer.step(batch, 1, RATE), same.step(batch, 1, RATE));
    });

    test('leaves no tensor behind after steps, checkpoints and disposal', (t) => {
      const [prefix, batch] = [temporary(t), images()];
      const empty = tf.memory().numTensors;
      const trainer = trainerOf(t, mode);
      trainer.step(batch, 0, RATE);
      const inUse = tf.memory().numTensors;
      trainer.step(batch, 1, RATE);
      assert.equal(tf.memory().numTensors, inUse, 'a step');
      trainer.save(prefix);
      trainer.restore(prefix);
      assert.equal(tf.memory().numTensors, inUse, 'a checkpoint');
      trainer.finite();
      assert.equal(tf.memory().numTensors, inUse, 'a check of the numbers');
      trainer.dispose();
      assert.equal(tf.memory().numTensors, empty, 'after disposal');
    });
  });
}
