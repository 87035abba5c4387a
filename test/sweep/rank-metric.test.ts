import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Config, Reference } from '../../src/registry/config.js';
import { SPLITS } from '../../src/registry/kinds/dataset.js';
import { builtins } from '../../src/app/builtins.js';
import { make } from '../../src/registry/make.js';
import { metricOf } from '../../src/sweep/rank-metric.js';
import type { JsonObject } from '../../src/support/json.js';
import { optimizedNote } from '../../src/sweep/summary/summary-text.js';
import { put, temporaryFolder } from '../data/rig.js';
import { config } from '../rig.js';

const ALL = ['cycle-error', 'identity-error', 'psnr', 'ssim'];

function experiment(metrics: readonly Reference[], dataset = 'synthetic'): Config {
  const base = config();
  const stages = { evaluate: { type: 'evaluate', needs: [] } };
  return { ...base, dataset: { ...base.dataset, type: dataset }, evaluate: { samples: 1, metrics }, stages };
}

/** What a sweep is ranked by if nothing is said. */
function chosen(configs: readonly [Config, ...Config[]], ...varied: readonly string[]) {
  const found = metricOf({ configs, varied, components: builtins() }, { metric: null, better: null });
  assert.ok(found.ok);
  return found.value;
}

describe('without a choice, trials are ranked', () => {
  test('by the first metric that compares with true translations, where the data set knows them', () => {
    const { name, better, unit } = chosen([experiment(ALL)], 'loss.lambda');
    assert.deepEqual({ name, better, unit }, { name: 'psnr', better: 'higher', unit: 'dB' });
    assert.equal(chosen([experiment(['identity-error', 'ssim', 'psnr'])], 'loss.lambda').name, 'ssim');
  });

  test('by another where one of the data sets does not, though the metrics are asked for', () => {
    assert.equal(chosen([experiment(['psnr', 'cycle-error'], 'folder')], 'seed').name, 'cycle-error');
    assert.equal(chosen([experiment(ALL), experiment(ALL, 'folder')], 'dataset.type').name, 'cycle-error');
  });

  test('rather by one that training does not optimise by what varies', () => {
    assert.equal(
      chosen([experiment(['identity-error', 'cycle-error'], 'folder')], 'loss.identity').name,
      'cycle-error',
    );
    assert.equal(chosen([experiment(['identity-error', 'cycle-error'], 'folder')], 'seed').name, 'identity-error');
  });

  test('by one that all trials measure', () => {
    assert.equal(chosen([experiment(ALL), experiment(['cycle-error', 'ssim'])], 'evaluate.metrics').name, 'ssim');
  });
});

describe('a metric by a name of its own, and one with several values', () => {
  const components = builtins();
  const several = { better: 'higher', unit: '%', parts: ['precision', 'recall'], needs: { targets: true }, start() {} };
  const component = { summary: 'of a test', schema: { properties: {} }, create: () => several };
  components.metric.add('pr', component as never);
  const configs = [experiment(['cycle-error', { type: 'psnr', name: 'mine' }, 'pr'], 'folder')] as const;
  const found = (metric: string | null) =>
    metricOf({ configs, varied: ['loss.lambda'], components }, { metric, better: null });

  test('can be ranked by, each value by its name, in one direction too', () => {
    for (const [name, unit] of [
      ['mine', 'dB'],
      ['BtoA/mine', 'dB'],
      ['pr/recall', '%'],
      ['AtoB/pr/precision', '%'],
    ]) {
      assert.deepEqual(found(name!), { ok: true, value: { name, better: 'higher', unit } });
    }
  });

  test('is not found by another', () => {
    for (const name of ['psnr', 'pr', 'pr/f1', 'mine/recall', 'pr/AtoB']) {
      const ranked = found(name);
      assert.ok(!ranked.ok, name);
      assert.match(ranked.problems[0]!.message, /expected a metric that evaluate measures, found/);
    }
  });

  test('is ranked by its first value, if nothing is said', () => {
    const ranked = found(null);
    assert.equal(ranked.ok && ranked.value.name, 'pr/precision');
  });
});

describe('a metric that what varies is a weight of', () => {
  const asked = (metric: string, ...varied: readonly string[]) => {
    const subject = { configs: [experiment(ALL)], varied, components: builtins() } as const;
    const found = metricOf(subject, { metric, better: null });
    assert.ok(found.ok);
    return optimizedNote(found.value);
  };

  test('is told, with what its rank is worth', () => {
    assert.equal(
      asked('cycle-error', 'loss.lambda', 'seed'),
      'Caution: loss.lambda is a weight of cycle-error in the loss, so raising it improves cycle-error whatever the translations look like; --metric ranks by another.',
    );
    assert.match(asked('AtoB/cycle-error', 'loss.lambda.forward'), /loss\.lambda\.forward is a weight of AtoB\/cycle/);
    assert.match(asked('identity-error', 'loss.lambda', 'loss.identity'), /lambda and loss\.identity are weights of/);
  });

  test('is no other', () => {
    assert.equal(asked('cycle-error', 'loss.identity', 'loss.lambdas', 'train.epochs'), '');
    assert.equal(asked('psnr', 'loss.lambda', 'loss.identity'), '');
  });
});

test('a data set that says it knows the truth has it of each test image, and one that does not say so has none', async (t) => {
  const { dataset } = builtins();
  const path = await temporaryFolder(t);
  await put(path, { 'train/1.jpg': 'a', 'test/1.jpg': 'b' });
  const options: Readonly<Record<string, JsonObject>> = {
    synthetic: { seed: 0, train: 1, test: 1, paired: false },
    pairs: { path, order: 'AB' },
  };
  const checked: string[] = [];
  for (const type of dataset.names()) {
    const { knowsTruth = false } = dataset.get(type);
    if (!knowsTruth) continue;
    const source = make(dataset, { ...options[type], type }, { limit: 3, imageSize: 16 });
    for (const split of SPLITS.filter((name) => name.startsWith('test'))) {
      const images = await source.list(split);
      assert.equal(images.length, 1);
      for (const image of images) assert.ok(image.truth !== undefined, `${type} ${image.name}`);
    }
    checked.push(type);
  }
  assert.deepEqual(checked, ['pairs', 'synthetic']);
});
