import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Config } from '../../src/registry/config.js';
import { countedConfig } from '../../src/pipeline/counted-config.js';
import { builtins } from '../../src/app/builtins.js';
import type { MetricComponent } from '../../src/registry/kinds/metric.js';
import type { Device } from '../../src/support/device.js';
import type { Json } from '../../src/support/json.js';
import { config } from '../rig.js';

const counted = (changes: Partial<Config>, components = builtins()) => countedConfig(config(changes), components);

describe('an option that older runs do not have', () => {
  test('is ignored at its default, and so is a section with no other option', () => {
    const { method, dataset } = counted({ dataset: { ...config().dataset, paired: false } });
    assert.equal(method, undefined);
    assert.ok(!('paired' in (dataset as object)));
  });

  test('never counts where it changes no result, such as the device', () => {
    const on = (device?: Device) =>
      counted({ engine: { ...config().engine, ...(device !== undefined && { device }) } });
    for (const device of ['auto', 'cpu', 1] as const) assert.deepEqual(on(device), on());
  });

  test('counts with any other value', () => {
    assert.deepEqual(counted({ method: { type: 'cyclegan', pool: 50 } })['method'], { pool: 50 });
    assert.deepEqual(counted({ method: { type: 'pix2pix', direction: 'AtoB' } })['method'], {
      type: 'pix2pix',
      direction: 'AtoB',
    });
    const { dataset } = counted({ dataset: { ...config().dataset, paired: true } });
    assert.equal((dataset as { paired?: boolean }).paired, true);
  });

  test('is handled in the same way in a component that another option names', () => {
    const components = builtins();
    const option = (value: Json, more = {}) => ({ description: 'x', type: 'integer', default: value, ...more });
    const properties = { old: option(1), young: option(0, { 'x-neutral': true }) };
    const metric: MetricComponent = { summary: 'x', schema: { properties }, create: () => assert.fail() };
    components.metric.add('mine', metric);
    const metrics = (young: number) => {
      const evaluate = { samples: 1, metrics: [{ type: 'mine', old: 2, young }] };
      return (counted({ evaluate }, components)['evaluate'] as { readonly metrics: Json }).metrics;
    };
    assert.deepEqual(metrics(0), [{ type: 'mine', old: 2 }]);
    assert.deepEqual(metrics(3), [{ type: 'mine', old: 2, young: 3 }]);
  });
});
