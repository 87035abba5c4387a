import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { openStore, type PreparedStore, type StoreSplit } from '../data/store/prepared-store.js';
import { writeGrid, type RgbImage } from '../inference/image-grid.js';
import { readTensor } from '../inference/read-tensor.js';
import { imageOf } from '../inference/tensor-image.js';
import { openTranslator, type RunTranslator } from '../inference/translator.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { MetricSite, TranslatedBatch } from '../registry/kinds/metric.js';
import type { StageComponent, StageContext, StageResult, SummaryLine } from '../registry/kinds/stage.js';
import { writeFileAtomic } from '../support/files.js';
import type { JsonObject } from '../support/json.js';
import { encodeNumber } from '../support/numbers.js';
import { evaluateSection } from '../evaluation/evaluate-section.js';
import { ImageResults } from '../evaluation/image-results.js';
import { Measurement, type MeasuredValues, type NotMeasured } from '../evaluation/measurement.js';
import { notMeasuredLines, metricTable } from './evaluation-lines.js';
import { testImages, type TestImage } from '../evaluation/test-images.js';

export const evaluate: StageComponent = {
  summary: 'Measures the translations of the test images, each direction, and draws grids of them.',
  details:
    'Each metric gets a domain’s test images with their translations. A metric that compares with true translations, or with the target domain, is also measured on the unchanged input, as a baseline.',
  schema: { properties: {} },
  section: evaluateSection,
  version: 2,
  scope: 'run',
  engine: true,
  reads: ['evaluate', 'method', 'generator', 'dataset.image_size', 'engine.mode'],
  consumes: ['dataset', 'networks'],
  provides: 'measurements',
  create: () => ({ run }),
};

async function run(context: StageContext): Promise<StageResult> {
  const store = await openStore(context.inputs['dataset']!.dir);
  try {
    const translator = await openTranslator(context);
    try {
      return await measureBoth(context, store, translator);
    } finally {
      translator.dispose();
    }
  } finally {
    await store.close();
  }
}

async function measureBoth(
  context: StageContext,
  store: PreparedStore,
  translator: RunTranslator,
): Promise<StageResult> {
  const measured: Partial<Record<Direction, Evaluated>> = {};
  const results = await ImageResults.start(context, store);
  for (const direction of translator.directions) {
    const evaluated = await measureDirection(context, store, translator, direction, results);
    if (evaluated === undefined) return { status: 'interrupted' };
    measured[direction] = evaluated;
  }
  const both = Object.entries(measured);
  const metrics = Object.fromEntries(both.map(([direction, { values }]) => [direction, values]));
  const images = context.config.evaluate.samples > 0 ? both.map(([direction]) => `${direction}.png`) : [];
  const single = await results.finish();
  await writeFileAtomic(join(context.dir, 'metrics.json'), `${JSON.stringify(metrics, encodeNumber, 2)}\n`);
  return {
    status: 'done',
    outputs: { step: translator.step, metrics: metrics as unknown as JsonObject, grids: images },
    files: ['metrics.json', ...images, ...single],
    artifacts: ['metrics.json', ...images],
    summary: [
      ...metricTable(metrics),
      ...notMeasuredLines(both.flatMap(([, { notMeasured }]) => notMeasured)),
      ...(images.length > 0 ? gridLines(Object.fromEntries(both.map(([name, { columns }]) => [name, columns]))) : []),
    ],
  };
}

interface Evaluated {
  readonly values: MeasuredValues;
  readonly notMeasured: readonly NotMeasured[];
  /** Columns of its grid. */
  readonly columns: readonly string[];
}

/** @returns undefined if the user has stopped it */
async function measureDirection(
  context: StageContext,
  store: PreparedStore,
  translator: RunTranslator,
  direction: Direction,
  results: ImageResults,
): Promise<Evaluated | undefined> {
  const rows: RgbImage[][] = [];
  let columns: string[] = [];
  const images = await testImages(context, store, direction);
  const site = siteOf(context, store, direction, images.length);
  let measurement: Measurement | undefined;
  try {
    for (const [index, image] of images.entries()) {
      context.signal.throwIfAborted();
      const batch = await translated(store, translator, direction, image);
      try {
        measurement ??= await Measurement.start(context, batch, site);
        await measurement.add(batch);
        await results.add(direction, index, image, batch);
        if (index < context.config.evaluate.samples) rows.push(gridRow(batch));
        columns = columnsOf(batch).map((part) => COLUMNS[part]);
      } finally {
        tf.dispose(Object.values(batch));
      }
      context.emit({ kind: 'progress', unit: 'images', done: index + 1, total: site.count, phase: direction });
    }
    await drawGrid(context, rows, direction, translator.step);
    const values = (await measurement?.result()) ?? {};
    results.score(direction, measurement?.perImage() ?? {});
    for (const [name, { value }] of Object.entries(values)) {
      context.emit({ kind: 'metric', name: `evaluate/${direction}/${name}`, step: translator.step, value });
    }
    return { values, notMeasured: measurement?.notMeasured ?? [], columns };
  } catch (error) {
    // A long computation of a metric may also throw because of the stop.
    if (context.signal.aborted && error === context.signal.reason) return undefined;
    throw error;
  } finally {
    measurement?.dispose();
  }
}

function siteOf(
  { config, signal }: StageContext,
  store: PreparedStore,
  direction: Direction,
  count: number,
): MetricSite {
  const to = direction === 'AtoB' ? 'testB' : 'testA';
  return {
    direction,
    imageSize: config.dataset.image_size,
    count,
    targetCount: store.count(to),
    targets: () => imagesOf(store, to, signal),
    signal,
  };
}

/** The images of a split, one after another. */
async function* imagesOf(store: PreparedStore, split: StoreSplit, signal: AbortSignal): AsyncGenerator<tf.Tensor4D> {
  for (let index = 0; index < store.count(split); index++) {
    signal.throwIfAborted();
    const image = await readTensor(store, split, index);
    try {
      yield image;
    } finally {
      image.dispose();
    }
  }
}

/** A test image with all generator outputs for it. The caller owns the tensors. */
async function translated(
  store: PreparedStore,
  translator: RunTranslator,
  direction: Direction,
  image: TestImage,
): Promise<TranslatedBatch> {
  const source = await readTensor(store, image.split, image.index);
  try {
    const truth = image.truth && { truth: await readTensor(store, image.truth.split, image.truth.index) };
    return { source, ...truth, ...translator.translate(direction, source) };
  } catch (error) {
    source.dispose();
    throw error;
  }
}

async function drawGrid(
  context: StageContext,
  rows: readonly RgbImage[][],
  direction: Direction,
  step: number,
): Promise<void> {
  if (rows.length === 0) return;
  const file = join(context.dir, `${direction}.png`);
  await writeGrid(file, rows);
  context.emit({ kind: 'image', name: `evaluate/${direction}`, step, file });
}

/** The possible columns of a grid. */
const COLUMNS = { source: 'real', translated: 'translated', reconstructed: 'reconstructed', truth: 'true' } as const;

function columnsOf(batch: TranslatedBatch): (keyof typeof COLUMNS)[] {
  return (Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).filter((part) => batch[part] !== undefined);
}

function gridRow(batch: TranslatedBatch): RgbImage[] {
  return columnsOf(batch).map((part) => imageOf(batch[part]!));
}

function gridLines(columns: Readonly<Partial<Record<Direction, readonly string[]>>>): SummaryLine[] {
  let before: string | undefined;
  return Object.entries(columns).map(([direction, names]) => {
    const text = `(a row: ${names.join(' | ')})`;
    const line = { label: 'translated', file: `${direction}.png`, ...(text === before ? {} : { text }) };
    before = text;
    return line;
  });
}
