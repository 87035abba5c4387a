import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { Typed } from '../../src/registry/config.js';
import { everyOption, notFingerprintedPaths } from '../../src/config/every-option.js';
import { countedConfig } from '../../src/pipeline/counted-config.js';
import { testComponents, withFiles } from './rig.js';

/** The config of a file that extends `base.yaml`, with `--set` applied. */
async function resolved(t: TestContext, yaml: string, set: readonly string[] = [], base = '{}') {
  const files = await withFiles(t, { 'a.yaml': `extends: base.yaml\n${yaml}`, 'base.yaml': base });
  const { value, texts } = await files.load('a.yaml', set);
  assert.ok(value !== undefined, texts.join('\n'));
  return { ...value, dir: files.dir };
}

async function mistakes(t: TestContext, yaml: string, set: readonly string[] = []) {
  const files = await withFiles(t, { 'a.yaml': yaml });
  return (await files.load('a.yaml', set)).texts;
}

const metrics = async (...given: Parameters<typeof resolved>) => (await resolved(...given)).config.evaluate.metrics;
const adversarial = async (...given: Parameters<typeof resolved>) => (await resolved(...given)).config.loss.adversarial;

describe('a component that an option names', () => {
  test('may have options, in a list or alone, and omitted options have their defaults', async (t) => {
    const { config } = await resolved(
      t,
      'loss: {adversarial: {type: bce, smoothing: 0.1}}\nevaluate: {metrics: [psnr, {type: ssim, window: 7}]}',
    );
    assert.deepEqual(config.loss.adversarial, { type: 'bce', smoothing: 0.1, width: 64 });
    assert.deepEqual(config.evaluate.metrics, ['psnr', { type: 'ssim', window: 7, sigma: 1.5 }]);
  });

  test('resolves to its bare name when all its options have their defaults, however they are written', async (t) => {
    const written =
      'evaluate: {metrics: [{type: psnr}, {type: ssim, sigma: 1.5, name: ssim}]}\nloss: {adversarial: {smoothing: 0}}';
    const { config } = await resolved(t, written);
    assert.deepEqual(config.evaluate.metrics, ['psnr', 'ssim']);
    assert.equal(config.loss.adversarial, 'bce');
    const usual = await resolved(t, '');
    assert.deepEqual(usual.config.evaluate.metrics, ['cycle-error', 'identity-error', 'psnr', 'ssim']);
    assert.equal(usual.config.loss.adversarial, 'bce');
  });

  test('resolves and checks its own options, like a component that has a section', async (t) => {
    const [kid] = await metrics(t, 'train: {epochs: 3}\nevaluate: {metrics: [{type: kid}]}');
    assert.deepEqual(kid, { type: 'kid', subsets: 3, weights: null, threads: 1, judge: 'bce' });
    assert.deepEqual(await mistakes(t, 'evaluate:\n  metrics: [psnr, {type: kid, subsets: 5000}]'), [
      'a.yaml:2:40 bad-option: evaluate.metrics.kid.subsets: 5000 are too many.',
    ]);
  });

  test('may have an option that names another component', async (t) => {
    const [kid] = await metrics(t, 'evaluate: {metrics: [{type: kid, subsets: 2, judge: {type: bce, smoothing: 1}}]}');
    const judge = { type: 'bce', smoothing: 1, width: 64 };
    assert.deepEqual(kid, { type: 'kid', subsets: 2, weights: null, threads: 1, judge });
    const deep = await metrics(t, 'evaluate: {metrics: [kid]}', ['evaluate.metrics.kid.judge.smoothing=0.5']);
    assert.deepEqual((deep[0] as Typed)['judge'], { type: 'bce', smoothing: 0.5, width: 64 });
  });

  test('resolves its paths relative to the file that contains them', async (t) => {
    const { config, dir } = await resolved(t, 'evaluate: {metrics: [{type: kid, weights: w.bin}]}');
    assert.equal((config.evaluate.metrics[0] as Typed)['weights'], `${dir}/w.bin`);
  });

  for (const [what, yaml, expected] of [
    [
      'a wrong value',
      'evaluate:\n  metrics:\n    - psnr\n    - type: ssim\n      window: two',
      'a.yaml:5:15 wrong-type: evaluate.metrics.ssim.window: expected a whole number of at least 3, found the string "two".',
    ],
    [
      'an unknown option',
      'evaluate: {metrics: [{type: ssim, windw: 7}]}',
      'a.yaml:1:35 unknown-key: Unknown key "windw" in evaluate.metrics.ssim (type ssim). -> Did you mean "window"?',
    ],
    [
      'an option of another type',
      'evaluate: {metrics: [{type: psnr, window: 7}]}',
      'a.yaml:1:35 unknown-key: Unknown key "window" in evaluate.metrics.psnr (type psnr). -> It is an option of type ssim: set evaluate.metrics.psnr.type to that.',
    ],
    [
      'an unknown name',
      'evaluate: {metrics: [psnr, {type: sim}]}',
      'a.yaml:1:35 unknown-component: There is no metric called "sim". There are: cycle-error, identity-error, psnr, ssim, kid. -> Did you mean "ssim"?',
    ],
    [
      'an unknown name alone',
      'loss: {adversarial: {type: bcd}}',
      'a.yaml:1:28 unknown-component: There is no adversarial called "bcd". There are: bce, least-squares. -> Did you mean "bce"?',
    ],
    [
      'no type',
      'evaluate: {metrics: [{window: 7}]}',
      'a.yaml:1:22 missing-key: evaluate.metrics, item 1 needs "type": text. The metric.',
    ],
    [
      'a name for a key',
      'evaluate:\n  metrics:\n    - ssim: {window: 7}',
      'a.yaml:3:7 missing-key: evaluate.metrics, item 1 needs "type": text. The metric. -> Write {type: ssim, ...}, with the options of ssim after its type.',
    ],
    [
      'a number',
      'evaluate: {metrics: [psnr, 3]}',
      'a.yaml:1:28 wrong-type: evaluate.metrics, item 2: expected a name, or {type: name, ...}, found 3.',
    ],
    [
      'a number where there is one or none',
      'loss: {penalty: 3}',
      'a.yaml:1:17 wrong-type: loss.penalty: expected a name, {type: name, ...} or null, found 3.',
    ],
    [
      'options of none',
      'loss: {penalty: {gamma: 5}}',
      'a.yaml:1:8 missing-key: loss.penalty needs "type": text. The penalty.',
    ],
    [
      'a list where there is one',
      'loss: {adversarial: [bce]}',
      'a.yaml:1:21 wrong-type: loss.adversarial: expected a name, or {type: name, ...}, found a list.',
    ],
    [
      'a name of its own where there is one',
      'loss: {adversarial: {type: bce, name: x}}',
      'a.yaml:1:33 unknown-key: Unknown key "name" in loss.adversarial (type bce). -> Known here: smoothing, width, type.',
    ],
    [
      'a bad name',
      'evaluate: {metrics: [{type: ssim, name: a/b}]}',
      'a.yaml:1:41 wrong-value: evaluate.metrics.a/b.name: expected a name of letters, digits and dashes (64 at most), found the string "a/b".',
    ],
    [
      'the same name twice',
      'evaluate:\n  metrics:\n    - ssim\n    - {type: psnr, name: ssim}',
      'a.yaml:4:7 duplicate-name: evaluate.metrics: two components in this list are called "ssim". -> Remove one, or give it another name: {type: ..., name: ssim-2}.',
    ],
  ] as const) {
    test(`with ${what} is reported with its place`, async (t) =>
      assert.deepEqual((await mistakes(t, yaml)).slice(0, 1), [expected]));
  }

  test('may be in a list twice under two names', async (t) => {
    assert.deepEqual(
      await metrics(t, 'evaluate: {metrics: [ssim, {type: ssim, window: 3, name: fine}, {type: psnr, name: b}]}'),
      ['ssim', { type: 'ssim', name: 'fine', window: 3, sigma: 1.5 }, { type: 'psnr', name: 'b' }],
    );
  });
});

describe('options by name for a list of components', () => {
  const seven = { type: 'ssim', window: 7, sigma: 1.5 };

  test('change the member with that name in the default list, a file’s list or a list after --set', async (t) => {
    const set = ['evaluate.metrics.ssim.window=7'];
    assert.deepEqual(await metrics(t, '', set), ['cycle-error', 'identity-error', 'psnr', seven]);
    assert.deepEqual(await metrics(t, 'evaluate: {metrics: [ssim, psnr]}', set), [seven, 'psnr']);
    assert.deepEqual(await metrics(t, '', ['evaluate.metrics=[ssim]', ...set]), [seven]);
    assert.deepEqual(await metrics(t, '', [...set, 'evaluate.metrics=[ssim]']), ['ssim']);
    const named = 'evaluate: {metrics: [ssim, {type: ssim, window: 5, sigma: 2, name: fine}]}';
    const fine = { type: 'ssim', name: 'fine', window: 7, sigma: 2 };
    assert.deepEqual(await metrics(t, named, ['evaluate.metrics.fine.window=7']), ['ssim', fine]);
  });

  test('may be in a file and change the list of the file that it extends', async (t) => {
    const base = 'evaluate: {metrics: [psnr, {type: ssim, sigma: 2}], samples: 3}';
    const { config } = await resolved(
      t,
      'evaluate: {metrics: {ssim: {window: 7}}}',
      ['evaluate.metrics.ssim.sigma=1'],
      base,
    );
    const { samples, metrics } = config.evaluate;
    assert.deepEqual({ samples, metrics }, { samples: 3, metrics: ['psnr', { type: 'ssim', window: 7, sigma: 1 }] });
  });

  test('are replaced by a list in a later layer', async (t) => {
    const base = 'evaluate: {metrics: {ssim: {window: 7}}}';
    assert.deepEqual(await metrics(t, 'evaluate: {metrics: [ssim]}', [], base), ['ssim']);
  });

  for (const [set, expected] of [
    [
      'evaluate.metrics.sim.window=7',
      '--set:1:1 unknown-member: evaluate.metrics: there is no "sim" in this list. There are: cycle-error, identity-error, psnr, ssim. -> Did you mean "ssim"?',
    ],
    [
      'evaluate.metrics.ssim.window=2',
      '--set:1:30 out-of-range: evaluate.metrics.ssim.window: expected a whole number of at least 3, found 2.',
    ],
    [
      'evaluate.metrics.ssim.widow=7',
      '--set:1:1 unknown-key: Unknown key "widow" in evaluate.metrics.ssim (type ssim). -> Did you mean "window"?',
    ],
    [
      'evaluate.metrics.ssim=7',
      '--set:1:1 wrong-type: evaluate.metrics.ssim: expected options, as in {key: value}. -> Set one of its options: evaluate.metrics.ssim.OPTION (`runner explain metric.ssim`).',
    ],
  ] as const) {
    test(`are reported with their place when they are invalid: ${set}`, async (t) =>
      assert.deepEqual(await mistakes(t, 'seed: 1', [set]), [expected]));
  }
});

describe('a component that may be absent', () => {
  test('is null by default, by the word null, and over an earlier layer', async (t) => {
    const penalty = async (yaml: string, set: string[] = []) => (await resolved(t, yaml, set)).config.loss['penalty'];
    assert.equal(await penalty(''), null);
    assert.equal(await penalty('loss: {penalty: null}'), null);
    assert.equal(await penalty('loss: {penalty: r1}', ['loss.penalty=null']), null);
    assert.equal(await penalty('loss: {penalty: null}', ['loss.penalty=r1']), 'r1');
    assert.deepEqual(await penalty('loss: {penalty: r1}', ['loss.penalty.gamma=5']), { type: 'r1', gamma: 5 });
  });
});

describe('options for a component named in an earlier layer', () => {
  test('change the component that the earlier layer or the default names', async (t) => {
    const set = ['loss.adversarial.width=3'];
    assert.deepEqual(await adversarial(t, '', set), { type: 'bce', smoothing: 0, width: 3 });
    assert.deepEqual(await adversarial(t, 'loss: {adversarial: least-squares}', set), {
      type: 'least-squares',
      width: 3,
    });
    assert.deepEqual(await adversarial(t, '', ['loss.adversarial=least-squares', ...set]), {
      type: 'least-squares',
      width: 3,
    });
  });

  test('are kept under another type if it has them, and a note lists the dropped ones', async (t) => {
    const base = 'loss: {adversarial: {smoothing: 0.1, width: 3}}';
    const { config, notes } = await resolved(t, 'loss: {adversarial: {type: least-squares}}', [], base);
    assert.deepEqual(config.loss.adversarial, { type: 'least-squares', width: 3 });
    assert.deepEqual(notes, [
      'loss.adversarial is least-squares now (it was bce), so bce’s option smoothing no longer counts.',
    ]);
  });

  test('are replaced by a bare name in a later layer', async (t) => {
    assert.equal(await adversarial(t, 'loss: {adversarial: bce}', [], 'loss: {adversarial: {width: 3}}'), 'bce');
  });

  test('change a section whose type is set by an earlier --set', async (t) => {
    const { config } = await resolved(t, '', ['generator=resnet', 'generator.width=8']);
    assert.deepEqual([config.generator.type, config.generator['width']], ['resnet', 8]);
  });
});

describe('the options of a component that an option names', () => {
  const counted = async (t: TestContext, metric: string) => {
    const { config } = await resolved(t, `evaluate: {metrics: [${metric}]}`);
    return (countedConfig(config, testComponents())['evaluate'] as { metrics: unknown[] }).metrics[0];
  };

  test('enter the fingerprint, with paths reduced to the file name, except bookkeeping', async (t) => {
    assert.deepEqual(await counted(t, '{type: kid, subsets: 2, weights: x/w.bin, threads: 9}'), {
      type: 'kid',
      subsets: 2,
      weights: 'w.bin',
      judge: 'bce',
    });
    assert.deepEqual(await counted(t, '{type: ssim, window: 3}'), { type: 'ssim', window: 3, sigma: 1.5 });
    assert.equal(await counted(t, '{type: ssim, window: 11}'), 'ssim');
  });

  test('are listed by readable path, with their values', async (t) => {
    const { config } = await resolved(t, 'evaluate: {metrics: [ssim, {type: kid, name: k, threads: 3}]}');
    const found = everyOption(config, testComponents()).map(
      ({ path, value }) => `${path.join('.')}=${JSON.stringify(value)}`,
    );
    for (const option of [
      'evaluate.metrics.ssim.window=11',
      'evaluate.metrics.k.threads=3',
      'evaluate.metrics.k.judge.smoothing=0',
    ]) {
      assert.ok(found.includes(option), `${option} of ${found.join(' ')}`);
    }
    assert.ok(notFingerprintedPaths(config, testComponents()).includes('evaluate.metrics.k.threads'));
  });
});
