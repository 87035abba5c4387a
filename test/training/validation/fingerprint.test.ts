import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { builtins } from '../../../src/app/builtins.js';
import { plan } from '../../../src/pipeline/plan.js';
import type { Config } from '../../../src/registry/config.js';
import { temporary } from '../../export/rig.js';
import { config } from '../../rig.js';

type Changes = { readonly [K in 'train' | 'evaluate' | 'export']?: Partial<Config[K]> };

describe('the fingerprint of a training', () => {
  const never = new AbortController().signal;

  /** The run's name and the fingerprints of its stages. */
  async function planned(dir: string, changes: Changes = {}, components = builtins()) {
    const base = config();
    const stages = Object.fromEntries(
      Object.entries({
        preprocess: [],
        train: ['preprocess'],
        evaluate: ['preprocess', 'train'],
        export: ['train'],
      }).map(([type, needs]) => [type, { type, needs }]),
    );
    const whole = {
      ...base,
      stages,
      dataset: { ...base.dataset, validation_share: 0.1 }, // what decides needs images to decide by
      train: { ...base.train, ...changes.train },
      evaluate: { ...base.evaluate, metrics: ['psnr', 'ssim'], ...changes.evaluate },
      export: { ...base.export, ...changes.export },
    };
    const request = {
      experiment: { config: whole },
      components,
      runsRoot: join(dir, 'runs'),
      cwd: dir,
      from: undefined,
    };
    const found = await plan(request, never);
    assert.ok(found.ok, JSON.stringify(found));
    const of = (name: string) => found.value.stages.find((stage) => stage.name === name)!.fingerprint;
    const { runName } = found.value;
    return { runName, train: of('train'), evaluate: of('evaluate'), exported: of('export') };
  }

  test('does not depend on what is measured on the way, and when, nor on which checkpoints are kept', async (t) => {
    const dir = temporary(t);
    const before = await planned(dir);
    const keep_best = { metric: 'ssim', direction: 'both', better: null } as const;
    const measured = { every: 3, every_steps: 7, validation_images: 9 };
    assert.deepEqual(await planned(dir, { train: { keep_best }, evaluate: measured }), before);
    const metrics = await planned(dir, { evaluate: { metrics: ['psnr'] } });
    assert.deepEqual([metrics.runName, metrics.train], [before.runName, before.train]);
    assert.notEqual(metrics.evaluate, before.evaluate);
  });

  test('does not depend on the defaults of options that are added', async (t) => {
    const dir = temporary(t);
    const defaults = { train: { early_stopping: null, keep_best: null }, evaluate: { checkpoint: 'auto' }, export: { checkpoint: 'auto' } } as const; // prettier-ignore
    assert.deepEqual(await planned(dir, defaults), await planned(dir));
  });

  test('depends on what decides when it stops early', async (t) => {
    const dir = temporary(t);
    const stop = { metric: 'ssim', direction: 'both', better: null, patience: 2, min_delta: 0 } as const;
    const stopping = (evaluate: Changes['evaluate'] = {}, more: object = {}) =>
      planned(dir, { train: { early_stopping: { ...stop, ...more } }, evaluate });
    const before = await stopping();
    assert.notEqual(before.train, (await planned(dir)).train);
    assert.notEqual(before.runName, (await planned(dir)).runName);
    const others = [
      stopping({ every: 3 }),
      stopping({ every_steps: 3 }),
      stopping({ validation_images: 3 }),
      stopping({ metrics: ['psnr', { type: 'ssim', window: 7, sigma: 1.5 }] }),
      stopping({}, { patience: 3 }),
    ];
    for (const other of await Promise.all(others)) {
      assert.notEqual(other.train, before.train);
      assert.notEqual(other.runName, before.runName);
    }
    assert.equal((await stopping({ metrics: ['ssim'] })).train, before.train, 'another metric does not decide');
  });

  test('depends on the plugin of the metric that decides, and on no other', async (t) => {
    const dir = temporary(t);
    const file = join(dir, 'metrics.mjs');
    const stopping = (content: string, metric: string) => {
      writeFileSync(file, content);
      const components = builtins();
      components.metric.add('mine', components.metric.get('psnr'), file);
      const early_stopping = { metric, direction: 'both', better: null, patience: 2, min_delta: 0 } as const;
      return planned(dir, { train: { early_stopping }, evaluate: { metrics: ['ssim', 'mine'] } }, components);
    };
    const before = await stopping('one', 'mine');
    assert.notEqual((await stopping('two', 'mine')).train, before.train);
    assert.equal((await stopping('one', 'mine')).train, before.train);
    assert.equal((await stopping('one', 'ssim')).train, (await stopping('two', 'ssim')).train);
  });

  test('of evaluate and export depends on the chosen checkpoint', async (t) => {
    const dir = temporary(t);
    const before = await planned(dir);
    const chosen = await planned(dir, { evaluate: { checkpoint: 'last' }, export: { checkpoint: 4 } });
    assert.deepEqual([chosen.runName, chosen.train], [before.runName, before.train]);
    assert.notEqual(chosen.evaluate, before.evaluate);
    assert.notEqual(chosen.exported, before.exported);
  });
});
