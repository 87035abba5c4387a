import type { Config } from '../registry/config.js';
import { hasValidation, noValidation } from '../data/sources/has-validation.js';
import { holdOut } from '../data/sources/hold-out.js';
import { withoutValidation } from '../data/sources/without-validation.js';
import { diskFullForImages } from '../data/prepare/disk-space.js';
import { writeStore, type WrittenStore } from '../data/prepare/store-writer.js';
import { DECODER } from '../data/images/decoder-version.js';
import { IMAGES_FILE, MAIN_STORE_SPLITS, splitsIn, VALIDATION_STORE_SPLITS } from '../data/store/store-format.js';
import { readIndex } from '../data/store/read-index.js';
import type { OptionSchema } from '../registry/component.js';
import type { Components } from '../registry/kinds.js';
import { type DatasetSource } from '../registry/kinds/dataset.js';
import type {
  ConfigPath,
  ConfigView,
  StageComponent,
  StageContext,
  StageResult,
  SummaryLine,
} from '../registry/kinds/stage.js';
import { make } from '../registry/make.js';
import type { Json } from '../support/json.js';
import { ProblemError } from '../support/problem.js';
import { diskFullCode } from '../support/disk-full.js';
import { sha256 } from '../support/hash.js';
import { sizeText } from '../support/sides.js';
import { writeDataReport } from '../report/data/data-report.js';
import { DATA_REPORT } from '../report/data/data-report-files.js';
import { superfluous } from './preparation/finding-lines.js';
import { located } from './preparation/located.js';
import { progressTo, sourceWork } from './preparation/progress.js';
import { reportPreparation } from './preparation/report-preparation.js';

/** Config that the prepared images depend on; shuffling, jitter and batches come later. */
const READS = [
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
];

/** Decodes all images once, into a store that training reads with bounded memory. */
export const preprocess: StageComponent = {
  summary: 'Decodes and resizes all images into a compact store.',
  details:
    'Every run with the same images and sizes shares one store. Provides `dataset`: see src/data/store/store-format.ts for the files.',
  schema: { properties: {} },
  // Another decoder may give other pixels for the same files. If it does not, trainings stay valid: see `content`.
  version: 200 + DECODER,
  scope: 'shared',
  engine: false,
  reads,
  coveredByIdentity: paths,
  consumes: [],
  provides: 'dataset',
  content,
  namedBy: withoutValidation,
  report: {
    version: 1,
    lines: [{ label: 'data', file: DATA_REPORT.page, text: '(samples, counts, sizes, duplicates)' }],
    draw: writeDataReport,
  },
  create: () => ({
    identity,
    objection,
    run,
  }),
};

/** The options of the chosen source, and the common ones that affect the result. */
function reads(config: Config, components: Components): readonly ConfigPath[] {
  const own = Object.keys(components.dataset.get(config.dataset.type).schema.properties);
  return [...new Set([...READS, ...own])].map((key) => `dataset.${key}`);
}

/** Options covered by the source's identity: the content of the images matters, not their location. */
function paths(config: Config, components: Components): readonly ConfigPath[] {
  const { properties } = components.dataset.get(config.dataset.type).schema;
  const isCovered = ({ format, 'x-not-fingerprinted': left }: OptionSchema) => format === 'path' || left === true;
  const own = Object.keys(properties).filter((key) => isCovered(properties[key]!));
  return own.map((key) => `dataset.${key}`);
}

/** The prepared pixels, without their origin, which the store records too. `validation` is the part that not all stages use. */
async function content(dir: string, unused: readonly string[] = []): Promise<string> {
  const { image_size, load_size, splits } = await readIndex(dir);
  // A store without validation images is what it was before there were any.
  const validation = VALIDATION_STORE_SPLITS.filter((split) => splits[split].count > 0);
  const counted = unused.includes('validation') ? MAIN_STORE_SPLITS : [...MAIN_STORE_SPLITS, ...validation];
  const pixels = counted.map((split) => [split, splits[split].count, splits[split].sha256] as const);
  return sha256({ image_size, load_size, pixels });
}

/** @throws ProblemError `no-validation` if a later stage needs validation images and there are none, as far as that is known before a download */
async function identity(view: ConfigView, signal?: AbortSignal): Promise<Json> {
  const from = source(view, signal);
  const identity = await from.identity();
  await expectValidation(from, view);
  return identity;
}

async function expectValidation(
  from: DatasetSource,
  { required }: Pick<ConfigView, 'required'>,
  isPrepared = false,
): Promise<void> {
  const option = required?.['validation'];
  if (option === undefined || (await hasValidation(from, isPrepared)) !== false) return;
  throw new ProblemError(noValidation(option));
}

/** The number of images skipped under other settings may exceed the current limit; an earlier version left out validation images. */
async function objection({ dir }: { readonly dir: string }, view: ConfigView): Promise<string | undefined> {
  const { on_bad_image, max_bad } = view.config.dataset;
  const index = await readIndex(dir);
  const { splits } = index;
  const storeHasValidation = splitsIn(index).includes('valA');
  if (!storeHasValidation && (await source(view).hasValidation?.()) === true)
    return 'it has no validation images, and the data set has some';
  for (const split of splitsIn(index)) {
    const { count, skipped } = splits[split];
    const bad = `${skipped} bad image${skipped === 1 ? '' : 's'} of ${split}`;
    if (skipped > 0 && on_bad_image === 'fail') return `it skipped ${bad}, and dataset.on_bad_image is fail now`;
    if (skipped / (skipped + count) > max_bad)
      return `it skipped ${bad}, more than dataset.max_bad allows now (${max_bad})`;
  }
  return undefined;
}

async function run(context: StageContext): Promise<StageResult> {
  let kept = false;
  try {
    const written = await prepare(context, (progress) => (kept = progress.kept === true));
    if (written !== undefined) return await conclude(written, context);
  } catch (error) {
    if (!context.signal.aborted)
      throw diskFullCode(error) === undefined ? error : diskFullForImages({ dir: context.dir });
  }
  const next = 'the images are prepared from the start next time';
  return { status: 'interrupted', ...(kept ? { saved: 'what was downloaded' } : { next }) };
}

/** Reports the prepared images. */
async function conclude(written: WrittenStore, context: StageContext): Promise<StageResult> {
  await reportPreparation(written, context);
  const { index, findings } = written;
  const counts = Object.fromEntries(splitsIn(index).map((split) => [split, index.splits[split].count]));
  const skipped = splitsIn(index).reduce((sum, split) => sum + index.splits[split].skipped, 0);
  const found = { skipped, duplicates: superfluous(findings), leaks: findings.leaks };
  return { status: 'done', outputs: { ...counts, ...found }, summary: numbers(written, skipped) };
}

/** @param at called with the current work */
async function prepare(
  context: StageContext,
  at: (progress: { readonly kept?: true | undefined }) => void,
): Promise<WrittenStore | undefined> {
  const { dir, signal, earlier } = context;
  const tellProgress = progressTo(context);
  const progress: typeof tellProgress = (counted, phaseOfItsOwn) => {
    at(counted);
    tellProgress(counted, phaseOfItsOwn);
  };
  const from = source(context, signal);
  await from.prepare?.(sourceWork(context, progress));
  await expectValidation(from, context, true);
  return writeStore(dir, from, context.config.dataset, {
    signal,
    earlier,
    progress: (phase, done, total) => progress({ unit: 'images', phase, done, total }),
  });
}

function numbers({ index }: WrittenStore, skipped: number): SummaryLine[] {
  const { splits, image_size } = index;
  const { size } = splits.trainA;
  const trained = size === null ? 'sizes of their own' : sizeText(size);
  const shown = splitsIn(index);
  const others = shown.includes('valA') ? 'test and validation' : 'test';
  const sizes = `training at ${trained}, ${others} at ${sizeText(image_size)}`;
  const images = `${shown.map((split) => `${split} ${splits[split].count}`).join(', ')} (${sizes})`;
  const bad = `(${skipped} bad image${skipped === 1 ? '' : 's'}: which, and why)`;
  const lines: SummaryLine[] = [{ label: 'images', text: images }];
  return skipped === 0 ? lines : [...lines, { label: 'skipped', file: IMAGES_FILE, text: bad }];
}

function source({ config, components }: ConfigView, signal?: AbortSignal): DatasetSource {
  const { limit, image_size, validation_share: share, validation_seed: seed } = config.dataset;
  const { schema } = components.dataset.get(config.dataset.type);
  const made = make(components.dataset, config.dataset, { limit, imageSize: image_size, signal });
  return located(holdOut(made, { share, seed }), config.dataset, schema);
}
