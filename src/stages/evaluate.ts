import { join } from 'node:path';
import { openStore, type PreparedStore } from '../data/store/prepared-store.js';
import { writeGrid, type RgbImage } from '../inference/image-grid.js';
import { chooseCheckpoint, objectionToStep } from '../inference/checkpoint-choice.js';
import { imageOf } from '../inference/tensor-image.js';
import { openRunTranslator, type RunTranslator } from '../inference/run-translator.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { TranslatedBatch } from '../registry/kinds/metric.js';
import { buildMethod, methodFacts } from '../methods/build.js';
import { IMPORTABLE, type ImportableName } from '../migration/weights/importable.js';
import type {
  ConfigView,
  Stage,
  StageComponent,
  StageContext,
  StageResult,
  SummaryLine,
} from '../registry/kinds/stage.js';
import { writeFileAtomic } from '../support/files.js';
import type { JsonObject } from '../support/json.js';
import { encodeNumber } from '../support/numbers.js';
import { evaluateSection } from '../evaluation/evaluate-section.js';
import { partnersAreTrue } from '../evaluation/evaluation-images.js';
import { ImageResults } from '../evaluation/image-results.js';
import { openEvaluation, type Evaluation } from '../evaluation/evaluation.js';
import { extractorIdentities } from '../evaluation/extractor-identities.js';
import { makeMetric } from '../evaluation/make-metric.js';
import type { Measured, MeasuredValues } from '../evaluation/measured.js';
import { checkpointTable, compareCheckpoints } from './compared-checkpoints.js';
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
  reads: ['evaluate', 'method', 'generator', 'train.ema_decay', 'dataset.image_size', 'engine.mode'],
  // For metrics that ask the discriminators. What they are is part of the networks' fingerprint.
  readsUncounted: ['discriminator', 'loss', 'optimizer', 'dataset.type', 'dataset.paired'],
  consumes: ['dataset', 'networks'],
  provides: 'measurements',
  create: () => ({ run, identity, objection }),
};

const identity: Stage['identity'] = async (view, signal) => {
  const extractors = await extractorIdentities(view, view.config.evaluate.metrics, signal);
  return learnsTruth(view) ? { extractors, truth: 'pairs' } : extractors;
};

/** Whether an unpaired method is compared with the partners of images, which neither the method nor the data set make known. */
function learnsTruth(view: ConfigView): boolean {
  const { type } = view.config.dataset;
  const isKnown = methodFacts(view).pairing === 'paired' || view.components.dataset.get(type).knowsTruth === true;
  return !isKnown && partnersAreTrue(view);
}

const objection: Stage['objection'] = ({ outputs }, { config }, { networks }) =>
  Promise.resolve(objectionToStep(config.evaluate.checkpoint, networks, Number(outputs['step'])));

async function run(context: StageContext): Promise<StageResult> {
  const { metrics, checkpoint } = context.config.evaluate;
  const step = await chooseCheckpoint('evaluate.checkpoint', checkpoint, context.inputs['networks']!);
  const store = await openStore(context.inputs['dataset']!.dir);
  try {
    const evaluation = await openEvaluation(context, store, { part: 'test', metrics });
    try {
      return await measureCheckpoints(context, store, evaluation, step);
    } finally {
      await evaluation.dispose();
    }
  } catch (error) {
    // A long computation of a metric may also throw because of the stop.
    if (context.signal.aborted && error === context.signal.reason) return { status: 'interrupted' };
    throw error;
  } finally {
    await store.close();
  }
}

/** The chosen checkpoint as a whole; of a training with a best one that is not its last, the values of both. */
async function measureCheckpoints(
  context: StageContext,
  store: PreparedStore,
  evaluation: Evaluation,
  step: number,
): Promise<StageResult> {
  const results = await ImageResults.start(context, store);
  const measured = await withTranslator(context, step, (translator) =>
    measureBoth(context, evaluation, translator, results, store),
  );
  const both = Object.entries(measured);
  const metrics = valuesOf(measured);
  const compared = await compareCheckpoints({ step, metrics }, context.inputs['networks']!.outputs, (other, name) =>
    withTranslator(context, other, async (translator) =>
      valuesOf(await measureOnly(context, evaluation, translator, name)),
    ),
  );
  const images = context.config.evaluate.samples > 0 ? both.map(([direction]) => `${direction}.png`) : [];
  const single = await results.finish();
  const checkpoints: JsonObject = compared.length === 0 ? {} : { checkpoints: compared as unknown as JsonObject[] };
  const written = { ...metrics, ...checkpoints };
  await writeFileAtomic(join(context.dir, 'metrics.json'), `${JSON.stringify(written, encodeNumber, 2)}\n`);
  return {
    status: 'done',
    outputs: { step, metrics: metrics as unknown as JsonObject, grids: images, ...checkpoints },
    files: ['metrics.json', ...images, ...single],
    artifacts: ['metrics.json', ...images],
    summary: [
      ...metricTable(metrics),
      ...alarmLines(metrics),
      ...notMeasuredLines(
        both.flatMap(([, { notMeasured }]) => notMeasured),
        drawnJudges(context),
      ),
      ...checkpointTable(compared, step),
      ...(images.length > 0 ? gridLines(Object.fromEntries(both.map(([name, { columns }]) => [name, columns]))) : []),
    ],
  };
}

async function withTranslator<T>(
  context: StageContext,
  step: number,
  use: (translator: RunTranslator) => Promise<T>,
): Promise<T> {
  const { metrics } = context.config.evaluate;
  const isAsked = metrics.some((metric) => makeMetric(context.components, metric).metric.needs.realness === true);
  const judges = isAsked && drawnJudges(context).length === 0;
  const translator = await openRunTranslator(context, { step, judges });
  try {
    return await use(translator);
  } finally {
    translator.dispose();
  }
}

/**
 * The discriminators that were not imported beside the generators, but drawn: what they say means nothing. None where the method's
 * discriminators judge no single images.
 */
function drawnJudges(context: StageContext): readonly string[] {
  const { drawn } = context.inputs['networks']!.outputs;
  if (!Array.isArray(drawn) || buildMethod(context).judge === undefined) return [];
  const names = drawn as readonly ImportableName[];
  return names.filter((name) => IMPORTABLE[name]?.section === 'discriminator');
}

type PerDirection<T> = Readonly<Partial<Record<Direction, T>>>;

function valuesOf(measured: PerDirection<Measured>): PerDirection<MeasuredValues> {
  return Object.fromEntries(Object.entries(measured).map(([direction, { values }]) => [direction, values]));
}

async function measureBoth(
  context: StageContext,
  evaluation: Evaluation,
  translator: RunTranslator,
  results: ImageResults,
  store: PreparedStore,
): Promise<PerDirection<Evaluated>> {
  return inEachDirection(translator, (direction) =>
    measureDirection(context, evaluation, translator, direction, results, store),
  );
}

/** Only the values, for a comparison. @param name of the checkpoint, for display */
async function measureOnly(
  context: StageContext,
  evaluation: Evaluation,
  translator: RunTranslator,
  name: string,
): Promise<PerDirection<Measured>> {
  return inEachDirection(translator, (direction) =>
    evaluation.measure(direction, {
      translate: (source) => translator.translate(direction, source),
      onBatch(_, images, from, total) {
        const phase = `${direction}, ${name} checkpoint`;
        context.emit({ kind: 'progress', unit: 'images', done: from + images.length, total, phase });
      },
    }),
  );
}

/** One after another. */
async function inEachDirection<T>(
  { directions }: RunTranslator,
  measure: (direction: Direction) => Promise<T>,
): Promise<PerDirection<T>> {
  const measured: Partial<Record<Direction, T>> = {};
  for (const direction of directions) measured[direction] = await measure(direction);
  return measured;
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
  store: PreparedStore,
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
  await results.addNeighbours(direction, measured.perImage, measured.neighbours, store);
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
