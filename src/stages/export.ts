import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Reference } from '../registry/config.js';
import { nameOf } from '../config/reference.js';
import {
  checkpointOption,
  chooseCheckpoint,
  objectionToStep,
  type CheckpointChoice,
} from '../inference/checkpoint-choice.js';
import { generatorFor, restoreGenerators, type TrainedGenerators } from '../inference/trained-generators.js';
import { readDescription } from '../export/description.js';
import { CHANNELS } from '../registry/kinds/network.js';
import type { Direction, ExportedGenerator } from '../registry/kinds/export-format.js';
import type { Stage, StageComponent, StageContext, StageResult } from '../registry/kinds/stage.js';
import type { StageSection } from '../registry/kinds/stage-section.js';
import { make } from '../registry/make.js';
import { BOOKKEEPING, componentList } from '../registry/option-parts.js';
import { formatBytes } from '../support/bytes.js';
import { formatNumber } from '../support/format-number.js';
import { sameSize, shortSides, writtenSides, type Sides } from '../support/sides.js';

declare module '../registry/config.js' {
  interface Config {
    readonly export: ExportConfig;
  }
}

export interface ExportConfig {
  readonly formats: readonly Reference[];
  /** For the formats that hold a graph. YAML may say null. */
  readonly image_sizes: readonly Sides[];
  readonly directions: readonly ('AtoB' | 'BtoA')[];
  /** Of Hugging Face's list, for the model card; absent in a config that was frozen before the option existed, as the next. */
  readonly license?: string | null;
  readonly checkpoint?: CheckpointChoice;
}

const SIDES = { minimum: 8, maximum: 4096 };
const SIZE = {
  type: ['integer', 'array'],
  ...SIDES,
  items: { type: 'integer', ...SIDES },
  minItems: 2,
  maxItems: 2,
  expected: 'a side of 8 to 4096 pixels, or [height, width]',
};

const section: StageSection<ExportConfig> = {
  key: 'export',
  description: 'The export of the trained generators.',
  properties: {
    formats: componentList('export', 'File formats.', ['saved-model', 'tfjs']),
    image_sizes: {
      description:
        'Image sizes that exported graphs are tested on, in pixels: [256, 512], or of images that are not square, [[256, 512]] (height, width). A graph takes others, too, if the generator can be proved to; otherwise there is one for each, the first as the default. null: only dataset.image_size.',
      type: ['array', 'null'],
      items: SIZE,
      uniqueItems: true,
      minItems: 1,
      expected: 'a list of sizes in pixels, such as [256, 512], or null',
      default: null,
    },
    directions: {
      description: 'The generators to export: AtoB is G, BtoA is F.',
      type: 'array',
      items: { enum: ['AtoB', 'BtoA'] },
      uniqueItems: true,
      default: ['AtoB', 'BtoA'],
    },
    checkpoint: checkpointOption('to export'),
    license: {
      description:
        'The license of the generators, for their model cards: an identifier of Hugging Face’s list, such as mit or cc-by-nc-4.0. null: not known.',
      type: ['string', 'null'],
      minLength: 1,
      expected: 'an identifier such as mit, or null',
      default: null,
      ...BOOKKEEPING,
    },
  },
  resolve: ({ image_sizes, ...options }, { imageSize }) => ({
    ...options,
    image_sizes: image_sizes?.map(shortSides) ?? [imageSize],
  }),
  // Checked here, not after hours of training.
  check: ({ image_sizes }, { imageSize, generatorRefuses }) =>
    image_sizes.flatMap((size, i) => {
      const refusal = sameSize(size, imageSize) ? undefined : generatorRefuses(size);
      const message = `the generator does not take images of ${writtenSides(size)} pixels. ${refusal}`;
      const cure = `Take this size out, or use one that fits as ${writtenSides(imageSize)} does.`;
      return refusal === undefined ? [] : [{ path: ['image_sizes', String(i)], message, cure }];
    }),
};

export const exportStage: StageComponent = {
  summary: 'Writes the trained generators in the requested formats.',
  details:
    'One folder per direction and format: export/AtoB/saved-model/... Each export is checked before it is published: it must give the same image as the network.',
  schema: { properties: {} },
  section,
  version: 1,
  scope: 'run',
  engine: true,
  reads: ['export', 'method', 'generator', 'train.ema_decay', 'dataset.image_size'],
  // Bundles record it; the networks that were trained with it are in the fingerprint.
  readsUncounted: ['dataset.interpolation'],
  consumes: ['networks'],
  provides: 'exported',
  create: () => ({ run, objection }),
};

const objection: Stage['objection'] = ({ outputs }, { config }, { networks }) =>
  Promise.resolve(objectionToStep(config.export.checkpoint, networks, Number(outputs['step'])));

async function run(context: StageContext): Promise<StageResult> {
  const step = await chooseCheckpoint(
    'export.checkpoint',
    context.config.export.checkpoint,
    context.inputs['networks']!,
  );
  const trained = await restoreGenerators(context, step);
  try {
    const files: string[] = [];
    const { directions, formats } = context.config.export;
    const trainedFor = directions.filter((direction) => generatorFor(trained, direction) !== undefined);
    const wanted = exportsOf(context, trained, trainedFor, formats);
    for (const [done, each] of wanted.entries()) {
      const phase = each.folder.replace('/', ' ');
      context.emit({ kind: 'progress', unit: 'exports', done, total: wanted.length, phase });
      files.push(await write(context, each));
    }
    return {
      status: 'done',
      outputs: { step: trained.step, files },
      files: files.map((file) => dirname(file)),
      artifacts: files.map((file) => dirname(file)),
      summary: files.map((file) => ({ label: 'exported', file })),
    };
  } finally {
    trained.dispose();
  }
}

/** A folder of the result. */
interface Export {
  /** Relative to the stage's: `AtoB/tfjs`. */
  readonly folder: string;
  readonly write: (dir: string) => Promise<readonly string[]>;
}

/** By direction, then those of all directions together. */
function exportsOf(
  context: StageContext,
  trained: TrainedGenerators,
  directions: readonly Direction[],
  formats: readonly Reference[],
): Export[] {
  const generators = directions.map((direction) => describe(context, trained, direction));
  const writers = formats.map((format) => ({
    name: nameOf(format),
    writer: make(context.components.export, format, undefined),
  }));
  const single = generators.flatMap((generator) =>
    writers.flatMap(({ name, writer }): Export[] =>
      writer.scope === 'run'
        ? []
        : [{ folder: `${generator.direction}/${name}`, write: (dir) => writer.write(generator, dir) }],
    ),
  );
  const together = writers.flatMap(({ name, writer }): Export[] =>
    writer.scope === 'run' && generators.length > 0
      ? [{ folder: name, write: (dir) => writer.write(generators, dir) }]
      : [],
  );
  return [...single, ...together];
}

/** Writes to a temporary folder, then renames it: a folder with the final name is complete. @returns its main file, relative to the stage's folder */
async function write(context: StageContext, { folder, write }: Export): Promise<string> {
  const building = join(context.dir, `.building-${folder.replace('/', '-')}`);
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { recursive: true });

  try {
    const files = await write(building);
    await reportFacts(context, folder, building, files);

    const final = join(context.dir, folder);
    await mkdir(dirname(final), { recursive: true });
    await rm(final, { recursive: true, force: true });
    await rename(building, final);
    return join(folder, files[0]!);
  } finally {
    // It can have hundreds of MB, and nothing else would remove it.
    await rm(building, { recursive: true, force: true });
  }
}

function describe(context: StageContext, trained: TrainedGenerators, direction: Direction): ExportedGenerator {
  return {
    direction,
    ...generatorFor(trained, direction)!,
    generator: context.config.generator,
    imageSize: context.config.dataset.image_size,
    interpolation: context.config.dataset.interpolation,
    imageSizes: context.config.export.image_sizes,
    channels: CHANNELS,
    runName: context.runName,
  };
}

/** What an export says of itself that users should know: what its kernels lose, and that its own library did not run it. */
async function reportFacts(
  context: StageContext,
  folder: string,
  building: string,
  files: readonly string[],
): Promise<void> {
  const { precision, quality, checked_with: checked } = (await readDescription(building)) ?? {};
  const note = (text: string) => context.emit({ kind: 'note', level: 'info', text: `${folder}: ${text}` });
  if (quality !== undefined && precision !== undefined) {
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(building, file))).size));
    const bytes = formatBytes(sizes.reduce((sum, size) => sum + size, 0));
    const [mean, largest] = [quality.mean, quality.largest].map(formatNumber);
    note(
      `${bytes} with kernels of ${precision}. Pixels differ from the network's by ${mean} of 256 levels on average, ${largest} at most, on ${quality.images} drawn images.`,
    );
  }
  if (checked === 'TensorFlow')
    note(
      'checked with TensorFlow. Where onnxruntime-node is installed (npm install onnxruntime-node), it is checked with that.',
    );
}
