import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetConfig, Typed } from '../registry/config.js';
import { readWeightsFile, writeWeightsFile, type WeightEntry } from '../engine/weights-file.js';
import type { Direction, ExportFormatComponent } from '../registry/kinds/export-format.js';
import type { Weights } from '../registry/kinds/network.js';
import { writeFileAtomic } from '../support/files.js';
import { ProblemError } from '../support/problem.js';
import type { Sides } from '../support/sides.js';

/** `generator.json` of a bundle: the config that rebuilds the generator, and TensorFlow.js's weights manifest. */
export interface WeightsBundle {
  readonly format: 'cyclegan-runner/generator';
  readonly version: 1;
  /** The run that trained it. */
  readonly run: string;
  readonly direction: Direction;
  readonly image_size: Sides;
  /** How training images were resized to that size; absent in bundles that were written before it was recorded. */
  readonly interpolation?: DatasetConfig['interpolation'];
  readonly channels: number;
  /** The resolved section `generator` of the config. */
  readonly generator: Typed;
  readonly sha256: string;
  /** TensorFlow.js's format: `tf.io.loadWeights(bundle.weightsManifest, folder)` loads it, in a browser too. */
  readonly weightsManifest: readonly [{ readonly paths: readonly [string]; readonly weights: readonly WeightEntry[] }];
}

const MAIN = 'generator.json';
const WEIGHTS = 'weights.bin';

export const weightsFormat: ExportFormatComponent = {
  summary: 'The generator’s weights in TensorFlow.js’s format, with the config that rebuilds it.',
  details: `${MAIN} (config and weights manifest) and ${WEIGHTS} (float32, little endian). examples/translate.mjs loads it in 20 lines.`,
  schema: { properties: {} },
  create: () => ({
    async write({ direction, weights, generator, imageSize, interpolation, channels, runName }, dir) {
      const file = await writeWeightsFile(dir, WEIGHTS, weights);
      const bundle: WeightsBundle = {
        format: 'cyclegan-runner/generator',
        version: 1,
        run: runName,
        direction,
        image_size: imageSize,
        interpolation,
        channels,
        generator,
        sha256: file.sha256,
        weightsManifest: [{ paths: [WEIGHTS], weights: file.weights }],
      };
      await writeFileAtomic(join(dir, MAIN), `${JSON.stringify(bundle, null, 2)}\n`);
      return [MAIN, WEIGHTS];
    },
  }),
};

/**
 * Reads a bundle; the caller owns the tensors.
 *
 * @param dir the folder of `generator.json`
 * @throws ProblemError `not-a-bundle` when the file is missing or of another format; DamagedWeightsError when the weights differ from their
 * checksum
 */
export async function readWeightsBundle(dir: string): Promise<{ bundle: WeightsBundle; weights: Weights }> {
  const path = join(dir, MAIN);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) throw notABundle(`There is no ${path}.`);
  const bundle = parse(text);
  if (bundle === undefined) throw notABundle(`${path} does not describe a generator of this version of runner.`);
  const [{ weights: entries }] = bundle.weightsManifest;
  const values = entries.reduce((sum, { shape }) => sum + shape.reduce((size, side) => size * side, 1), 0);
  const file = { path: WEIGHTS, bytes: values * 4, sha256: bundle.sha256, weights: entries };
  return { bundle, weights: await readWeightsFile(dir, file) };
}

function parse(text: string): WeightsBundle | undefined {
  try {
    const bundle = JSON.parse(text) as Partial<WeightsBundle>;
    return bundle.format === 'cyclegan-runner/generator' && bundle.version === 1
      ? (bundle as WeightsBundle)
      : undefined;
  } catch {
    return undefined;
  }
}

function notABundle(message: string): ProblemError {
  return new ProblemError({
    code: 'not-a-bundle',
    message,
    cure: 'Give the folder that export wrote, such as runs/NAME/export/AtoB/weights.',
  });
}
