import { formatNumber } from '../../src/support/format-number.js';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { loadTensorFlow } from '../../src/engine/native.js';
import type { Domain } from '../../src/registry/kinds/dataset.js';
import type { StageResult } from '../../src/registry/kinds/stage.js';
import { evaluate } from '../../src/stages/evaluate.js';
import { plainL1, plainPsnr, plainSsim, type PlainImage } from '../evaluation/plain.js';
import { COUNTS, evaluation, F, G, pixels, SIZE, STEP, type Evaluation } from '../evaluation/rig.js';

before(() => loadTensorFlow());

const run = ({ context }: Evaluation): Promise<StageResult> => evaluate.create({} as never).run(context);

/** The networks' range, and that of image metrics. */
const seen = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte / 127.5 - 1);
const unit = (values: readonly number[]): PlainImage => ({
  width: SIZE,
  height: SIZE,
  channels: 3,
  data: values.map((value) => (value + 1) / 2),
});

/** What a domain's images must measure, worked out without tensors. @param there its generator @param back the other one */
function expected(domain: Domain, there: (x: number) => number, back: (x: number) => number) {
  const each = Array.from({ length: COUNTS[domain] }, (_, index) => {
    const x = seen(pixels('test', domain, index));
    const truth = unit(seen(pixels('truth', domain, index)));
    return {
      'cycle-error': [
        plainL1(
          x,
          x.map((value) => back(there(value))),
        ),
      ],
      'identity-error': [plainL1(x, x.map(back))],
      psnr: [plainPsnr(unit(x.map(there)), truth), plainPsnr(unit(x), truth)],
      ssim: [plainSsim(unit(x.map(there)), truth), plainSsim(unit(x), truth)],
    } as const;
  });
  const mean = (name: keyof (typeof each)[number], which: 0 | 1) =>
    each.reduce((sum, values) => sum + values[name][which]!, 0) / each.length;
  const count = each.length;
  return {
    'cycle-error': { value: mean('cycle-error', 0), unchanged: undefined, unit: undefined, better: 'lower', count },
    'identity-error': {
      value: mean('identity-error', 0),
      unchanged: undefined,
      unit: undefined,
      better: 'lower',
      count,
    },
    psnr: { value: mean('psnr', 0), unchanged: mean('psnr', 1), unit: 'dB', better: 'higher', count },
    ssim: { value: mean('ssim', 0), unchanged: mean('ssim', 1), unit: undefined, better: 'higher', count },
  };
}

const EXPECTED = { AtoB: expected('A', G, F), BtoA: expected('B', F, G) };
/** Single precision, summed over 768 values. */
const CLOSE = 2e-4;

type Measured = Record<string, { value: number; unchanged?: number; unit?: string; better: string; count: number }>;

for (const mode of ['graph', 'eager'] as const) {
  describe(`evaluate, engine.mode ${mode}`, () => {
    test('measures each direction with its own generator, against its own truth and its own unchanged input', async (t) => {
      const made = await evaluation(t, mode);
      const result = await run(made);
      assert.ok(result.status === 'done');
      const { step, metrics } = result.outputs as { step: number; metrics: Record<string, Measured> };
      assert.equal(step, STEP);
      assert.deepEqual(Object.keys(metrics), ['AtoB', 'BtoA']);
      for (const [direction, values] of Object.entries(EXPECTED)) {
        assert.deepEqual(Object.keys(metrics[direction]!), Object.keys(values));
        for (const [name, { value, unchanged, unit, better, count }] of Object.entries(values)) {
          const found = metrics[direction]![name]!;
          const told = `${direction} ${name}: ${JSON.stringify(found)}, expected ${value} (unchanged: ${unchanged})`;
          assert.ok(Math.abs(found.value - value) < CLOSE, told);
          assert.deepEqual([found.unit, found.better, found.count], [unit, better, count], told);
          if (unchanged === undefined) assert.equal(found.unchanged, undefined, told);
          else assert.ok(Math.abs(found.unchanged! - unchanged) < CLOSE, told);
        }
      }
      const written: unknown = JSON.parse(await readFile(join(made.context.dir, 'metrics.json'), 'utf8'));
      assert.deepEqual(written, JSON.parse(JSON.stringify(metrics)));
    });

    test('draws a row per image: real, translated, reconstructed and true', async (t) => {
      const made = await evaluation(t, mode);
      const result = await run(made);
      assert.ok(result.status === 'done');
      assert.deepEqual(result.files, ['metrics.json', 'AtoB.png', 'BtoA.png', 'images.jsonl']);
      for (const [direction, domain, there, back] of [
        ['AtoB', 'A', G, F],
        ['BtoA', 'B', F, G],
      ] as const) {
        const x = seen(pixels('test', domain, 0));
        const columns = [x, x.map(there), x.map((value) => back(there(value))), seen(pixels('truth', domain, 0))];
        assert.deepEqual(await gridOf(join(made.context.dir, `${direction}.png`)), [columns.map(bytesOf)]);
      }
    });
  });
}

test('evaluation leaves no tensors', async (t) => {
  await run(await evaluation(t, 'eager'));
  const made = await evaluation(t, 'eager');
  const tensors = tf.memory().numTensors;
  await run(made);
  assert.equal(tf.memory().numTensors, tensors);
});

test('evaluation reports every metric at the step of the networks, each grid, and every image', async (t) => {
  const made = await evaluation(t, 'eager');
  await run(made);
  const { dir } = made.context;
  const told = made.events.map((event) => {
    if (event.kind === 'metric') return `${event.name} at ${event.step}: ${event.value.toFixed(2)}`;
    if (event.kind === 'image') return `${event.name} at ${event.step}: ${event.file.slice(dir.length + 1)}`;
    if (event.kind === 'phase') return event.text;
    return event.kind === 'progress' ? `${event.phase} ${event.done} of ${event.total} ${event.unit}` : event.kind;
  });
  const metrics = (direction: 'AtoB' | 'BtoA') =>
    Object.entries(EXPECTED[direction]).map(
      ([name, { value }]) => `evaluate/${direction}/${name} at ${STEP}: ${value.toFixed(2)}`,
    );
  assert.deepEqual(told, [
    'restoring the checkpoint',
    'AtoB 1 of 2 images',
    'AtoB 2 of 2 images',
    `evaluate/AtoB at ${STEP}: AtoB.png`,
    ...metrics('AtoB'),
    'BtoA 1 of 3 images',
    'BtoA 2 of 3 images',
    'BtoA 3 of 3 images',
    `evaluate/BtoA at ${STEP}: BtoA.png`,
    ...metrics('BtoA'),
  ]);
});

test('evaluation ends with a table of metrics, both directions and the unchanged input', async (t) => {
  const result = await run(await evaluation(t, 'eager'));
  assert.ok(result.status === 'done');
  const { metrics } = result.outputs as { metrics: Record<string, Measured> };
  const [AtoB, BtoA] = [metrics['AtoB']!, metrics['BtoA']!];
  const cell = ({ value, unchanged }: { value: number; unchanged?: number }, unit = '') =>
    formatNumber(value) + unit + (unchanged === undefined ? '' : ` (input unchanged: ${formatNumber(unchanged)})`);
  const width = Math.max(`AtoB ${cell(AtoB['psnr']!, ' dB')}`.length, `AtoB ${cell(AtoB['ssim']!)}`.length);
  const line = (there: string, back: string, better: string) =>
    `${`AtoB ${there}`.padEnd(width)}   BtoA ${back}   ${better} is better`;
  assert.deepEqual(result.summary, [
    { label: 'cycle-error', text: line(cell(AtoB['cycle-error']!), cell(BtoA['cycle-error']!), 'lower') },
    { label: 'identity-error', text: line(cell(AtoB['identity-error']!), cell(BtoA['identity-error']!), 'lower') },
    { label: 'psnr', text: line(cell(AtoB['psnr']!, ' dB'), cell(BtoA['psnr']!, ' dB'), 'higher') },
    { label: 'ssim', text: line(cell(AtoB['ssim']!), cell(BtoA['ssim']!), 'higher') },
    { label: 'translated', file: 'AtoB.png', text: '(a row: real | translated | reconstructed | true)' },
    { label: 'translated', file: 'BtoA.png' },
  ]);
});

test('evaluation without true translations lists the metrics not measured, and draws no column for the truth', async (t) => {
  const made = await evaluation(t, 'eager', { truth: false, samples: 2 });
  const result = await run(made);
  assert.ok(result.status === 'done');
  const { metrics } = result.outputs as { metrics: Record<string, Measured> };
  assert.deepEqual(Object.keys(metrics['AtoB']!), ['cycle-error', 'identity-error']);
  assert.deepEqual(result.summary!.slice(2), [
    {
      label: 'not measured',
      text: 'psnr, ssim (needs the true translations, which this data set does not know)',
    },
    { label: 'translated', file: 'AtoB.png', text: '(a row: real | translated | reconstructed)' },
    { label: 'translated', file: 'BtoA.png' },
  ]);
  const grid = await gridOf(join(made.context.dir, 'AtoB.png'), 3);
  assert.deepEqual(
    grid.map((row) => row[0]),
    [0, 1].map((index) => [...pixels('test', 'A', index)]),
  );
});

test('evaluation lists no metric as not measured if none needs a truth', async (t) => {
  const result = await run(await evaluation(t, 'eager', { truth: false, samples: 0, metrics: ['cycle-error'] }));
  assert.ok(result.status === 'done');
  assert.deepEqual(
    result.summary!.map(({ label }) => label),
    ['cycle-error'],
  );
});

test('evaluation with samples: 0 draws and announces no grids', async (t) => {
  const made = await evaluation(t, 'eager', { samples: 0 });
  const result = await run(made);
  assert.ok(result.status === 'done');
  assert.deepEqual([result.files, result.artifacts], [['metrics.json', 'images.jsonl'], ['metrics.json']]);
  assert.deepEqual(result.outputs['grids'], []);
  assert.deepEqual((await readdir(made.context.dir)).sort(), ['images', 'images.jsonl', 'metrics.json']);
  assert.deepEqual(
    made.events.filter(({ kind }) => kind === 'image'),
    [],
  );
});

test('evaluation stopped in either direction is interrupted and leaves no result', async (t) => {
  for (const stopAt of [1, 3]) {
    const { context, stop } = await evaluation(t, 'eager');
    let images = 0;
    const emit: typeof context.emit = ({ kind }) => {
      if (kind === 'progress' && ++images === stopAt) stop.abort();
    };
    const result = await evaluate.create({} as never).run({ ...context, emit });
    assert.deepEqual(result, { status: 'interrupted' });
    assert.equal(images, stopAt);
    assert.ok(!existsSync(join(context.dir, 'metrics.json')));
  }
});

/** What the networks' range is as an image: 8 bits, what lies outside cut off. */
function bytesOf(values: readonly number[]): number[] {
  return values.map((value) => Math.min(255, Math.max(0, Math.round(Math.fround((Math.fround(value) + 1) * 127.5)))));
}

/** The images of a grid, row by row, at their own size: one pixel of each enlarged one. */
async function gridOf(file: string, columns = 4): Promise<number[][][]> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  const [gap, factor] = [4, 8];
  const cell = SIZE * factor + gap;
  assert.equal(info.width, gap + columns * cell);
  return Array.from({ length: (info.height - gap) / cell }, (_, row) =>
    Array.from({ length: columns }, (_, column) =>
      Array.from({ length: SIZE * SIZE * 3 }, (_, i) => {
        const [x, y] = [Math.floor(i / 3) % SIZE, Math.floor(i / 3 / SIZE)];
        const left = gap + column * cell + x * factor + 3;
        return data[((gap + row * cell + y * factor + 5) * info.width + left) * 3 + (i % 3)]!;
      }),
    ),
  );
}
