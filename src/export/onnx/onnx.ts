import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ExportedGenerator, ExportFormatComponent } from '../../registry/kinds/export-format.js';
import { writeFileAtomic } from '../../support/files.js';
import { sizeName } from '../../support/sides.js';
import { writeDescription } from '../description.js';
import { oneOf, rectangleOf } from '../probes.js';
import { takesAnySize } from './any-size.js';
import { checkInOnnxRuntime } from './check-in-onnxruntime.js';
import { checkTraced, type StoredPrecision } from './check-traced.js';
import { convert, convertFor, type Converted } from './convert.js';
import { encodeModel, type FileSides } from './encode.js';
import { disposeRounded, roundedKernels, storingHalves } from './half-kernels.js';
import { openOnnxRuntime, type OnnxRuntime } from './open-onnxruntime.js';

export interface OnnxOptions {
  readonly precision: StoredPrecision;
}

const MAIN = 'model.onnx';

export const onnxFormat: ExportFormatComponent<OnnxOptions> = {
  summary: 'An ONNX model (opset 17), for onnxruntime and the many programs that read ONNX.',
  details:
    `${MAIN} takes \`image\`, [batch, height, width, 3] float32 in [-1, 1], and gives \`translation\` of the same form. Batch, height ` +
    'and width are free if the generator gives the same graph for all of them, as resnet and unet do; otherwise they are [1, size, size], ' +
    'and model-512.onnx takes a further size of export.image_sizes. The weights are in the file. Where onnxruntime-node is installed, it runs the file ' +
    'before it is published.',
  schema: {
    properties: {
      precision: {
        description:
          'How kernels are stored. `float16` halves the file; the model computes in float32 all the same. Its images differ by up to about one of 256 levels.',
        enum: ['float32', 'float16'],
        default: 'float32',
      },
    },
  },
  create: ({ precision }) => ({
    async write(generator, dir) {
      const models = convertSizes(generator);
      const quality = checkTraced(generator, models, precision);
      const free = takeAnySize(generator, models);
      const files = free ? [fileOf(models[0]!, 0, ANY)] : models.map((model, i) => fileOf(model, i));
      for (const { name, onnx, sides } of files) {
        const stored = precision === 'float16' ? storingHalves(onnx) : onnx;
        await writeFileAtomic(join(dir, name), encodeModel(generator, stored, [...sides, generator.channels]));
      }
      const names = generator.imageSizes.map((_, i) => files[free ? 0 : i]!.name);
      const runtime = await openOnnxRuntime();
      if (runtime !== undefined) await checkFiles(runtime, generator, precision, dir, { names, free });
      const checkedWith =
        runtime === undefined ? 'TensorFlow' : `onnxruntime ${runtime.env.versions['node'] ?? ''}`.trimEnd();
      const description = await writeDescription(dir, 'onnx', generator, {
        names,
        free,
        precision,
        quality,
        checkedWith,
      });
      return [...files.map(({ name }) => name), description];
    },
  }),
};

const ANY: FileSides = ['batch', 'height', 'width'];

/** One for each of `image_sizes`, with the norms as they suit the size of the training. */
function convertSizes(generator: ExportedGenerator): readonly Converted[] {
  const { imageSize, channels, imageSizes } = generator;
  const { norms } = convertFor(generator, [...oneOf(imageSize), channels]);
  return imageSizes.map((size) => convert(generator, size, norms));
}

function takeAnySize(generator: ExportedGenerator, models: readonly Converted[]): boolean {
  const [first] = models as [Converted];
  return models.every(({ onnx }) => isDeepStrictEqual(onnx, first.onnx)) && takesAnySize(generator, first);
}

/** Where sides are free, the one file is run on every size of `image_sizes`, and on two images that are not square. */
async function checkFiles(
  runtime: OnnxRuntime,
  generator: ExportedGenerator,
  precision: StoredPrecision,
  dir: string,
  { names, free }: { readonly names: readonly string[]; readonly free: boolean },
): Promise<void> {
  const { imageSize, imageSizes, network } = generator;
  const further = free ? [rectangleOf(network.sizes!, imageSize)] : [];
  const weights = precision === 'float16' ? roundedKernels(generator.weights) : generator.weights;
  try {
    for (const name of new Set(names)) {
      const own = imageSizes.filter((_, i) => names[i] === name).map(oneOf);
      await checkInOnnxRuntime(runtime, { ...generator, weights }, join(dir, name), [...own, ...further]);
    }
  } finally {
    disposeRounded(weights, generator.weights);
  }
}

function fileOf({ onnx, traced: { size } }: Converted, index: number, sides: FileSides = oneOf(size)) {
  return { name: index === 0 ? MAIN : `model-${sizeName(size)}.onnx`, onnx, sides };
}
