import type { ExportFormatComponent } from '../registry/kinds/export-format.js';
import { writeDescription } from './description.js';
import { writeGraphModel } from './graph-model.js';
import type { KernelPrecision } from './stored-weights.js';

export interface TfjsOptions {
  readonly precision: KernelPrecision;
}

export const tfjsFormat: ExportFormatComponent<TfjsOptions> = {
  summary: 'A TensorFlow.js GraphModel, for browsers: tf.loadGraphModel.',
  details:
    'model.json takes `image`, [batch, height, width, 3] float32 in [-1, 1], and gives `translation` of the same form, if the generator can be ' +
    'proved to take any size, as resnet and unet can. Otherwise it takes [1, size, size, 3], and model-512.json a further size of ' +
    'export.image_sizes, with the same weight files. Runs on every backend of TensorFlow.js.',
  schema: {
    properties: {
      precision: {
        description:
          'How kernels are stored. `float16` halves the files, `uint8` quarters them; TensorFlow.js computes in float32 all the same. A trained ResNet-6’s images differed by at most 1 of 256 levels with float16, 5 with uint8.',
        enum: ['float32', 'float16', 'uint8'],
        default: 'float32',
        'x-neutral': true,
      },
    },
  },
  create: ({ precision }) => ({
    async write(generator, dir) {
      const { free, models, files, quality } = await writeGraphModel(generator, dir, { precision });
      return [...files, await writeDescription(dir, 'tfjs', generator, { names: models, free, precision, quality })];
    },
  }),
};
