import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import sharp from 'sharp';
import type { Config, DatasetConfig } from '../../src/registry/config.js';
import { folder } from '../../src/data/sources/folder/folder-source.js';
import { readIndex } from '../../src/data/store/read-index.js';
import { openStore } from '../../src/data/store/prepared-store.js';
import { synthetic } from '../../src/data/sources/synthetic/synthetic-source.js';
import type { Components, Kinds } from '../../src/registry/kinds.js';
import type { SourceWork } from '../../src/registry/kinds/dataset.js';
import type { StageContext } from '../../src/registry/kinds/stage.js';
import type { StageEvent } from '../../src/registry/kinds/stage-event.js';
import { Registry } from '../../src/registry/registry.js';
import { progressTo } from '../../src/stages/preparation/progress.js';
import { preprocess } from '../../src/stages/preprocess.js';
import { plain, problemsOf, put, temporaryFolder } from '../data/rig.js';

const components = {
  dataset: new Registry<Kinds['dataset']>('dataset', { folder, synthetic }),
} as unknown as Components;

/** With the defaults of the source's own options. */
const config = (dataset: Partial<DatasetConfig>) =>
  ({
    dataset: {
      ...Object.fromEntries(
        Object.entries(components.dataset.get(dataset.type ?? 'synthetic').schema.properties).map(
          ([key, option]) => [key, option['default'] ?? null] as const,
        ),
      ),
      type: 'synthetic',
      seed: 0,
      train: 3,
      test: 2,
      image_size: 16,
      load_size: 18,
      interpolation: 'nearest',
      flip: true,
      shuffle_buffer: 1000,
      batch_size: 1,
      epoch: 'shortest',
      limit: null,
      validation_share: 0,
      validation_seed: 0,
      on_bad_image: 'skip',
      max_bad: 1,
      ...dataset,
    },
  }) as unknown as Config;

const stage = () => preprocess.create({} as never);

async function context(t: TestContext, dataset: Partial<DatasetConfig>, signal = new AbortController().signal) {
  const events: StageEvent[] = [];
  const value = {
    config: config(dataset),
    components,
    dir: await temporaryFolder(t),
    inputs: {},
    runName: 'test',
    signal,
    emit: (event: StageEvent) => void events.push(event),
    earlier: [],
    recorded: () => Promise.resolve(),
  };
  return { ...value, events };
}

/** A whole data set, one image a domain. */
async function dataFolder(t: TestContext): Promise<string> {
  const dir = await temporaryFolder(t);
  const image = await plain('#777').jpeg().toBuffer();
  await put(dir, Object.fromEntries(['trainA', 'trainB', 'testA', 'testB'].map((split) => [`${split}/1.jpg`, image])));
  return dir;
}

test('preprocess reads only the config that the pixels depend on', () => {
  assert.ok(typeof preprocess.reads === 'function');
  const common = [
    'type',
    'image_size',
    'load_size',
    'preprocess',
    'interpolation',
    'limit',
    'validation_share',
    'validation_seed',
    'on_bad_image',
    'max_bad',
  ].map((key) => `dataset.${key}`);
  assert.deepEqual(preprocess.reads(config({}), components), [
    ...common,
    'dataset.seed',
    'dataset.train',
    'dataset.test',
    'dataset.validation',
    'dataset.paired',
  ]);
  assert.deepEqual(preprocess.reads(config({ type: 'folder' }), components), [
    ...common,
    ...Object.keys(folder.schema.properties).map((key) => `dataset.${key}`),
  ]);
});

test('preprocess leaves a store with a report, and summarises its content', async (t) => {
  const stageContext = await context(t, {});
  const result = await stage().run(stageContext);
  assert.ok(result.status === 'done');
  const counts = { trainA: 3, trainB: 3, testA: 2, testB: 2 };
  assert.deepEqual(result.outputs, { ...counts, skipped: 0, duplicates: 0, leaks: 0 });
  assert.deepEqual(result.summary?.[0], {
    label: 'images',
    text: 'trainA 3, trainB 3, testA 2, testB 2 (training at 18x18, test at 16x16)',
  });
  const { lines, draw } = preprocess.report!;
  await draw(stageContext.dir);
  assert.match(await readFile(join(stageContext.dir, lines[0]!.file!), 'utf8'), /<html/);
  const store = await openStore(stageContext.dir);
  assert.deepEqual([store.count('truthA'), store.count('truthB')], [2, 2]);
  await store.close();
  const last = stageContext.events.filter((event) => event.kind === 'progress').at(-1);
  assert.deepEqual([last?.done, last?.total], [10, 10]);
});

test('two preparations of the same config are equal to the byte', async (t) => {
  const made = await Promise.all(
    [1, 2].map(async () => {
      const stageContext = await context(t, {});
      await stage().run(stageContext);
      return readFile(join(stageContext.dir, 'index.json'), 'utf8');
    }),
  );
  assert.equal(made[0], made[1]);
});

test('preprocess names and counts bad images', async (t) => {
  const path = await dataFolder(t);
  await put(path, Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`trainA/bad${10 + i}.png`, ''])));
  const stageContext = await context(t, { type: 'folder', path });
  const result = await stage().run(stageContext);
  assert.ok(result.status === 'done');
  assert.equal(result.outputs['skipped'], 12);
  assert.match(result.summary?.[1]?.text ?? '', /12 bad images/);
  const warnings = stageContext.events.flatMap((event) =>
    event.kind === 'note' && event.text.startsWith('Skipped') ? [event.text] : [],
  );
  assert.equal(warnings[0], 'Skipped 12 images: 12 "is empty (0 bytes)".');
  assert.equal(warnings[1], 'Skipped: trainA/bad10.png is empty (0 bytes).');
  assert.match(warnings[11]!, /^Skipped 2 more/);
});

test('a missing domain is reported at planning, before any work', async (t) => {
  const path = await dataFolder(t);
  const identity = async (dataset: Partial<DatasetConfig>) =>
    stage().identity!({ config: config(dataset), components });
  await identity({ type: 'folder', path });
  await rm(join(path, 'trainB'), { recursive: true });
  assert.equal((await problemsOf(identity({ type: 'folder', path })))[0]?.code, 'missing-domain');
});

test('preprocess reports leaks, images in both domains, duplicates and grey images, in a line each', async (t) => {
  const path = await dataFolder(t);
  const image = async (colour: string) => plain(colour).png().toBuffer();
  const [red, blue, green] = await Promise.all(['#f00', '#00f', '#0f0'].map(image));
  await put(path, {
    'trainA/red.png': red!,
    'testA/again.png': red!,
    'trainA/blue.png': blue!,
    'trainB/blue.png': blue!,
    'testB/green.png': green!,
    'testB/green2.png': green!,
  });
  const stageContext = await context(t, { type: 'folder', path });
  const result = await stage().run(stageContext);
  assert.ok(result.status === 'done');
  // The four grey ones of the folder are the same, too.
  assert.deepEqual([result.outputs['duplicates'], result.outputs['leaks']], [6, 2]);
  const notes = stageContext.events.flatMap((event) => (event.kind === 'note' ? [event.text] : []));
  assert.deepEqual(notes, [
    '3 test images are also training images: testA/1.jpg = trainA/1.jpg.',
    '2 images are in both domains: trainA/1.jpg = trainB/1.jpg.',
    '1 image is an exact duplicate of another of its split: testB/green.png = testB/green2.png.',
    ...['trainA', 'trainB', 'testA', 'testB'].map((split) => `1 of ${split} is grey though stored in colour.`),
  ]);
});

test('preprocess reuses images of earlier preparations and reports their number', async (t) => {
  const path = await dataFolder(t);
  const first = await context(t, { type: 'folder', path });
  await stage().run(first);
  await put(path, { 'trainA/2.jpg': await plain('#f00').jpeg().toBuffer() });
  const second = { ...(await context(t, { type: 'folder', path })), earlier: [first.dir] };
  await stage().run(second);
  const notes = second.events.flatMap((event) => (event.kind === 'note' ? [event.text] : []));
  assert.equal(notes[0], '4 images taken over from an earlier preparation, 1 decoded.');
});

test('a source makes its images available first and reports its progress', async (t) => {
  const stageContext = await context(t, {});
  const calls: string[] = [];
  const slow: Kinds['dataset'] = {
    ...synthetic,
    create: (options: never, site: never) => ({
      ...synthetic.create(options, site),
      prepare(work: SourceWork) {
        calls.push('prepare');
        work.note('info', 'From afar.');
        work.progress({ phase: 'downloading x.zip', unit: 'bytes', done: 10, total: 10, kept: true });
        return Promise.resolve();
      },
      provenance: () => Promise.resolve({ calls: calls.join() }),
    }),
  };
  const dataset = new Registry<Kinds['dataset']>('dataset', { synthetic: slow });
  await stage().run({ ...stageContext, components: { dataset } as unknown as Components });
  const [note, progress] = stageContext.events;
  assert.deepEqual(note, { kind: 'note', level: 'info', text: 'From afar.' });
  assert.ok(progress?.kind === 'progress');
  assert.deepEqual([progress.phase, progress.unit, progress.done], ['downloading x.zip', 'bytes', 10]);
  assert.deepEqual((await readIndex(stageContext.dir)).source, { calls: 'prepare' });
});

test('a full disk is reported with a cure', async (t) => {
  const stageContext = await context(t, {});
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const broken = { ...synthetic, create: () => ({ list: () => Promise.reject(full) }) } as never;
  const dataset = new Registry<Kinds['dataset']>('dataset', { synthetic: broken });
  const run = stage().run({ ...stageContext, components: { dataset } as unknown as Components });
  const [problem] = await problemsOf(run);
  assert.equal(problem?.code, 'disk-full');
  assert.match(problem.cure ?? '', /dataset\.limit/);
});

test('a preparation is identified by its pixels, not by the location of the images', async (t) => {
  const prepared = async (path: string, load_size = 18) => {
    const around = await context(t, { type: 'folder', path, load_size });
    assert.equal((await stage().run(around as unknown as StageContext)).status, 'done');
    return { dir: around.dir, content: await preprocess.content!(around.dir) };
  };
  const [here, there] = [await prepared(await dataFolder(t)), await prepared(await dataFolder(t))];
  assert.notDeepEqual((await readIndex(here.dir)).source, (await readIndex(there.dir)).source);
  assert.equal(here.content, there.content);
  assert.notEqual((await prepared(await dataFolder(t), 20)).content, here.content);
  const other = await dataFolder(t);
  await put(other, { 'trainA/1.jpg': await plain('#000').jpeg().toBuffer() });
  assert.notEqual((await prepared(other)).content, here.content);
});

test('a result with skipped images is invalid if fewer bad images are allowed', async (t) => {
  const path = await dataFolder(t);
  await put(path, { 'trainA/bad.jpg': Buffer.from('no image') });
  const around = await context(t, { type: 'folder', path });
  assert.equal((await stage().run(around as unknown as StageContext)).status, 'done');
  const objection = (dataset: Partial<DatasetConfig>) =>
    stage().objection!(
      { dir: around.dir, outputs: {} },
      { config: config({ type: 'folder', path, ...dataset }), components },
      {},
    );
  assert.equal(await objection({}), undefined);
  assert.equal(await objection({ max_bad: 0.5 }), undefined);
  assert.match(
    (await objection({ max_bad: 0.4 }))!,
    /^it skipped 1 bad image of trainA, more than dataset.max_bad allows now \(0\.4\)$/,
  );
  assert.match(
    (await objection({ on_bad_image: 'fail' }))!,
    /^it skipped 1 bad image of trainA, and dataset.on_bad_image is fail now$/,
  );
});

test('images that become nearly black cause a warning with number, names, range and cure', async (t) => {
  const path = await dataFolder(t);
  const dark = (red: number) => {
    const data = Uint16Array.from({ length: 8 * 8 * 3 }, (_, i) => (i % 3 === 0 ? red : i * 20));
    return sharp(data, { raw: { width: 8, height: 8, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
  };
  await put(path, { 'trainB/a.png': await dark(4095), 'trainB/b.png': await dark(4000) });
  const stageContext = await context(t, { type: 'folder', path });
  await stage().run(stageContext);
  const warnings = stageContext.events.flatMap((event) =>
    event.kind === 'note' && event.level === 'warning' && event.text.includes('black') ? [event.text] : [],
  );
  assert.deepEqual(warnings, [
    '2 of the 3 images of trainB become nearly black: they hold 20 to 4,095, where 0 is black and 65,535 is white (a.png, b.png; pictures.jsonl has the range of each). If 4,095 is meant to be white, multiply them by 16.0037 and save them again.',
  ]);
});

test('a stopped download is kept and reported as saved', async (t) => {
  const stop = new AbortController();
  const stageContext = await context(t, {}, stop.signal);
  const remote: Kinds['dataset'] = {
    ...synthetic,
    create: (options: never, site: never) => ({
      ...synthetic.create(options, site),
      prepare(work: SourceWork) {
        work.progress({ phase: 'downloading x.zip', unit: 'bytes', done: 5, total: 10, kept: true });
        stop.abort();
        return Promise.reject(new Error('stopped'));
      },
    }),
  };
  const dataset = new Registry<Kinds['dataset']>('dataset', { synthetic: remote });
  const result = await stage().run({ ...stageContext, components: { dataset } as unknown as Components });
  assert.deepEqual(result, { status: 'interrupted', saved: 'what was downloaded' });
});

test('a speed is reported only after the work has taken a while', (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const rates: unknown[] = [];
  const emit = (event: StageEvent) => rates.push(event.kind === 'progress' && event.rate);
  const progress = progressTo({ emit } as unknown as StageContext);
  const told = (done: number) => progress({ phase: 'trainA', unit: 'images', done, total: 840 });
  told(0);
  now = 400;
  told(1);
  now = 2000;
  told(100);
  assert.deepEqual(rates, [undefined, undefined, 50]);
});

test('an abort leaves preprocess interrupted', async (t) => {
  const stop = new AbortController();
  stop.abort();
  const result = await stage().run(await context(t, {}, stop.signal));
  assert.deepEqual(result, { status: 'interrupted', next: 'the images are prepared from the start next time' });
});

/** Prepares synthetic images. @returns the folder of the store, and the result */
async function prepared(t: TestContext, dataset: Partial<DatasetConfig>) {
  const stageContext = await context(t, dataset);
  const result = await stage().run(stageContext);
  assert.ok(result.status === 'done');
  return { ...result, dir: stageContext.dir };
}

const contentOf = (dir: string, unused?: readonly string[]) => preprocess.content!(dir, unused);

test('a held-out part is prepared like test images, and reported', async (t) => {
  const { dir, outputs, summary } = await prepared(t, { train: 8, validation_share: 0.25 });
  assert.deepEqual([outputs['trainA'], outputs['valA'], outputs['valB']], [6, 2, 2]);
  assert.equal(
    summary?.[0]?.text,
    'trainA 6, trainB 6, testA 2, testB 2, valA 2, valB 2 (training at 18x18, test and validation at 16x16)',
  );
  const store = await openStore(dir);
  t.after(() => store.close());
  assert.deepEqual([store.count('valTruthA'), (await store.read('valA', 0)).width], [2, 16]);
  await preprocess.report!.draw(dir);
  assert.match(await readFile(join(dir, 'report/index.html'), 'utf8'), /2 and 2 to validate with/);
});

test('a store without validation images is written as before there were any', async (t) => {
  const { dir } = await prepared(t, {});
  for (const file of ['index.json', 'findings.json']) {
    assert.doesNotMatch(await readFile(join(dir, file), 'utf8'), /val[AB]|valTruth/);
  }
  assert.equal((await readIndex(dir)).splits.valA.count, 0);
  const store = await openStore(dir);
  t.after(() => store.close());
  assert.equal(store.count('valTruthB'), 0);
});

test('validation images are part of the content, but not for a stage that does not use them', async (t) => {
  const [plainStore, drawn, other] = [
    await prepared(t, {}),
    await prepared(t, { validation: 2 }),
    await prepared(t, { validation: 3 }),
  ];
  const before = await contentOf(plainStore.dir);
  assert.equal(new Set([before, await contentOf(drawn.dir), await contentOf(other.dir)]).size, 3);
  for (const { dir } of [plainStore, drawn, other]) assert.equal(await contentOf(dir, ['validation']), before);
});

test('a data set’s own validation images do not name a run', async (t) => {
  const path = await dataFolder(t);
  const view = { config: config({ type: 'folder', path }), components };
  const before = await stage().identity!(view);
  const image = await plain('#123').jpeg().toBuffer();
  await put(path, { 'valA/1.jpg': image, 'valB/1.jpg': image });
  const after = await stage().identity!(view);
  assert.notDeepEqual(after, before);
  assert.deepEqual(preprocess.namedBy!(after), before);
  const held = { config: config({ type: 'folder', path, validation_share: 0.1 }), components };
  assert.deepEqual(await stage().identity!(held), before);
});

describe('validation images that a later stage needs', () => {
  /** A source that shows what it holds once it is prepared, as an archive does. */
  const lazy = (validation: number) => {
    const source = synthetic.create({ seed: 0, train: 3, test: 2, validation, paired: false }, { limit: null, imageSize: 16 }); // prettier-ignore
    let prepared = false;
    const create = () => ({
      ...source,
      hasValidation: () => Promise.resolve(prepared ? validation > 0 : undefined),
      prepare: () => Promise.resolve(void (prepared = true)),
    });
    return new Registry<Kinds['dataset']>('dataset', { synthetic: { ...synthetic, create } });
  };
  const asked = async (t: TestContext, validation: number) => {
    const made = await context(t, {});
    const required = { validation: 'train.keep_best' };
    return { ...made, required, components: { ...components, dataset: lazy(validation) } };
  };

  test('are reported as missing once the source is prepared, before an image is decoded', async (t) => {
    const of = await asked(t, 0);
    assert.deepEqual(await stage().identity!(of), { source: 'synthetic', version: 1, seed: 0 });
    const [problem] = await problemsOf(stage().run(of));
    assert.deepEqual([problem!.code, problem!.option], ['no-validation', ['train', 'keep_best']]);
    assert.ok(of.events.every((event) => event.kind !== 'progress' || event.unit !== 'images'));
  });

  test('are prepared where there are some', async (t) => {
    assert.equal((await stage().run(await asked(t, 1))).status, 'done');
  });
});
