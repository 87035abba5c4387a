import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { nativeBackend } from '../../src/engine/backend.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { createTrainer } from '../../src/training/trainer/create-trainer.js';
import { patternImages } from '../methods/numerics.js';
import { methodOf, SIZE } from '../training/small-method.js';
import { runPython } from './python.js';

before(() => loadTensorFlow());

const [SEED, RATE, BATCH] = [5, 2e-4, 4];
const images = () => ({ x: patternImages('x', BATCH, SIZE), y: patternImages('y', BATCH, SIZE) });
const trainerOn = (replicas: readonly (string | undefined)[]) =>
  createTrainer(methodOf('unet', 3), {
    directions: ['AtoB', 'BtoA'],
    mode: 'graph',
    precision: 'float32',
    seed: SEED,
    shape: [BATCH, SIZE, SIZE, 3],
    replicas,
  });

/** TensorFlow.js cannot divide the processor into devices; Python's session runs the same graph on two of them. */
test('replicas on two devices have the losses of one device', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'replicas-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const keep = t.mock.method(nativeBackend(), 'loadSavedModelMetaGraph', (from: string) => {
    cpSync(from, join(dir, 'model'), { recursive: true });
    throw new Error('kept');
  });
  assert.throws(() => trainerOn(['/device:CPU:0', '/device:CPU:1']).step(images(), 0, RATE), /kept/);
  keep.mock.restore();
  for (const [name, tensor] of Object.entries(images())) {
    writeFileSync(join(dir, `${name}.f32`), new Uint8Array(tensor.dataSync().buffer));
  }
  const found = runPython<{ losses: number[][]; devices: string[] }>('run_replicas.py', dir, String(SEED), String(RATE), JSON.stringify([BATCH, SIZE, SIZE, 3])); // prettier-ignore
  assert.deepEqual(found.devices, ['/device:CPU:0', '/device:CPU:1']);

  const one = trainerOn([]);
  for (const [step, losses] of found.losses.entries()) {
    const expected = Object.values(one.step(images(), step, RATE));
    assert.equal(losses.length, expected.length);
    for (const [i, loss] of expected.entries()) {
      const difference = Math.abs(losses[i]! - loss) / Math.abs(loss);
      assert.ok(difference <= (step === 0 ? 1e-5 : 1e-3), `loss ${i} of step ${step} differs by ${difference}`);
    }
  }
});
