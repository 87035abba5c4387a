import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { computingOps } from '../../bench/ours/computing-ops.js';
import { builtins } from '../../src/app/builtins.js';
import type { Precision } from '../../src/engine/graph/precision.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { cycleGanMethod } from '../../src/methods/cyclegan.js';
import { make } from '../../src/registry/make.js';
import type { Method } from '../../src/registry/kinds/method.js';
import { GraphTrainer } from '../../src/training/trainer/graph-trainer.js';
import { defaults } from '../models/defaults.js';

before(() => loadTensorFlow());

/**
 * How many ops of the tutorial's CycleGAN step compute something, by network, size and precision: where the work is small, time goes by their
 * number, not by what they compute. Lower a bound when the number has become lower.
 */
const BOUNDS = {
  'unet 256': { float32: 1297, bfloat16: 1480, casts: 223 },
  'resnet9 256': { float32: 1894, bfloat16: 2131, casts: 253 },
  'resnet6 64': { float32: 1469, bfloat16: 1598, casts: 145 },
} as const;

function launchesOf(name: keyof typeof BOUNDS, precision: Precision) {
  const [, kind, blocks, side] = /^([a-z]+)(\d*) (\d+)$/.exec(name)!;
  const components = builtins();
  const site = { imageSize: Number(side), channels: 3 };
  const of = (table: 'generator' | 'discriminator' | 'optimizer', type: string) => ({ ...defaults(components[table].get(type).schema), type }); // prettier-ignore
  const translating = () => make(components.generator, { ...of('generator', kind!), ...(blocks && { blocks: Number(blocks) }) }, site); // prettier-ignore
  const judging = () => make(components.discriminator, of('discriminator', 'patchgan') as never, site);
  const method = cycleGanMethod({
    G: translating(),
    F: translating(),
    D_X: judging(),
    D_Y: judging(),
    adversarial: make(components.adversarial, { type: 'bce' }, undefined),
    lambda: { forward: 10, backward: 10 },
    identity: 0.5,
    optimizer: make(components.optimizer, of('optimizer', 'adam') as never, undefined),
  }) as unknown as Method;
  const shape = [1, site.imageSize, site.imageSize, 3] as const;
  const trainer = new GraphTrainer(method, { mode: 'graph', precision, seed: 1, shape, directions: [] });
  const launching = computingOps(trainer.ops);
  trainer.dispose();
  return launching;
}

for (const [name, bounds] of Object.entries(BOUNDS) as [keyof typeof BOUNDS, (typeof BOUNDS)['unet 256']][]) {
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
