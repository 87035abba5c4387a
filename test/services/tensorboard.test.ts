import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readJournal } from '../../src/pipeline/journal.js';
import type { RunRecord } from '../../src/registry/kinds/record.js';
import { Rig } from '../rig.js';
import { metric, runEnded, runStarted, stageStarted, TensorBoardRig, text } from '../tracking/tensorboard/rig.js';
import { until, WITHIN } from '../until.js';
import { runPython } from './python.js';
import { fetchUntil, withTensorBoard } from './tensorboard-server.js';

type Points<T> = Readonly<Record<string, readonly (readonly [step: number, ...value: T[]])[]>>;
interface Events {
  readonly scalars: Points<number>;
  readonly images: Points<number>;
  readonly texts: Points<string>;
  /** Rows of left edge, right edge and count. */
  readonly histograms: Points<readonly (readonly [number, number, number])[]>;
  readonly session: {
    readonly group: string;
    readonly params: Readonly<Record<string, string | number | boolean>>;
    readonly status: number | null;
  } | null;
}
const eventFiles = async (runDir: string) => (await readdir(runDir)).filter((name) => name.startsWith('events.out.'));
const readEvents = (runDir: string) => runPython<Events>('read_events.py', runDir);
const [SUCCESS, FAILURE] = [1, 2];

const TINY = `
name: tiny
dataset: {type: synthetic, train: 4, test: 2, image_size: 16}
generator: {type: resnet, blocks: 1, width: 4}
discriminator: {type: patchgan, width: 4, layers: 1}
train: {epochs: 2, samples: 1, histogram_every: 1}
evaluate: {samples: 1}
export: {formats: [weights]}
`;

let rig: Rig;
before(async () => {
  rig = await Rig.create();
  rig.write('tiny.yaml', TINY);
});
after(() => rig.remove());

/** @returns the run's folder */
async function run(...args: readonly string[]): Promise<string> {
  const before = new Set(await rig.runDirs());
  const { code, output } = await rig.command('run', 'tiny.yaml', ...args).ended;
  assert.equal(code, 0, output);
  return (await rig.runDirs()).find((dir) => !before.has(dir)) ?? '';
}

/** The journal's records of a kind, by name: steps and values. */
function recorded<K extends RunRecord['kind'], V>(
  runDir: string,
  kind: K,
  valueOf: (value: Extract<RunRecord, { kind: K }>['value']) => V,
): Record<string, [number, V][]> {
  const all: Record<string, [number, V][]> = {};
  for (const record of readJournal(join(runDir, 'journal.jsonl'))) {
    if (record.kind === kind && record.step !== null) {
      (all[record.name] ??= []).push([record.step, valueOf(record.value as never)]);
    }
  }
  return all;
}

describe('TensorBoard’s reader of a whole run', () => {
  let runDir: string;
  let events: Events;
  before(async () => {
    runDir = await run('--set', 'loss.lambda=5');
    events = readEvents(runDir);
  });

  test('finds every metric of the journal, point by point', () => {
    const scalars = recorded(runDir, 'metric', Math.fround);
    for (const name of ['loss/G/total', 'loss/cycle/forward', 'evaluate/AtoB/psnr']) assert.ok(name in scalars, name);
    assert.deepEqual(events.scalars, scalars);
  });

  test('finds every image, in its size', () => {
    const steps = Object.entries(events.images).map(([name, shown]) => [name, shown.map(([step]) => step)]);
    const images = Object.entries(recorded(runDir, 'image', String));
    assert.deepEqual(
      Object.fromEntries(steps),
      Object.fromEntries(images.map(([name, shown]) => [name, shown.map(([step]) => step)])),
    );
    for (const name of ['data/A', 'samples/AtoB', 'evaluate/BtoA']) assert.ok(name in events.images, name);
    const [, width, height] = events.images['samples/AtoB']![0]!;
    assert.ok(width! >= 16 * 5 && height! >= 16 * 2);
  });

  test('finds every text, with the config and the environment', () => {
    const { config, environment, ...texts } = events.texts;
    assert.deepEqual(texts, recorded(runDir, 'text', String));
    assert.match(config![0]![1]!, /^```yaml\nname: tiny\n[^]*lambda:\n {4}forward: 5\n/);
    assert.match(environment![0]![1]!, /\| \*\*command\*\* \| `.*run tiny\.yaml/);
  });

  test('finds every histogram, cell by cell', () => {
    const histograms = recorded(runDir, 'histogram', (value) => value);
    assert.deepEqual(Object.keys(events.histograms).sort(), Object.keys(histograms).sort());
    assert.ok(Object.keys(histograms).some((name) => name.startsWith('weights/G/')));
    for (const [name, all] of Object.entries(histograms)) {
      all.forEach(([step, { min, max, counts }], i) => {
        const [shownStep, rows] = events.histograms[name]![i]!;
        assert.equal(shownStep, step);
        assert.deepEqual(
          rows!.map(([, , count]) => count),
          counts,
        );
        assert.deepEqual([rows![0]![0], rows!.at(-1)![1]], [min, max]);
      });
    }
  });

  test('finds the parameters as hyperparameters, and a success', () => {
    assert.equal(events.session!.group, basename(runDir));
    assert.equal(events.session!.status, SUCCESS);
    const { params } = events.session!;
    const some = ['loss.lambda.forward', 'generator.type', 'dataset.flip'].map((name) => params[name]);
    assert.deepEqual(some, [5, 'resnet', true]);
  });

  test('finds the same after the event files and the cursor were removed and the next run wrote them again', async () => {
    for (const file of await eventFiles(runDir)) await rm(join(runDir, file));
    await rm(join(runDir, 'tracking', 'tensorboard.json'));
    await run('--set', 'loss.lambda=5');
    assert.deepEqual(readEvents(runDir), events);
  });
});

describe('a TensorBoard server of a sweep', () => {
  let runs: string[];
  before(async () => {
    await run('--set', 'loss.lambda=10', '--set', 'loss.identity=0');
    runs = (await rig.runDirs()).map((dir) => basename(dir)).sort();
    assert.equal(runs.length, 2);
  });

  for (const [reader, args] of [
    ['its data server', []],
    ['its reader in Python', ['--load_fast=false']],
  ] as const) {
    test(`shows by ${reader} curves, images, texts, histograms, the table of runs, the layout`, () =>
      withTensorBoard(rig.runs, (address) => check(`${address}/data`), ...args));
  }

  async function check(data: string): Promise<void> {
    const plugin = `${data}/plugin`;
    const ask = (run: string, tag: string) => `run=${encodeURIComponent(run)}&tag=${encodeURIComponent(tag)}`;
    const all = await fetchUntil<string[]>(`${data}/runs`, (found) => found.length === 2);
    assert.deepEqual(all.sort(), runs);

    for (const run of runs) {
      const journal = join(rig.runs, run);
      const losses = recorded(journal, 'metric', Math.fround)['loss/G/total']!;
      const curve = await fetchUntil<[number, number, number][]>(
        `${plugin}/scalars/scalars?${ask(run, 'loss/G/total')}`,
        (found) => found.length === losses.length,
      );
      assert.deepEqual(
        curve.map(([, step, value]) => [step, Math.fround(value)]),
        losses,
      );
      const samples = recorded(journal, 'image', String)['samples/AtoB']!;
      const images = await fetchUntil<{ step: number; query: string }[]>(
        `${plugin}/images/images?${ask(run, 'samples/AtoB')}&sample=0`,
        (found) => found.length === samples.length,
      );
      assert.deepEqual(
        images.map(({ step }) => step),
        samples.map(([step]) => step),
      );
      const image = await fetch(`${plugin}/images/individualImage?${images[0]!.query}`);
      assert.equal(image.headers.get('content-type'), 'image/png');
      const [name, spreads] = Object.entries(recorded(journal, 'histogram', (value) => value))[0]!;
      const histograms = await fetchUntil<[number, number, number[][]][]>(
        `${plugin}/histograms/histograms?${ask(run, name)}`,
        (found) => found.length === spreads.length,
      );
      assert.deepEqual(
        histograms.map(([, step]) => step),
        spreads.map(([step]) => step),
      );
    }

    const texts = await fetchUntil<Record<string, string[]>>(`${plugin}/text/tags`, (found) => runs[0]! in found);
    assert.deepEqual(texts[runs[0]!]!.sort(), ['config', 'data', 'environment']);
    const shown = await fetchUntil<{ text: string }[]>(
      `${plugin}/text/text?${ask(runs[0]!, 'environment')}`,
      () => true,
    );
    assert.match(shown[0]!.text, /<table>[^]*<strong>command<\/strong>[^]*<code>/);

    const tags = await fetchUntil<Record<string, Record<string, { description: string }>>>(
      `${plugin}/scalars/tags`,
      (found) => Object.keys(found).length === 2,
    );
    assert.match(tags[runs[0]!]!['loss/cycle/forward']!.description, /equation 2/);

    await checkTable(plugin);
    const { category } = await fetchUntil<{ category: { title: string; chart: { title: string }[] }[] }>(
      `${plugin}/custom_scalars/layout`,
      (found) => 'category' in found,
    );
    const titles = Object.fromEntries(category.map(({ title, chart }) => [title, chart.map((one) => one.title)]));
    assert.deepEqual(Object.keys(titles), ['Losses', 'Validation and test, both directions', 'Training']);
    assert.equal(titles['Losses']!.filter((title) => title === 'Identity: G, F').length, 1);
    const matched = await fetchUntil<{ tag_to_events: object }>(
      `${plugin}/custom_scalars/scalars?${ask(runs[0]!, 'loss/G/adversarial$')}`,
      () => true,
    );
    assert.deepEqual(Object.keys(matched.tag_to_events), ['loss/G/adversarial']);
  }

  async function checkTable(plugin: string): Promise<void> {
    interface Experiment {
      hparamInfos: { name: string; differs: boolean }[];
      metricInfos: { name: { tag: string } }[];
    }
    const experiment = await fetchUntil<Experiment>(
      `${plugin}/hparams/experiment`,
      (found) => found.hparamInfos.some(({ differs }) => differs),
      { experimentName: '' },
    );
    assert.deepEqual(
      experiment.hparamInfos.filter(({ differs }) => differs).map(({ name }) => name),
      ['loss.identity', 'loss.lambda.backward', 'loss.lambda.forward'],
    );
    assert.ok(experiment.metricInfos.some(({ name }) => name.tag === 'evaluate/AtoB/psnr'));
    interface Groups {
      sessionGroups: {
        name: string;
        hparams: Record<string, unknown>;
        metricValues: { name: { tag: string }; value: number }[];
        sessions: { status: string }[];
      }[];
    }
    const allowedStatuses = ['STATUS_UNKNOWN', 'STATUS_SUCCESS', 'STATUS_FAILURE', 'STATUS_RUNNING'];
    const { sessionGroups } = await fetchUntil<Groups>(
      `${plugin}/hparams/session_groups`,
      (found) => found.sessionGroups.length === 2,
      { experimentName: '', allowedStatuses, colParams: [], startIndex: 0, sliceSize: 10 },
    );
    assert.deepEqual(
      sessionGroups.map(({ hparams, sessions }) => [hparams['loss.lambda.forward'], sessions[0]!.status]).sort(),
      [
        [10, 'STATUS_SUCCESS'],
        [5, 'STATUS_SUCCESS'],
      ],
    );
    for (const { name, metricValues } of sessionGroups) {
      const [, psnr] = recorded(join(rig.runs, name), 'metric', Math.fround)['evaluate/AtoB/psnr']![0]!;
      const shown = metricValues.find((metric) => metric.name.tag === 'evaluate/AtoB/psnr');
      assert.equal(Math.fround(shown!.value), psnr);
    }
  }
});

describe('a run that is killed', () => {
  test('has each step once after it was run again, and is a success', async () => {
    const known = new Set(await rig.runDirs());
    const args = ['run', 'tiny.yaml', '--set', 'train.epochs=30', '--set', 'train.histogram_every=null'];
    const first = rig.command(...args);
    const found = () => readdirSync(rig.runs).find((name) => !name.startsWith('.') && !known.has(join(rig.runs, name)));
    await until('the run’s folder', { within: WITHIN.process, look: found, is: (name) => name !== undefined });
    const dir = join(rig.runs, found()!);
    const journal = join(dir, 'journal.jsonl');
    const steps = () => (existsSync(journal) ? (recorded(dir, 'metric', Number)['loss/G/total']?.length ?? 0) : 0);
    await until('some epochs, and that TensorBoard was fed', {
      within: WITHIN.training,
      look: () => ({ steps: steps(), isFed: existsSync(join(dir, 'tracking', 'tensorboard.json')) }),
      is: (seen) => seen.steps > 20 && seen.isFed,
    });
    first.process.kill('SIGKILL');
    await first.ended;
    assert.ok(steps() < 120, 'it was killed in the middle');
    assert.equal(readEvents(dir).session!.status, null);

    const { code, output } = await rig.command(...args).ended;
    assert.equal(code, 0, output);
    const { scalars, session } = readEvents(dir);
    assert.deepEqual(scalars, recorded(dir, 'metric', Math.fround));
    assert.equal(scalars['loss/G/total']!.length, 120);
    assert.equal(session!.status, SUCCESS);
    assert.ok((await eventFiles(dir)).length >= 2);
  });
});

describe('a stage that starts again in the same run', () => {
  test('replaces its earlier records, except for those at step 0', async () => {
    const rig = await TensorBoardRig.create();
    const training = (last: number, offset: number) => [
      stageStarted('train', false),
      ...Array.from({ length: last }, (_, i) => metric('loss', i + 1, i + 1 + offset)),
    ];
    await rig.take(runStarted(), text('data', 0, 'words'), ...training(9, 0), metric('psnr', 9, 20, 'evaluate'));
    await rig.endProcess();
    await rig.take(runStarted(), ...training(5, 100));
    await rig.endProcess();
    const expected = [1, 2, 3, 4, 5].map((step) => [step, step + 100]);
    try {
      const { scalars, texts } = readEvents(rig.runDir);
      assert.deepEqual(scalars['loss'], expected);
      assert.deepEqual(Object.keys(texts).sort(), ['config', 'data', 'environment']);
      await withTensorBoard(rig.runDir, async (address) => {
        const shown = await fetchUntil<[number, number, number][]>(
          `${address}/data/plugin/scalars/scalars?run=.&tag=loss`,
          (found) => found.length > 0,
        );
        assert.deepEqual(
          shown.map(([, step, value]) => [step, value]),
          expected,
        );
      });
    } finally {
      await rig.remove();
    }
  });
});

test('a run that fails is a failure in TensorBoard', async () => {
  const rig = await TensorBoardRig.create();
  await rig.take(runStarted(), metric('loss', 1), runEnded('failed'));
  await rig.endProcess();
  try {
    assert.equal(readEvents(rig.runDir).session!.status, FAILURE);
  } finally {
    await rig.remove();
  }
});
