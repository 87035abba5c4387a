import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { parseCases } from '../../bench/cases.js';
import { computingOps } from '../../bench/ours/computing-ops.js';
import { buildModel, CHANNELS } from '../../bench/ours/model.js';
import type { Precision } from '../../src/engine/graph/precision.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { cycleGanMethod } from '../../src/methods/cyclegan.js';
import { GraphTrainer } from '../../src/training/trainer/graph-trainer.js';

before(async () => {
  await loadTensorFlow();
  // Which convolutions take another form depends on the processor: none does without oneDNN.
  process.env['TF_ENABLE_ONEDNN_OPTS'] = '0';
});

/**
 * How many ops of the tutorial's CycleGAN step compute something, by network, size and precision: where the work is small, time goes by their
 * number, not by what they compute. Lower a bound when the number has become lower.
 */
const BOUNDS = {
  'unet@256': { float32: 1297, bfloat16: 1480, casts: 223 },
  'resnet9@256': { float32: 1894, bfloat16: 2131, casts: 253 },
  'resnet6@64': { float32: 1469, bfloat16: 1598, casts: 145 },
} as const;

function launchesOf(name: string, precision: Precision) {
  const [benchCase] = parseCases(name);
  const { size } = benchCase!;
  const method = cycleGanMethod(buildModel(benchCase!));
  const shape = [1, size, size, CHANNELS] as const;
  const trainer = new GraphTrainer(method, { mode: 'graph', precision, seed: 1, shape, directions: [] });
  const launching = computingOps(trainer.ops);
  trainer.dispose();
  return launching;
}

for (const [name, bounds] of Object.entries(BOUNDS) as [keyof typeof BOUNDS, (typeof BOUNDS)['unet@256']][]) {
  describe(`a step with ${name}`, () => {
    for (const precision of ['float32', 'bfloat16'] as const) {
      test(`computes at most ${bounds[precision]} ops in ${precision}`, () => {
        const ops = launchesOf(name, precision);
        const all = [...ops.values()].reduce((sum, count) => sum + count, 0);
        const listed = [...ops].map(([op, count]) => `${op} ${count}`).join(', ');
        assert.ok(all <= bounds[precision], `${all} ops: ${listed}`);
        const casts = precision === 'float32' ? 40 : bounds.casts;
        assert.ok((ops.get('Cast') ?? 0) <= casts, `${ops.get('Cast')} casts: ${listed}`);
      });
    }
  });
}
