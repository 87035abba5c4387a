import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { openStore, type PreparedStore } from '../data/store/store.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { TranslatedPicture } from '../registry/kinds/metric.js';
import type { StageComponent, StageContext, StageResult, SummaryLine } from '../registry/kinds/stage.js';
import { writeFileAtomic } from '../support/files.js';
import { encodeNumber } from '../support/numbers.js';
import { Measurement, needingTruth, type Measured, type MeasuredValue } from './evaluation/measurement.js';
import { writeGrid, type Picture } from './picture-grid.js';
import { readTensor } from './read-tensor.js';
import { pictureOf } from './tensor-picture.js';
import { openTranslator, type Translator } from './trained-generators.js';

export const evaluate: StageComponent = {
  summary: 'Measures the translations of the test pictures, both directions, and draws grids of them.',
  details:
    'Each metric is the mean over a domain’s test pictures. Where the data set knows the true translation, the metrics that use it are also measured on the unchanged input: what doing nothing would score.',
  schema: { properties: {} },
  version: 2,
  scope: 'run',
  engine: true,
  reads: ['evaluate', 'generator', 'dataset.image_size', 'engine.mode'],
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

async function measureBoth(context: StageContext, store: PreparedStore, translator: Translator): Promise<StageResult> {
  const AtoB = await measureDirection(context, store, translator, 'AtoB');
  const BtoA = AtoB && (await measureDirection(context, store, translator, 'BtoA'));
  if (AtoB === undefined || BtoA === undefined) return { status: 'interrupted' };
  const metrics = { AtoB, BtoA };
  const pictures = context.config.evaluate.samples > 0 ? ['AtoB.png', 'BtoA.png'] : [];
  await writeFileAtomic(join(context.dir, 'metrics.json'), `${JSON.stringify(metrics, encodeNumber, 2)}\n`);
  return {
    status: 'done',
    outputs: { step: translator.step, metrics, grids: pictures },
    files: ['metrics.json', ...pictures],
    artifacts: ['metrics.json', ...pictures],
    summary: [
      ...table(metrics),
      ...notMeasured(context, store),
      ...(pictures.length > 0 ? grids(truthKnown(store)) : []),
    ],
  };
}

const truthKnown = (store: PreparedStore): boolean => store.count('truthA') > 0;

/** `undefined` when the user has stopped it. */
async function measureDirection(
  context: StageContext,
  store: PreparedStore,
  translator: Translator,
  direction: Direction,
): Promise<Measured | undefined> {
  const domain = direction === 'AtoB' ? 'A' : 'B';
  const total = store.count(`test${domain}`);
  const measurement = new Measurement(context, truthKnown(store));
  const rows: Picture[][] = [];
  for (let index = 0; index < total; index++) {
    if (context.signal.aborted) return undefined;
    const source = await readTensor(store, `test${domain}`, index);
    const truth = truthKnown(store) ? await readTensor(store, `truth${domain}`, index) : undefined;
    const translation = translator.translate(direction, source);
    tf.tidy(() => {
      const picture = { source, ...translation, truth };
      measurement.add(picture);
      if (index < context.config.evaluate.samples) rows.push(gridRow(picture));
    });
    tf.dispose([source, ...Object.values(translation), ...(truth === undefined ? [] : [truth])]);
    context.emit({ kind: 'progress', unit: 'pictures', done: index + 1, total, phase: direction });
  }
  if (rows.length > 0) {
    const file = join(context.dir, `${direction}.png`);
    await writeGrid(file, rows);
    context.emit({ kind: 'image', name: `evaluate/${direction}`, step: translator.step, file });
  }
  const measured = measurement.result();
  for (const [name, { value }] of Object.entries(measured)) {
    context.emit({ kind: 'metric', name: `evaluate/${direction}/${name}`, step: translator.step, value });
  }
  return measured;
}

function gridRow({ source, translated, reconstructed, truth }: TranslatedPicture): Picture[] {
  return [source, translated, reconstructed, ...(truth === undefined ? [] : [truth])].map(pictureOf);
}

/** A metric a line, a direction a column, with what the unchanged input scores. */
function table(metrics: Readonly<Record<Direction, Measured>>): SummaryLine[] {
  const names = Object.keys(metrics.AtoB);
  const cells = (direction: Direction) => names.map((name) => `${direction} ${cell(metrics[direction][name]!)}`);
  const [there, back] = [cells('AtoB'), cells('BtoA')];
  const width = Math.max(...there.map((text) => text.length));
  return names.map((label, i) => ({
    label,
    text: `${there[i]!.padEnd(width)}   ${back[i]!}   ${metrics.AtoB[label]!.better} is better`,
  }));
}

function cell({ value, unchanged, unit }: MeasuredValue): string {
  const text = unit === undefined ? value.toFixed(3) : `${value.toFixed(2)} ${unit}`;
  return unchanged === undefined ? text : `${text} (input unchanged: ${unchanged.toFixed(unit === undefined ? 3 : 2)})`;
}

/** What was asked for and could not be measured must not go without a word. */
function notMeasured(context: StageContext, store: PreparedStore): SummaryLine[] {
  const names = truthKnown(store) ? [] : needingTruth(context);
  const text = `${names.join(', ')} (needs the true translations, which this data set does not know)`;
  return names.length === 0 ? [] : [{ label: 'not measured', text }];
}

function grids(truth: boolean): SummaryLine[] {
  const row = `(a row: real | translated | reconstructed${truth ? ' | true' : ''})`;
  return [
    { label: 'translated', file: 'AtoB.png', text: row },
    { label: 'translated', file: 'BtoA.png' },
  ];
}
