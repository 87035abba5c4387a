import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtins } from '../../src/app/builtins.js';
import { warmupShare } from '../../src/optimizers/warmup.js';
import { make } from '../../src/registry/make.js';
import type { Typed } from '../../src/registry/config.js';
import { keyedRandom } from '../../src/support/keyed-random.js';
import { runPython } from './python.js';

const [RATE, EPOCHS] = [2e-4, 60];
/** Falls, and stops falling now and then. */
const noise = keyedRandom('losses');
const losses = Array.from({ length: EPOCHS }, (_, epoch) => 1 / (1 + Math.floor(epoch / 12)) + noise.between(0, 0.03));

/** A schedule of ours, and PyTorch's of the same formula. */
interface Case {
  readonly ours: Typed;
  readonly scheduler: string;
  readonly options: object;
  readonly metrics?: readonly number[];
  /** Epochs, of one step each. */
  readonly warmup?: number;
}

const plateau = { type: 'plateau', metric: 'loss/G/total', factor: 0.2, threshold: 0.01, patience: 5 };
const CASES: readonly Case[] = [
  { ours: { type: 'step', every: 7, gamma: 0.3 }, scheduler: 'StepLR', options: { step_size: 7, gamma: 0.3 } },
  { ours: { type: 'cosine', floor: 0 }, scheduler: 'CosineAnnealingLR', options: { T_max: EPOCHS } },
  { ours: { type: 'cosine', floor: 1e-5 }, scheduler: 'CosineAnnealingLR', options: { T_max: EPOCHS, eta_min: 1e-5 } },
  {
    ours: plateau,
    scheduler: 'ReduceLROnPlateau',
    options: { mode: 'min', factor: 0.2, threshold: 0.01, patience: 5 },
    metrics: losses,
  },
  {
    ours: { ...plateau, factor: 0.5, threshold: 0.05, patience: 0 },
    scheduler: 'ReduceLROnPlateau',
    options: { mode: 'min', factor: 0.5, threshold: 0.05, patience: 0, eps: 0 },
    metrics: losses,
  },
  { ours: { type: 'constant' }, scheduler: '', options: {}, warmup: 8 },
  { ours: { type: 'step', every: 7, gamma: 0.3 }, scheduler: 'StepLR', options: { step_size: 7, gamma: 0.3 }, warmup: 9 }, // prettier-ignore
];

test('every schedule has PyTorch’s learning rate in every epoch, also with a warm-up', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'schedules-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const cases = CASES.map((each) => ({ ...each, ours: undefined, rate: RATE, epochs: EPOCHS }));
  writeFileSync(join(dir, 'cases.json'), JSON.stringify(cases));
  const expected = runPython<number[][]>('schedules_torch.py', join(dir, 'cases.json'));
  for (const [i, { ours, metrics = [], warmup = 0 }] of CASES.entries()) {
    const schedule = make(builtins().schedule, ours, { learningRate: RATE, epochs: EPOCHS });
    for (const [epoch, rate] of expected[i]!.entries()) {
      const found = schedule(epoch, metrics.slice(0, epoch)) * warmupShare(epoch, warmup);
      assert.ok(Math.abs(found - rate) <= 1e-12 * RATE + 1e-9 * rate, `${JSON.stringify(ours)}: ${found} instead of ${rate} in epoch ${epoch}`); // prettier-ignore
    }
  }
  assert.ok(new Set(expected[3]).size > 2, 'the losses reduce the learning rate more than once');
});
