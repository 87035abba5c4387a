import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { loadTensorFlow, type TensorFlow } from '../../engine/native.js';
import type { ExtractorComponent, OpenExtractor } from '../../registry/kinds/extractor.js';
import { errorCode } from '../../support/files.js';
import { isJsonObject } from '../../support/json.js';
import { ProblemError } from '../../support/problem.js';
import { filesIdentity } from './files-identity.js';
import { inBatches } from './in-batches.js';
import { asFeatures, inputOf, MODEL_OPTIONS, unsuitableModel, widthOf, type ModelOptions } from './model-options.js';

interface Options extends ModelOptions {
  readonly output: string | null;
}

/** Raise it when the same model gives other features. */
const VERSION = 1;

export const tfjsModelExtractor: ExtractorComponent<Options> = {
  summary: 'A network of your own as a TensorFlow.js model, of layers or of a graph.',
  details:
    'It takes images [b, image_size, image_size, 3]. Its output, or that of a layer, is [b, n] features, or a map [b, h, w, n], whose mean they are.',
  schema: {
    required: ['path'],
    properties: {
      path: { description: 'Its model.json; relative to the config file.', type: 'string', format: 'path' },
      ...MODEL_OPTIONS,
      output: {
        description:
          'The layer, or the tensor of the graph, whose output are the features; null for the model’s own output.',
        type: ['string', 'null'],
        default: null,
      },
    },
  },
  create: (options) => ({
    classes: 0,
    async identity() {
      const { image_size, scale, output } = options;
      const files = await filesIdentity(dirname(options.path));
      return { network: 'tfjs-model', files, image_size, scale, output, version: VERSION };
    },
    open: () => open(options),
  }),
};

async function open(options: Options): Promise<OpenExtractor> {
  const { path } = options;
  const tf = await loadTensorFlow();
  try {
    const { predict, dispose } = (await isLayers(path)) ? await openLayers(tf, options) : await openGraph(tf, options);
    const run = (images: Tensor4D) => asFeatures(predict(inputOf(images, options)), path);
    const width = widthOf(run);
    return { width, extract: (images) => inBatches(images, (batch) => ({ features: run(batch) })), dispose };
  } catch (error) {
    if (error instanceof ProblemError || !(error instanceof Error)) throw error;
    throw unsuitableModel(path, errorCode(error) ?? error.message.split('\n')[0]!);
  }
}

interface OpenModel {
  readonly predict: (x: Tensor4D) => Tensor | undefined;
  readonly dispose: () => void;
}

async function openLayers(tf: TensorFlow, { path, output }: Options): Promise<OpenModel> {
  const whole = await tf.loadLayersModel(pathToFileURL(path).href);
  const model = output === null ? whole : tf.model({ inputs: whole.inputs, outputs: whole.getLayer(output).output });
  return { predict: (x) => firstOf(model.predict(x)), dispose: () => void whole.dispose() };
}

async function openGraph(tf: TensorFlow, { path, output }: Options): Promise<OpenModel> {
  const model = await tf.loadGraphModel(pathToFileURL(path).href);
  const predict = (x: Tensor4D) => firstOf(output === null ? model.execute(x) : model.execute(x, output));
  return { predict, dispose: () => model.dispose() };
}

function firstOf(found: Tensor | Tensor[]): Tensor | undefined {
  return Array.isArray(found) ? found[0] : found;
}

async function isLayers(path: string): Promise<boolean> {
  const model: unknown = JSON.parse(await readFile(path, 'utf8'));
  return isJsonObject(model) && model['format'] !== 'graph-model';
}
