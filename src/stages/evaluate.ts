import { join } from 'node:path';
import { openStore } from '../data/store/prepared-store.js';
import { writeGrid, type RgbImage } from '../inference/image-grid.js';
import { imageOf } from '../inference/tensor-image.js';
import { openTranslator, type RunTranslator } from '../inference/translator.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { TranslatedBatch } from '../registry/kinds/metric.js';
import type { StageComponent, StageContext, StageResult, SummaryLine } from '../registry/kinds/stage.js';
import { writeFileAtomic } from '../support/files.js';
import type { JsonObject } from '../support/json.js';
import { encodeNumber } from '../support/numbers.js';
import { evaluateSection } from '../evaluation/evaluate-section.js';
import { ImageResults } from '../evaluation/image-results.js';
import { openEvaluation, type Evaluation } from '../evaluation/evaluation.js';
import { extractorIdentities } from '../evaluation/extractor-identities.js';
import type { Measured } from '../evaluation/measured.js';
import { alarmLines, metricTable, notMeasuredLines } from './evaluation-lines.js';

export const evaluate: StageComponent = {
  summary: 'Measures the translations of the test images, each direction, and draws grids of them.',
  details:
    'Each metric gets a domain’s test images with their translations. A metric that compares with true translations, or with the target domain, is also measured on the unchanged input, as a baseline, and one that compares with the target domain on other real images of it.',
  schema: { properties: {} },
  section: evaluateSection,
  version: 2,
  scope: 'run',
  engine: true,
  reads: ['evaluate', 'method', 'generator', 'dataset.image_size', 'engine.mode'],
  consumes: ['dataset', 'networks'],
  provides: 'measurements',
  create: () => ({ run, identity: (view, signal) => extractorIdentities(view, view.config.evaluate.metrics, signal) }),
};

async function run(context: StageContext): Promise<StageResult> {
  const store = await openStore(context.inputs['dataset']!.dir);
  try {
    const translator = await openTranslator(context);
    try {
      const { metrics } = context.config.evaluate;
      const evaluation = await openEvaluation(context, store, { part: 'test', metrics });
      try {
        const results = await ImageResults.start(context, store);
        return await measureBoth(context, evaluation, translator, results);
      } finally {
        await evaluation.dispose();
      }
    } catch (error) {
      // A long computation of a metric may also throw because of the stop.
      if (context.signal.aborted && error === context.signal.reason) return { status: 'interrupted' };
      throw error;
    } finally {
      translator.dispose();
    }
  } finally {
    await store.close();
  }
}

async function measureBoth(
  context: StageContext,
  evaluation: Evaluation,
  translator: RunTranslator,
  results: ImageResults,
): Promise<StageResult> {
  const measured: Partial<Record<Direction, Evaluated>> = {};
  for (const direction of translator.directions) {
    measured[direction] = await measureDirection(context, evaluation, translator, direction, results);
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
      ...alarmLines(metrics),
      ...notMeasuredLines(both.flatMap(([, { notMeasured }]) => notMeasured)),
      ...(images.length > 0 ? gridLines(Object.fromEntries(both.map(([name, { columns }]) => [name, columns]))) : []),
    ],
  };
}

interface Evaluated extends Measured {
  /** Columns of its grid. */
  readonly columns: readonly string[];
}

async function measureDirection(
  context: StageContext,
  evaluation: Evaluation,
  translator: RunTranslator,
  direction: Direction,
  results: ImageResults,
): Promise<Evaluated> {
  const rows: RgbImage[][] = [];
  let columns: string[] = [];
  const measured = await evaluation.measure(direction, {
    translate: (source) => translator.translate(direction, source),
    async onBatch(batch, images, from, total) {
      await results.add(direction, from, images[0]!, batch);
      if (rows.length < context.config.evaluate.samples) rows.push(gridRow(batch));
      columns = columnsOf(batch).map((part) => COLUMNS[part]);
      context.emit({ kind: 'progress', unit: 'images', done: from + images.length, total, phase: direction });
    },
  });
  results.score(direction, measured.perImage);
  await drawGrid(context, rows, direction, translator.step);
  for (const [name, { value }] of Object.entries(measured.values)) {
    context.emit({ kind: 'metric', name: `evaluate/${direction}/${name}`, step: translator.step, value });
  }
  return { ...measured, columns };
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
