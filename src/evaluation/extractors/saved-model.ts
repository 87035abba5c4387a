import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../engine/native.js';
import type { ExtractorComponent, OpenExtractor } from '../../registry/kinds/extractor.js';
import { ProblemError } from '../../support/problem.js';
import { filesIdentity } from './files-identity.js';
import { inBatches } from './in-batches.js';
import { asFeatures, inputOf, MODEL_OPTIONS, unsuitableModel, widthOf, type ModelOptions } from './model-options.js';

interface Options extends ModelOptions {
  readonly signature: string;
  readonly output: string | null;
}

/** Raise it when the same model gives other features. */
const VERSION = 1;

export const savedModelExtractor: ExtractorComponent<Options> = {
  summary: 'A network of your own as a TensorFlow SavedModel.',
  details:
    'Its signature takes images [b, image_size, image_size, 3]. Its output is [b, n] features, or a map [b, h, w, n], whose mean they are.',
  schema: {
    required: ['path'],
    properties: {
      path: {
        description: 'The folder of the SavedModel; relative to the config file.',
        type: 'string',
        format: 'path',
      },
      ...MODEL_OPTIONS,
      signature: { description: 'The signature to call.', type: 'string', default: 'serving_default' },
      output: {
        description: 'The output with the features; null for the only one.',
        type: ['string', 'null'],
        default: null,
      },
    },
  },
  create: (options) => ({
    classes: 0,
    async identity() {
      const { image_size, scale, signature, output } = options;
      const files = await filesIdentity(options.path);
      return { network: 'saved-model', files, image_size, scale, signature, output, version: VERSION };
    },
    open: () => open(options),
  }),
};

async function open(options: Options): Promise<OpenExtractor> {
  const { path, signature, output } = options;
  const tf = await loadTensorFlow();
  try {
    const model = await tf.node.loadSavedModel(path, ['serve'], signature);
    const at = positionOf(output, Object.keys(model.outputNodeNames), path);
    const run = (images: Tensor4D) => {
      const found = model.predict([inputOf(images, options)]) as Tensor[]; // in the order of the names
      return asFeatures(found[at], path);
    };
    const width = widthOf(run);
    const extract = (images: Tensor4D) => inBatches(images, (batch) => ({ features: run(batch) }));
    return { width, extract, dispose: () => model.dispose() };
  } catch (error) {
    if (error instanceof ProblemError || !(error instanceof Error)) throw error;
    throw unsuitableModel(path, error.message.split('\n')[0]!);
  }
}

function positionOf(output: string | null, names: readonly string[], path: string): number {
  if (output === null && names.length === 1) return 0;
  if (output !== null && names.includes(output)) return names.indexOf(output);
  throw unsuitableModel(path, `it has the outputs ${names.join(', ')}, of which \`output\` must name one`);
}
