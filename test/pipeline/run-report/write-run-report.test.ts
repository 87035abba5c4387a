import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { builtins } from '../../../src/app/builtins.js';
import type { PageData } from '../../../src/report/client/page-data.js';
import { writeRunReport } from '../../../src/pipeline/run-report/write-run-report.js';
import type { JsonObject } from '../../../src/support/json.js';
import { writeRun } from '../../comparison/run-folders.js';
import { temporary } from '../../export/rig.js';
import { writeWholeRun } from '../../report/run/run-folder.js';

async function reportOn(runDir: string, ending?: 'finished' | 'failed' | 'interrupted'): Promise<string> {
  const { file, bytes } = await writeRunReport({ runDir, components: builtins(), ...(ending && { ending }) });
  const page = await readFile(file, 'utf8');
  assert.equal(Buffer.byteLength(page), bytes);
  return page;
}

/** The visible words, without scripts, styles and tags. */
function words(page: string): string {
  const text = page.replaceAll(/<(script|style)\b[^]*?<\/\1>/g, ' ').replaceAll(/<[^>]*>/g, ' ');
  const plain = text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  return plain.replaceAll(/\s+/g, ' ');
}

function dataIn(page: string): PageData {
  const [, json] = /<script type="application\/json" id="page-data">([^]*?)<\/script>/.exec(page)!;
  return JSON.parse(json!) as PageData;
}

const whole = async (t: TestContext, amounts = {}) => writeWholeRun(temporary(t), 'toy-12345678', amounts);

describe('the report on a finished run', () => {
  test('begins with a sentence on each direction, between the untranslated input and real images', async (t) => {
    const page = words(await reportOn(await whole(t)));
    assert.match(
      page,
      /AtoB: kernel distance 0\.0210 \(0\.0180 to 0\.0250\), between the untranslated input \(0\.0610\) and real images \(0\.00400\)\./,
    );
    assert.match(page, /BtoA: kernel distance/);
  });

  test('has the table of metrics, all curves, samples, test images, config and stages', async (t) => {
    const page = await reportOn(await whole(t));
    const text = words(page);
    for (const part of ['Metrics', 'Curves', 'Samples over the training', 'The test images', 'Config', 'Stages']) {
      assert.ok(text.includes(part), part);
    }
    const data = dataIn(page);
    const names = data.charts.flatMap(({ series }) => series.map(({ name }) => name));
    assert.deepEqual([...new Set(names)].sort(), [
      'loss/D_X/total',
      'loss/D_Y/total',
      'loss/F/total',
      'loss/G/total',
      'loss/cycle/forward',
      'time/epoch-seconds',
    ]);
    assert.deepEqual(
      data.samples.map(({ frames }) => frames.length),
      [3, 3],
    );
    assert.deepEqual(
      data.tests.map(({ direction, images }) => `${direction} ${images.length}`),
      ['AtoB 4', 'BtoA 4'],
    );
  });

  test('has the result also where the evaluation was given another checkpoint than the best', async (t) => {
    const at = (name: string, step: number, found: number) => ({
      ...{ name, step, epoch: step / 20 },
      metrics: { AtoB: { 'kd-toy': { value: found, unchanged: 0.061, real: 0.004, better: 'lower' } } },
    });
    const checkpoints = [at('last', 40, 0.05), at('best', 20, 0.02)];
    const page = (step: number) => whole(t, { evaluated: { step, checkpoints } }).then(reportOn).then(words);
    assert.match(await page(40), /AtoB by the last checkpoint \(epoch 2\): kernel distance 0\.0500,/);
    assert.match(await page(20), /AtoB by the best checkpoint \(epoch 1\): kernel distance 0\.0200,/);
    const heads = [
      ...(await whole(t, { evaluated: { step: 20, checkpoints } }).then(reportOn)).matchAll(
        /class="dot v(\d)"[^>]*>●<\/span> (\w+)/g,
      ),
    ];
    assert.deepEqual(
      heads.map(([, colour, name]) => `${name} ${colour}`),
      ['last 0', 'best 1'],
    );
    // Neither of the two: a step of the config.
    assert.match(await page(10), /AtoB by the chosen checkpoint \(step 10\): kernel distance 0\.0210 /);
  });

  test('warns of what the evaluation found, not of what the validation found', async (t) => {
    const alarm = 'The translations look inverted.';
    const metrics = { AtoB: { inversion: { value: -0.8, better: 'higher', alarm } } };
    assert.match(words(await reportOn(await whole(t, { metrics }))), /AtoB: The translations look inverted\./);
  });

  test('is one file: every image is in it, its policy allows no request and no script but its own', async (t) => {
    const page = await reportOn(await whole(t));
    const addresses = [...page.matchAll(/ (?:src|href)="([^"]{0,40})/g)].map(([, address]) => address!);
    assert.deepEqual(
      addresses.filter((address) => !/^(data:image\/webp;base64,|#)/.test(address)),
      [],
    );
    const [policy] = /default-src[^"]*/.exec(page)!;
    assert.match(policy, /^default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-[^']+'$/);
    const [, style] = /<style>([^]*?)<\/style>/.exec(page)!;
    assert.doesNotMatch(style!, /@import|url\(/);
  });

  test('keeps the values of curves to single precision, and their steps', async (t) => {
    const dir = await whole(t, { steps: 30 });
    const { charts, steps, values } = dataIn(await reportOn(dir));
    const curve = charts.flatMap(({ series }) => series).find(({ name }) => name === 'loss/G/total')!;
    const recorded = (await readFile(join(dir, 'journal.jsonl'), 'utf8'))
      .split('\n')
      .filter((line) => line.includes('"loss/G/total"'))
      .map((line) => JSON.parse(line) as { step: number; value: number });
    assert.deepEqual(
      [...new Float32Array(bytes(values[curve.values]!))],
      recorded.map(({ value }) => Math.fround(value)),
    );
    assert.deepEqual(
      [...new Uint32Array(bytes(steps[curve.steps]!))],
      recorded.map(({ step }) => step),
    );
  });
});

function bytes(base64: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(base64, 'base64')).buffer;
}

describe('the report on a run that is not whole', () => {
  test('says in which stage it failed, and why', async (t) => {
    const dir = await writeRun(temporary(t), 'toy-1', { status: 'failed' });
    assert.match(
      words(await reportOn(dir)),
      /The run failed in train after 10 s of work: The losses are no longer finite/,
    );
  });

  test('says that it was stopped, also while its own process still holds the lock', async (t) => {
    const dir = await writeRun(temporary(t), 'toy-1', { status: 'interrupted' });
    assert.match(words(await reportOn(dir, 'interrupted')), /The run was stopped after 10 s of work/);
  });

  test('names a loss that is not finite any more, and since when', async (t) => {
    const dir = await whole(t);
    const late = { kind: 'metric', name: 'loss/G/total', step: 1041, time: 1, value: 'NaN', stage: 'train' };
    await appendFile(join(dir, 'journal.jsonl'), `${JSON.stringify(late)}\n`);
    assert.match(
      words(await reportOn(dir)),
      /The training diverged: loss\/G\/total is not a finite number from step 1,041 on/,
    );
  });

  test('leaves out what a stage recorded before it started over', async (t) => {
    const dir = await whole(t);
    const again = { kind: 'stage-started', name: 'train', step: null, time: 1, stage: 'train' };
    const lines = [
      { ...again, value: { reason: 'forced', resumes: false } },
      ...[1, 2].map((step) => ({ kind: 'metric', name: 'loss/G/total', step, time: 1, value: 7, stage: 'train' })),
    ];
    await appendFile(join(dir, 'journal.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { charts, samples } = dataIn(await reportOn(dir));
    const names = charts.flatMap(({ series }) => series.map(({ name }) => name));
    assert.deepEqual([...new Set(names)], ['loss/G/total']);
    assert.deepEqual(samples, []);
  });

  const breaks: Readonly<Record<string, (dir: string) => Promise<void>>> = {
    'without a journal': (dir) => rm(join(dir, 'journal.jsonl')),
    'with a torn journal': (dir) => appendFile(join(dir, 'journal.jsonl'), '{"kind":"metric","na'),
    'without its config': (dir) => rm(join(dir, 'config.yaml')),
    'with a config that is no YAML': (dir) => writeFile(join(dir, 'config.yaml'), 'stages: {train: ['),
    'with a config of another version': (dir) => writeFile(join(dir, 'config.yaml'), 'stages: {train: {}}\nloss: 3\n'),
    'without images': (dir) => rm(join(dir, 'evaluate', 'images'), { recursive: true }),
    'with an image that is none': (dir) => writeFile(join(dir, 'evaluate/images/AtoB/0000-source.png'), 'no PNG'),
    'with a list of images that is damaged': (dir) =>
      writeFile(join(dir, 'evaluate/images.jsonl'), '{"direction": "AtoB"}\nnothing\n[]\n'),
    'with a damaged stage.json': (dir) => writeFile(join(dir, 'train', 'stage.json'), '{'),
    'with an environment of another form': (dir) => writeFile(join(dir, 'environment.json'), '{"train": [3]}'),
  };
  for (const [name, damage] of Object.entries(breaks)) {
    test(`is a page with the rest, ${name}`, async (t) => {
      const dir = await whole(t);
      await damage(dir);
      const page = words(await reportOn(dir));
      assert.match(page, /toy-12345678/);
      assert.doesNotMatch(page, /undefined|\[object|NaN/);
    });
  }

  test('of an empty folder has a title', async (t) => {
    const dir = join(temporary(t), 'toy-1');
    await mkdir(dir, { recursive: true });
    assert.match(words(await reportOn(dir)), /toy-1/);
  });
});

describe('the steps of an epoch', () => {
  const ends = (steps: readonly number[], name = 'learning-rate') =>
    steps.map((step) => `${JSON.stringify({ kind: 'metric', name, step, time: 1, value: 1e-3, stage: 'train' })}\n`);
  const parent = { dir: 'parent-1/train', fingerprint: 'f', made: 'm' };

  async function stepsOf(t: TestContext, trained: JsonObject, lines: readonly string[], record = {}) {
    const dir = await whole(t, { trained });
    await writeFile(join(dir, 'journal.jsonl'), lines.join(''));
    const file = join(dir, 'train', 'stage.json');
    const before = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...before, ...record }));
    return dataIn(await reportOn(dir)).stepsPerEpoch;
  }

  test('are those of the finished training, also of one that continued another or was timed only from epoch 2 on', async (t) => {
    const outputs = { step: 60, epochs: 6 };
    assert.equal(await stepsOf(t, outputs, ends([40, 50, 60], 'time/epoch-seconds'), { parent }), 10);
    // Stopped early within an epoch.
    assert.equal(await stepsOf(t, { step: 25, epochs: 25 / 9 }, ends([18])), 9);
  });

  test('are the least distance between ends of epochs in a training that is not finished', async (t) => {
    const running = { status: 'running', finished: null };
    assert.equal(await stepsOf(t, {}, [...ends([20], 'time/epoch-seconds'), ...ends([10, 20])], running), 10);
    assert.equal(await stepsOf(t, {}, ends([10]), running), 10);
    assert.equal(await stepsOf(t, {}, ends([40, 50]), { ...running, parent }), 10);
  });

  test('are not known before they can be told', async (t) => {
    const running = { status: 'running', finished: null };
    assert.equal(await stepsOf(t, {}, ends([40]), { ...running, parent }), null);
    assert.equal(await stepsOf(t, {}, [], running), null);
  });
});

test('a sample outside of the run’s folder does not get into the report', async (t) => {
  const dir = await whole(t);
  const outside = join(dir, '..', 'outside.png');
  await cp(join(dir, 'train/samples/epoch-0-AtoB.png'), outside);
  const image = { kind: 'image', name: 'samples/AtoB', time: 1, stage: 'train' };
  const lines = [outside, '../outside.png', 'train/../../outside.png'].map((value, i) => ({
    ...image,
    ...{ step: 100 + i, value },
  }));
  await appendFile(join(dir, 'journal.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { samples } = dataIn(await reportOn(dir));
  assert.ok(samples.length > 0);
  assert.ok(samples.every(({ frames }) => frames.every(({ step }) => step < 100)));
});

test('the page has no end tags of images, which have none', async (t) => {
  const page = await reportOn(await whole(t));
  assert.match(page, /<img\b/);
  assert.doesNotMatch(page, /<\/img\b/);
});

test('an image outside of the evaluation’s folder does not get into the report', async (t) => {
  const dir = await whole(t);
  const file = join(dir, 'evaluate', 'images.jsonl');
  const outside = { direction: 'AtoB', index: 0, name: 'x', source: '../train/samples/epoch-0-AtoB.png', scores: {} };
  await writeFile(file, `${JSON.stringify({ ...outside, translated: '/etc/hostname' })}\n`);
  assert.deepEqual(dataIn(await reportOn(dir)).tests[0]?.images ?? [], []);
});

test('names, values and texts of a run cannot break out of the page', async (t) => {
  const evil = `</script><script>alert(1)</script>"><img src=x onerror=alert(1)>\u202e`;
  const runs = temporary(t);
  const dir = await writeWholeRun(runs, 'toy-12345678', {
    curves: [`loss/${evil}`, evil],
    metrics: { AtoB: { [evil]: { value: 1, unit: evil, alarm: evil, better: 'lower' } } },
  });
  const images = join(dir, 'evaluate', 'images.jsonl');
  const lines = (await readFile(images, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => ({
      ...(JSON.parse(line) as { scores: object }),
      name: evil,
      scores: { [evil]: 1 },
    }));
  await writeFile(images, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await writeFile(join(dir, 'config.yaml'), `name: ${JSON.stringify(evil)}\nstages: {train: {}, evaluate: {}}\n`);
  const attempt = {
    command: ['runner', evil],
    git: { commit: evil, branch: evil, dirty: true, remote: evil },
    versions: { [evil]: evil },
    machine: {},
  };
  await writeFile(join(dir, 'environment.json'), JSON.stringify({ train: [attempt] }));
  const note = { kind: 'note', name: 'warning', step: null, time: 1, value: evil, stage: 'train' };
  await appendFile(join(dir, 'journal.jsonl'), `${JSON.stringify(note)}\n`);
  const page = await reportOn(dir);
  assert.equal(page.match(/<script\b/g)!.length, 2);
  assert.equal(page.match(/<\/script>/g)!.length, 2);
  // An excerpt, because the page is long.
  assert.equal(/.{0,400}(?:<img src=x|\u202e)/.exec(page)?.[0], undefined);
  assert.equal(dataIn(page).tests[0]!.images.length, 4);
});

test('a report is not part of the run: written again, it changes no other file', async (t) => {
  const dir = await whole(t);
  const before = await readFile(join(dir, 'evaluate', 'stage.json'), 'utf8');
  await reportOn(dir);
  await reportOn(dir);
  assert.equal(await readFile(join(dir, 'evaluate', 'stage.json'), 'utf8'), before);
  assert.ok(existsSync(join(dir, 'report.html')));
});
