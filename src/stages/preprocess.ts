import type { Config } from '../config/config.js';
import { writeStore, type WrittenStore } from '../data/prepare/store-writer.js';
import { readPictures } from '../data/store/pictures.js';
import type { Components } from '../registry/kinds.js';
import { SPLITS, type DatasetSource } from '../registry/kinds/dataset.js';
import type {
  ConfigPath,
  ConfigView,
  StageComponent,
  StageContext,
  StageResult,
  SummaryLine,
} from '../registry/kinds/stage.js';
import { make } from '../registry/make.js';
import { diskFullCode } from '../support/disk-full.js';
import { ProblemError } from '../support/problem.js';

/** What the prepared pictures depend on; how they are shuffled, jittered and batched later is not among it. */
const READS = ['type', 'image_size', 'load_size', 'interpolation', 'limit', 'on_bad_image', 'max_bad'];
/** Bad pictures named on the terminal; index.json has them all. */
const NAMED = 10;

/** Decodes all pictures once, into a store that training reads with bounded memory. */
export const preprocess: StageComponent = {
  summary: 'Decodes and resizes all pictures into a compact store.',
  details:
    'Every run with the same pictures and sizes shares one store. Leaves `dataset`: see src/data/store/format.ts for the files.',
  schema: { properties: {} },
  version: 1,
  scope: 'shared',
  engine: false,
  reads,
  identified: paths,
  consumes: [],
  provides: 'dataset',
  create: () => ({
    identity: (view, signal) => source(view, signal).identity(),
    run,
  }),
};

/** The chosen source's own options, and those of every source that matter here. */
function reads(config: Config, components: Components): readonly ConfigPath[] {
  const own = Object.keys(components.dataset.get(config.dataset.type).schema.properties);
  return [...new Set([...READS, ...own])].map((key) => `dataset.${key}`);
}

/** Where the pictures lie does not matter, only what they are. */
function paths(config: Config, components: Components): readonly ConfigPath[] {
  const { properties } = components.dataset.get(config.dataset.type).schema;
  const own = Object.keys(properties).filter((key) => properties[key]!.format === 'path');
  return own.map((key) => `dataset.${key}`);
}

async function run(context: StageContext): Promise<StageResult> {
  const { dataset } = context.config;
  const progress = progressTo(context);
  let written: WrittenStore | undefined;
  try {
    written = await writeStore(context.dir, source(context, context.signal), dataset, {
      signal: context.signal,
      progress,
    });
  } catch (error) {
    throw diskFull(error, context.dir) ?? error;
  }
  if (written === undefined)
    return { status: 'interrupted', saved: 'the pictures are prepared from the start next time' };
  const { index } = written;
  const skipped = await tellSkipped(index, context);
  const counts = Object.fromEntries(SPLITS.map((split) => [split, index.splits[split].count]));
  const sizes = `training at ${index.load_size}x${index.load_size}, test at ${index.image_size}x${index.image_size}`;
  const pictures = `${SPLITS.map((split) => `${split} ${counts[split]}`).join(', ')} (${sizes})`;
  const bad = `(${skipped} bad picture${skipped > 1 ? 's' : ''}: which, and why)`;
  const summary: SummaryLine[] = [{ label: 'pictures', text: pictures }];
  if (skipped > 0) summary.push({ label: 'skipped', file: 'pictures.jsonl', text: bad });
  return { status: 'done', outputs: { ...counts, skipped }, summary };
}

function source({ config, components }: ConfigView, signal?: AbortSignal): DatasetSource {
  const { limit, image_size } = config.dataset;
  return make(components.dataset, config.dataset, { limit, imageSize: image_size, signal });
}

/** At most ten events a second. */
function progressTo(context: StageContext) {
  const start = performance.now();
  let told = -Infinity;
  return (split: string, done: number, total: number) => {
    const now = performance.now();
    if (now - told < 100 && done < total) return;
    told = now;
    const rate = done / Math.max(0.001, (now - start) / 1000);
    context.emit({ kind: 'progress', unit: 'images', done, total, phase: split, rate });
  };
}

async function tellSkipped({ splits }: WrittenStore['index'], context: StageContext): Promise<number> {
  const skipped = SPLITS.reduce((sum, split) => sum + splits[split].skipped, 0);
  const warn = (text: string) => context.emit({ kind: 'note', level: 'warning', text });
  let told = 0;
  for await (const picture of skipped > 0 ? readPictures(context.dir) : []) {
    if ('reason' in picture && told++ < NAMED) warn(`Skipped: ${picture.name} ${picture.reason}.`);
  }
  if (skipped > NAMED) warn(`Skipped ${skipped - NAMED} more; the store's pictures.jsonl names them all.`);
  return skipped;
}

function diskFull(error: unknown, dir: string): ProblemError | undefined {
  if (diskFullCode(error) === undefined) return undefined;
  return new ProblemError({
    code: 'disk-full',
    message: `There is no space left for the prepared pictures in ${dir}.`,
    cure: 'Free some space, or prepare fewer or smaller pictures (dataset.limit, dataset.load_size).',
  });
}
