import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import sharp from 'sharp';
import { INDEX_FILE, STORE_FORMAT, STORE_SPLITS, type StoreSplit } from '../../src/data/store/store-format.js';
import { builtins } from '../../src/app/builtins.js';
import { optionsHash } from '../../src/evaluation/metric-options.js';
import type { JsonObject } from '../../src/support/json.js';
import { both, writeRun, type FolderFacts } from '../comparison/run-folders.js';
import { commandLine } from './rig.js';

const psnr = { better: 'higher', unit: 'dB', count: 20 };

interface Json {
  readonly runs: readonly { readonly label: string; readonly name: string; readonly step: number | null }[];
  readonly config: readonly { readonly key: string; readonly values: readonly unknown[] }[];
  readonly environment: readonly {
    readonly stages: readonly string[];
    readonly key: string;
    readonly values: readonly unknown[];
  }[];
  readonly metrics: readonly {
    readonly path: string;
    readonly verdicts: readonly ({ readonly verdict: string; readonly reason: string } | null)[];
  }[];
}

async function rig(t: TestContext, first: FolderFacts, ...others: readonly FolderFacts[]) {
  const shell = await commandLine(t);
  const runs = join(shell.cwd, 'runs');
  for (const [i, facts] of [first, ...others].entries()) await writeRun(runs, `toy-0000000${i + 1}`, facts);
  const json = async (...args: readonly string[]) => {
    const { out, err } = await shell.runner('compare', 'toy-00000001', 'toy-00000002', ...args, '--json');
    assert.equal(err, '');
    return JSON.parse(out) as Json;
  };
  return { ...shell, runs, json };
}

/** Lines of images.jsonl, one value an image. */
function images(
  value: (index: number) => number,
  facts: { readonly count?: number; readonly prefix?: string } = {},
): JsonObject[] {
  const { count = 20, prefix = 'testA' } = facts;
  return Array.from({ length: count }, (_, index) => ({
    ...{ direction: 'AtoB', index, name: `${prefix}/${index}.jpg`, scores: { psnr: value(index) } },
    ...{ source: `images/${index}-source.png`, translated: `images/${index}-translated.png` },
  }));
}

describe('runner compare', () => {
  test('shows only the config keys that differ, members that share a number as one', async (t) => {
    const lambda = (value: number) => ({ lambda: { forward: value, backward: value } });
    const { json } = await rig(
      t,
      { config: { loss: lambda(10), seed: 1 } },
      { config: { loss: lambda(5), seed: 1, evaluate: { samples: 3, metrics: ['psnr'] } } },
    );
    assert.deepEqual((await json()).config, [
      { key: 'loss.lambda', values: [10, 5] },
      { key: 'evaluate.samples', values: [1, 3] },
      { key: 'evaluate.metrics', values: [[], ['psnr']] },
    ]);
  });

  test('shows where the environments of the last attempts differ, and where the commit has changes', async (t) => {
    const attempt = (commit: string, dirty: boolean, threads: number) => ({
      ...{ time: 'x', versions: { runner: '1', node: '20', engine: { tensorflow: '2.21', kind: 'cpu' } } },
      ...{ git: { commit, dirty }, machine: { host: 'a', threads } },
    });
    const first = {
      train: [attempt('f'.repeat(40), false, 9), attempt('a'.repeat(40), false, 2)],
      evaluate: [attempt('a'.repeat(40), false, 2)],
    };
    const second = { train: [attempt('b'.repeat(40), true, 2)], evaluate: [attempt('a'.repeat(40), false, 1)] };
    const metrics = both('psnr', 1, 2, psnr);
    const { json } = await rig(t, { environment: first, metrics }, { environment: second, metrics });
    assert.deepEqual((await json()).environment, [
      { stages: ['train'], key: 'commit', values: ['aaaaaaaa', 'bbbbbbbb and changes'] },
      { stages: ['evaluate'], key: 'threads', values: [2, 1] },
    ]);
  });

  test('compares by the same test images where both runs have values of single images', async (t) => {
    const metrics = (value: number) => ({ AtoB: { psnr: { value, ...psnr, interval: [1, 19] } } });
    const { json, runner } = await rig(
      t,
      { metrics: metrics(9.5), images: images((i) => i) },
      { metrics: metrics(11), images: images((i) => i + 1 + (i % 2)).reverse() },
    );
    const [metric] = (await json()).metrics;
    assert.deepEqual([metric!.path, metric!.verdicts[0], metric!.verdicts[1]!.verdict], ['AtoB/psnr', null, 'better']);
    const { out } = await runner('compare', '00000001', '00000002');
    assert.match(out, /\n {2}psnr {2}dB, higher is better\n {4}AtoB {2}A {2}9\.500 \[1\.000, 19\.000\] {2}20 images\n/);
    assert.match(
      out,
      /\n {10}B {2}11\.00 \[1\.00, 19\.00\] {4}better: \+1\.50 \[1\.\d\d, 1\.\d\d\], over the same 20 images\n/,
    );
  });

  test('pairs the images that both runs have kept', async (t) => {
    const metrics = (value: number) => ({ AtoB: { psnr: { value, ...psnr } } });
    const { json } = await rig(
      t,
      { metrics: metrics(2), images: images((i) => i % 5) },
      { metrics: metrics(3), images: images((i) => (i % 5) + 1, { count: 10 }) },
    );
    const [verdict] = (await json()).metrics.map(({ verdicts }) => verdicts[1]!);
    assert.deepEqual([verdict!.verdict, verdict!.reason], ['better', 'over 10 of the same 20 images']);
  });

  test('refuses, metric by metric, what was not measured in the same way', async (t) => {
    const metrics = both('psnr', 18, 19, psnr);
    const metricsOf = (...list: readonly (string | JsonObject)[]) => ({ evaluate: { samples: 1, metrics: list } });
    const { json, runs } = await rig(
      t,
      { metrics, config: metricsOf('psnr'), images: images((i) => i) },
      { metrics, config: metricsOf('psnr') },
    );
    const reasons = async () =>
      (await json()).metrics.map(({ path, verdicts }) => `${path} ${verdicts[1]!.verdict}: ${verdicts[1]!.reason}`);
    const second = (facts: FolderFacts) =>
      writeRun(runs, 'toy-00000002', { metrics, config: metricsOf('psnr'), ...facts });
    assert.deepEqual(await reasons(), [
      'AtoB/psnr no interval: the first run has none',
      'BtoA/psnr no interval: the first run has none',
    ]);
    await second({ config: metricsOf({ type: 'psnr', crop: 2 }) });
    assert.match((await reasons())[0]!, /^AtoB\/psnr not comparable: measured with other options/);
    await second({ metrics: both('psnr', 18, 19, { ...psnr, count: 40 }) });
    assert.match((await reasons())[1]!, /^BtoA\/psnr not comparable: measured on 40 images/);
    await second({ data: 'other' });
    assert.match((await reasons())[0]!, /^AtoB\/psnr not comparable: the data were prepared differently/);
    await second({ images: images((i) => i, { prefix: 'testC' }) });
    assert.deepEqual(
      (await reasons()).map((reason) => reason.replace(/.*: /, '')),
      ['the test images have other names', 'the first run has none'],
    );
    await second({ metrics: { AtoB: { ssim: { value: 0.5, better: 'higher', count: 20 } } } });
    assert.deepEqual((await reasons()).sort(), [
      'AtoB/psnr not comparable: this run has no such value',
      'AtoB/ssim not comparable: the first run has no such value',
      'BtoA/psnr not comparable: this run has no such value',
    ]);
  });

  test('refuses values whose name comes from a label where the options of their metrics differ, recorded or in the config', async (t) => {
    const kd = (facts: JsonObject = {}) => ({
      AtoB: { 'kd-efficientnet-lite0': { value: 1, better: 'lower', count: 20, interval: [0, 2], ...facts } },
    });
    const configOf = (...list: readonly (string | JsonObject)[]) => ({ evaluate: { samples: 1, metrics: list } });
    const { json, runs } = await rig(
      t,
      { metrics: kd(), config: configOf('kernel-distance') },
      { metrics: kd(), config: configOf({ type: 'kernel-distance', subset_size: 1000 }) },
    );
    const verdict = async () => (await json()).metrics[0]!.verdicts[1]!;
    assert.equal((await verdict()).verdict, 'cannot be told apart', 'the default is no other option');
    const smaller = configOf({ type: 'kernel-distance', subset_size: 20 });
    await writeRun(runs, 'toy-00000002', { metrics: kd(), config: smaller });
    assert.equal((await verdict()).reason, 'measured with other options of the metric');
    const hash = optionsHash(builtins(), 'kernel-distance');
    await writeRun(runs, 'toy-00000002', { metrics: kd({ options: hash }), config: smaller });
    assert.equal((await verdict()).verdict, 'cannot be told apart', 'what is recorded counts more than the config');
    await writeRun(runs, 'toy-00000002', { metrics: kd({ options: 'other' }), config: configOf('kernel-distance') });
    assert.equal((await verdict()).reason, 'measured with other options of the metric');
  });

  test('goes by the checksums of the test images where the data were prepared differently', async (t) => {
    const metrics = { AtoB: { psnr: { value: 18, ...psnr, interval: [17, 19] } } };
    const { json, runs } = await rig(t, { metrics, data: 'first' }, { metrics, data: 'second' });
    const verdict = async (sums: string) => {
      await writeIndex(join(runs, '.store', 'first'), 'same');
      await writeIndex(join(runs, '.store', 'second'), sums);
      const { verdict, reason } = (await json()).metrics[0]!.verdicts[1]!;
      return `${verdict}: ${reason}`;
    };
    assert.equal(await verdict('same'), 'cannot be told apart: the intervals overlap');
    assert.match(await verdict('other'), /^not comparable: the test images are others/);
  });

  test('goes by the validation images for values of the validation', async (t) => {
    const trained = { metrics: { validate: { AtoB: { psnr: { value: 18, better: 'higher' } } } } };
    const { json, runs } = await rig(t, { trained, data: 'first' }, { trained, data: 'second' });
    const verdict = async (splits: Partial<Record<StoreSplit, string>>) => {
      await writeIndex(join(runs, '.store', 'first'), 'same');
      await writeIndex(join(runs, '.store', 'second'), 'same', splits);
      const [{ path, verdicts }] = (await json()).metrics as [Json['metrics'][number]];
      return `${path} ${verdicts[1]!.verdict}: ${verdicts[1]!.reason}`;
    };
    assert.equal(await verdict({ testA: 'other' }), 'validate/AtoB/psnr no interval: the first run has none');
    for (const split of ['valA', 'valB', 'valTruthA', 'valTruthB'] as const)
      assert.match(await verdict({ [split]: 'other' }), /not comparable: the validation images are others/, split);
    await rm(join(runs, '.store'), { recursive: true });
    const { verdict: gone, reason } = (await json()).metrics[0]!.verdicts[1]!;
    assert.equal(gone, 'not comparable');
    assert.match(reason, /the prepared images are gone, so the validation images may be others/);
  });

  test('shows values of the test images first, those of the validation after them, and lets the test images decide', async (t) => {
    const trained = { metrics: { validate: { AtoB: { psnr: { value: 18, better: 'higher' } } } } };
    const metrics = (value: number) => ({ AtoB: { psnr: { value, ...psnr, interval: [value - 1, value + 1] } } });
    const { json, runner, cwd } = await rig(t, { trained, metrics: metrics(18) }, { trained, metrics: metrics(25) });
    assert.deepEqual(
      (await json()).metrics.map(({ path }) => path),
      ['AtoB/psnr', 'validate/AtoB/psnr'],
    );
    const html = join(cwd, 'page.html');
    const { out } = await runner('compare', 'toy-00000001', 'toy-00000002', '--html', html);
    assert.match(out, /psnr {2}dB, higher is better\n +AtoB {2}A [^]*\n +validation, AtoB {2}A /);
    const page = await readFile(html, 'utf8');
    const [, lede] = /<p class="lede">([^]*?)<\/p>/.exec(page)!;
    assert.match(lede!.replaceAll(/<[^>]*>/g, ''), /B against A: better in psnr A → B\.$/);
    assert.match(page, /<th scope="rowgroup"[^>]*>validation, A → B<\/th>/);
  });

  test('does not compare validations on other numbers of images', async (t) => {
    const trained = { metrics: { validate: { AtoB: { psnr: { value: 18, better: 'higher' } } } } };
    const measured = (most: number) => ({ trained, config: { evaluate: { validation_images: most } } });
    const { json, runs } = await rig(t, measured(2), measured(10));
    const verdict = async () => (await json()).metrics[0]!.verdicts[1]!;
    assert.deepEqual(
      [(await verdict()).verdict, (await verdict()).reason],
      ['not comparable', 'measured on at most 10 validation images of each direction, the first run on at most 2'],
    );
    const other = { ...measured(10), bookkeeping: { evaluate: { validation_images: 2 } } };
    await writeRun(runs, 'toy-00000002', other);
    assert.equal((await verdict()).verdict, 'no interval', 'the config was changed after the training');
    await writeRun(runs, 'toy-00000002', measured(10));
    assert.equal((await verdict()).verdict, 'not comparable');
    await writeIndex(join(runs, '.store', 'd'), 'same');
    assert.equal((await verdict()).verdict, 'no interval', 'there are fewer');
  });

  test('takes two to eight different runs', async (t) => {
    const { runner } = await rig(t, {}, {});
    assert.match((await runner('compare', 'toy-00000001')).err, /compare takes 2 to 8 runs; found 1\./);
    assert.match((await runner('compare', 'toy-00000001', '00000001')).err, /toy-00000001 is named twice/);
    const wrong = await runner('compare', 'toy-0000000', 'tuy-00000001');
    assert.equal(wrong.code, 2);
    assert.match(
      wrong.err,
      /More than one run[\s\S]*There is no run "tuy-00000001"[\s\S]*Did you mean "toy-00000001"\?/,
    );
  });

  test('compares runs without results, and says that there are none', async (t) => {
    const { runner, runs } = await rig(t, {}, { status: 'failed' });
    await writeFile(join(runs, 'toy-00000002', 'config.yaml'), 'half: [');
    await rm(join(runs, 'toy-00000001', 'train'), { recursive: true });
    const { code, out } = await runner('compare', 'toy-00000001', 'toy-00000002', '--html', 'page.html');
    assert.equal(code, 0);
    assert.match(out, /\nMetrics\n {2}none of the runs has any yet\n/);
  });

  test('writes a page that loads nothing, with each test image beside the translations of each run', async (t) => {
    const metrics = { AtoB: { psnr: { value: 18, ...psnr, interval: [10, 26] } } };
    const facts = (add: number) => ({ metrics, images: images((i) => i + add), config: { name: '<b>' } });
    const { runner, runs, cwd } = await rig(t, facts(0), facts(1));
    for (const run of ['toy-00000001', 'toy-00000002']) await drawImages(join(runs, run, 'evaluate'));
    const { code, out, err } = await runner(
      'compare',
      'toy-00000001',
      'toy-00000002',
      '--html',
      'out/page.html',
      '--images',
      '7',
    );
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /\npage {2}out\/page\.html\n$/);
    const page = await readFile(join(cwd, 'out/page.html'), 'utf8');
    assert.doesNotMatch(page, /<script|<b>(?!\w)|https?:|\b(?:src|href)="(?!data:)/);
    assert.match(page, /7 of 20 test images/);
    const alts = [...page.matchAll(/alt="([^"]+)"/g)].map(([, alt]) => alt!);
    assert.equal(alts.length, 7 * 3);
    assert.deepEqual(alts.slice(0, 3), [
      'testA/1.jpg, real',
      'testA/1.jpg, translated by A',
      'testA/1.jpg, translated by B',
    ]);
    const first = /src="data:image\/webp;base64,([^"]+)"/.exec(page)![1]!;
    const { width, format } = await sharp(Buffer.from(first, 'base64')).metadata();
    assert.deepEqual([width, format], [256, 'webp'], 'downscaled from 300');
  });
});

/** @param sums the checksum of its test images */
/** The index of a store. @param sums of test and validation images; those of training are its own @param others of single splits */
async function writeIndex(dir: string, sums: string, others: Partial<Record<StoreSplit, string>> = {}): Promise<void> {
  const split = (name: StoreSplit) => [
    name,
    { size: 16, count: 2, skipped: 0, sha256: others[name] ?? (/^(train|sample)/.test(name) ? dir : sums) },
  ];
  await mkdir(dir, { recursive: true });
  const index = { format: STORE_FORMAT, splits: Object.fromEntries(STORE_SPLITS.map(split)) as JsonObject };
  await writeFile(join(dir, INDEX_FILE), JSON.stringify(index));
}

async function drawImages(dir: string): Promise<void> {
  const image = await sharp({ create: { width: 300, height: 300, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  for (let i = 0; i < 20; i++) {
    for (const part of ['source', 'translated']) {
      const file = join(dir, 'images', `${i}-${part}.png`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, image);
    }
  }
}
