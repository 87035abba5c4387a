import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Config, Reference } from '../../src/registry/config.js';
import { REQUIRED_SPLITS } from '../../src/registry/kinds/dataset.js';
import { builtins } from '../../src/app/builtins.js';
import { make } from '../../src/registry/make.js';
import { decidedHalving, metricOf } from '../../src/sweep/rank-metric.js';
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

/** The default ranking metric of a sweep. */
function chosen(configs: readonly [Config, ...Config[]], ...varied: readonly string[]) {
  const found = metricOf({ configs, varied, components: builtins() }, { metric: null, better: null });
  assert.ok(found.ok);
  return found.value;
}

describe('trials are ranked by default', () => {
  test('by the first metric that needs true translations, if the data set has them', () => {
    const { name, better, unit } = chosen([experiment(ALL)], 'loss.lambda');
    assert.deepEqual({ name, better, unit }, { name: 'psnr', better: 'higher', unit: 'dB' });
    assert.equal(chosen([experiment(['identity-error', 'ssim', 'psnr'])], 'loss.lambda').name, 'ssim');
  });

  test('by another metric if one of the data sets does not have them', () => {
    assert.equal(chosen([experiment(['psnr', 'cycle-error'], 'folder')], 'seed').name, 'cycle-error');
    assert.equal(chosen([experiment(ALL), experiment(ALL, 'folder')], 'dataset.type').name, 'cycle-error');
  });

  test('by a metric whose loss weights do not vary, if there is one', () => {
    assert.equal(
      chosen([experiment(['identity-error', 'cycle-error'], 'folder')], 'loss.identity').name,
      'cycle-error',
    );
    assert.equal(chosen([experiment(['identity-error', 'cycle-error'], 'folder')], 'seed').name, 'identity-error');
  });

  test('never by a metric that only finds faults, which is refused where it is named', () => {
    assert.equal(chosen([experiment(['inversion', 'diversity', 'cycle-error'], 'folder')], 'seed').name, 'cycle-error');
    assert.equal(chosen([experiment(['inversion'], 'folder')], 'seed').name, 'loss');
    const subject = { configs: [experiment(['inversion', 'psnr'])], varied: [], components: builtins() } as const;
    const named = metricOf(subject, { metric: 'AtoB/inversion', better: null });
    assert.equal(!named.ok && named.problems[0]?.code, 'diagnostic-metric');
    assert.ok(metricOf(subject, { metric: 'inversion', better: 'higher' }).ok, 'the config says what is better');
    const halving = { metric: 'validate/inversion', epochs: 1, factor: 3, better: null } as const;
    const halved = decidedHalving(subject, halving);
    assert.equal(!halved.ok && halved.problems[0]?.code, 'diagnostic-metric');
  });

  test('by a metric that all trials measure', () => {
    assert.equal(chosen([experiment(ALL), experiment(['cycle-error', 'ssim'])], 'evaluate.metrics').name, 'ssim');
  });
});

describe('a renamed metric, or one with several values', () => {
  const components = builtins();
  const several = { better: 'higher', unit: '%', parts: ['precision', 'recall'], needs: { targets: true }, start() {} };
  const component = { summary: 'of a test', schema: { properties: {} }, create: () => several };
  components.metric.add('pr', component as never);
  const configs = [experiment(['cycle-error', { type: 'psnr', name: 'mine' }, 'pr'], 'folder')] as const;
  const found = (metric: string | null) =>
    metricOf({ configs, varied: ['loss.lambda'], components }, { metric, better: null });

  test('can rank trials by the name of each value, also in one direction', () => {
    for (const [name, unit] of [
      ['mine', 'dB'],
      ['BtoA/mine', 'dB'],
      ['pr/recall', '%'],
      ['AtoB/pr/precision', '%'],
    ]) {
      assert.deepEqual(found(name!), { ok: true, value: { name, better: 'higher', unit } });
    }
  });

  test('is not found under another name', () => {
    for (const name of ['psnr', 'pr', 'pr/f1', 'mine/recall', 'pr/AtoB', 'again/AtoB/mine']) {
      const ranked = found(name);
      assert.ok(!ranked.ok, name);
      assert.match(ranked.problems[0]!.message, /expected a metric that evaluate measures, found/);
    }
  });

  test('ranks trials by its name without a direction, also where it is measured in one only', () => {
    const rate = { type: 'class-rate', name: 'rate', class: 1, extractor: { type: 'efficientnet-lite0' } };
    const rated = { configs: [experiment([rate, 'psnr'])], varied: [], components } as const;
    for (const metric of ['rate', 'validate/rate', 'AtoB/rate']) {
      const ranked = metricOf(rated, { metric, better: null });
      assert.equal(ranked.ok && ranked.value.name, metric);
    }
  });

  test('ranks trials by its first value by default', () => {
    const ranked = found(null);
    assert.equal(ranked.ok && ranked.value.name, 'pr/precision');
  });
});

describe('a metric whose loss weight varies', () => {
  const asked = (metric: string, ...varied: readonly string[]) => {
    const subject = { configs: [experiment(ALL)], varied, components: builtins() } as const;
    const found = metricOf(subject, { metric, better: null });
    assert.ok(found.ok);
    return optimizedNote(found.value);
  };

  test('is noted, with a caution on the ranking', () => {
    assert.equal(
      asked('cycle-error', 'loss.lambda', 'seed'),
      'Caution: loss.lambda is a weight of cycle-error in the loss, so raising it improves cycle-error regardless of translation quality; choose another with --metric.',
    );
    assert.match(asked('AtoB/cycle-error', 'loss.lambda.forward'), /loss\.lambda\.forward is a weight of AtoB\/cycle/);
    assert.match(asked('identity-error', 'loss.lambda', 'loss.identity'), /lambda and loss\.identity are weights of/);
  });

  test('excludes all others', () => {
    assert.equal(asked('cycle-error', 'loss.identity', 'loss.lambdas', 'train.epochs'), '');
    assert.equal(asked('psnr', 'loss.lambda', 'loss.identity'), '');
  });
});

test('a data set has true translations of all test images if it declares them, and of none otherwise', async (t) => {
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
    for (const split of REQUIRED_SPLITS.filter((name) => name.startsWith('test'))) {
      const images = await source.list(split);
      assert.equal(images.length, 1);
      for (const image of images) assert.ok(image.truth !== undefined, `${type} ${image.name}`);
    }
    checked.push(type);
  }
  assert.deepEqual(checked, ['pairs', 'synthetic']);
});

describe('a value of the validation images', () => {
  const components = builtins();
  const configs = [experiment(ALL)] as const;

  for (const name of ['validate/psnr', 'validate/AtoB/psnr']) {
    test(`ranks trials as ${name}, in the metric’s own order`, () => {
      const found = metricOf({ configs, varied: [], components }, { metric: name, better: null });
      assert.deepEqual(found, { ok: true, value: { name, better: 'higher', unit: 'dB' } });
    });

    test(`chooses trials as ${name}, in the metric’s own order`, () => {
      const options = { metric: name, better: null, epochs: 1, factor: 3 };
      assert.deepEqual(decidedHalving({ configs, components }, options), { ok: true, value: { ...options, better: 'higher' } }); // prettier-ignore
    });
  }

  test('that is misspelt is a problem with the nearest name', () => {
    const ranked = metricOf({ configs, varied: [], components }, { metric: 'validate/AtoB/psrn', better: null });
    const chosen = decidedHalving({ configs, components }, { metric: 'validate/psrn', better: null, epochs: 1, factor: 3 }); // prettier-ignore
    assert.ok(!ranked.ok && !chosen.ok);
    assert.equal(ranked.problems[0]!.cure, 'Did you mean "validate/AtoB/psnr"?');
    assert.equal(chosen.problems[0]!.cure, 'Did you mean "validate/psnr"?');
    assert.match(chosen.problems[0]!.message, /^sweep\.halving\.metric: .* found "validate\/psrn"\.$/);
  });

  test('leaves the order of losses as it was', () => {
    const options = { metric: 'loss/G/total', better: null, epochs: 1, factor: 3 };
    assert.deepEqual(decidedHalving({ configs, components }, options), { ok: true, value: { ...options, better: 'lower' } }); // prettier-ignore
  });
});
