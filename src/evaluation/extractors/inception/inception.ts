import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { parseAddress, urlFileName, urlIdentity } from '../../../data/remote/address.js';
import { download } from '../../../data/remote/download.js';
import { openFrozenGraph } from '../../../engine/graph/open-frozen-graph.js';
import type { SourceWork } from '../../../registry/kinds/dataset.js';
import type { Extractor, ExtractorComponent, OpenExtractor } from '../../../registry/kinds/extractor.js';
import { sha256, sha256File } from '../../../support/hash.js';
import type { JsonObject } from '../../../support/json.js';
import { ProblemError } from '../../../support/problem.js';
import { fetchOnce } from '../fetch-once.js';
import { inBatches } from '../in-batches.js';
import { pixelsOf } from '../pixels.js';
import { weightsPath } from '../weights-cache.js';
import { readFrozenGraph } from './frozen-graph-file.js';

interface Options {
  readonly path: string | null;
  readonly url: string | null;
  readonly sha256: string | null;
}

/** Raise it when the same graph gives other features. */
const VERSION = 1;
const INPUT_SIZE = 299;
const FEATURES = 2048;
/** Tensors of the graph: its normalised input image, and the average over the last layer. */
const INPUT = 'Mul:0';
const OUTPUT = 'pool_3:0';

export const inception: ExtractorComponent<Options> = {
  summary: 'The Inception network of 2015-12-05, of your own copy: the features that define FID and KID.',
  details:
    'The frozen graph classify_image_graph_def.pb, or inception-2015-12-05.tgz that contains it (download.tensorflow.org/models/image/imagenet/), which no package has. It runs as it is, on pixels ' +
    'as clean-fid’s "clean" prepares them (arXiv:2104.11222). Which copy it is, is your word: its checksum is part of the fingerprint.',
  schema: {
    properties: {
      path: {
        description: 'The .pb file, or the .tgz with it; relative to the config file.',
        type: ['string', 'null'],
        format: 'path',
        default: null,
      },
      url: {
        description: 'An address from which it is downloaded once, instead of `path`.',
        type: ['string', 'null'],
        default: null,
      },
      sha256: {
        description: 'The expected SHA-256 of the file; needed with `url`.',
        type: ['string', 'null'],
        pattern: '^[0-9a-f]{64}$',
        default: null,
      },
    },
  },
  standard: true,
  check({ path, url, sha256: sum }) {
    if ((path === null) === (url === null)) return [{ path: [], message: 'inception takes a `path` or a `url`.' }];
    return url !== null && sum === null ? [{ path: ['url'], message: 'With `url`, `sha256` is needed.' }] : [];
  },
  create: (options) => extractor(options),
};

function extractor({ path, url, sha256: expected }: Options): Extractor {
  const file = path ?? (url === null ? undefined : downloadPath(url));
  let checked: Promise<void> | undefined;
  const graph = async () => {
    if (file === undefined) throw new ProblemError(noFile());
    const cure = path === null ? 'Run the stage again: it downloads it.' : 'Check the option `path`.';
    const read = await readFrozenGraph(file, cure);
    // Also of a download: the file may have changed on the disk since.
    if (expected !== null) await (checked ??= verify(file, expected));
    return read;
  };
  return {
    classes: 0,
    ...(url !== null && expected !== null && { prepare: (work) => fetchGraph(url, expected, work) }),
    async identity() {
      const content: JsonObject = url === null ? { graph: sha256(await graph()) } : { file: expected };
      return { network: 'inception-2015-12-05', ...content, version: VERSION };
    },
    open: async () => openGraph(await graph()),
  };
}

/** @throws ProblemError `checksum-mismatch` */
async function verify(file: string, expected: string): Promise<void> {
  const found = await sha256File(file);
  if (found === expected) return;
  throw new ProblemError({
    code: 'other-weights',
    message: `The SHA-256 of ${file} is ${found}; the option sha256 of the extractor inception expects ${expected}.`,
    cure: 'Use the file that you mean, or correct the option. A damaged download: delete the file, and the stage downloads it again.',
  });
}

/** @param graph a serialized GraphDef */
function openGraph(graph: Uint8Array): OpenExtractor {
  const model = opened(graph);
  const extract = (images: Tensor4D) => {
    const x = tf.div(tf.sub(pixelsOf(images, INPUT_SIZE), 128), 128);
    const [pooled] = model.run({ [INPUT]: x }, [OUTPUT]); // [b, 1, 1, 2048]
    if (pooled?.size !== images.shape[0] * FEATURES) throw unsuitable(`${OUTPUT} is ${pooled?.shape.join('x')}`);
    return { features: tf.reshape<tf.Rank.R2>(pooled, [-1, FEATURES]) };
  };
  return { width: FEATURES, extract: (images) => inBatches(images, extract), dispose: () => model.dispose() };
}

function opened(graph: Uint8Array) {
  try {
    return openFrozenGraph(graph);
  } catch (error) {
    throw error instanceof ProblemError ? error : unsuitable((error as Error).message.split('\n')[0]!);
  }
}

function unsuitable(why: string): ProblemError {
  return new ProblemError({
    code: 'unsuitable-model',
    message: `The graph is not the Inception network of 2015-12-05, with the tensors ${INPUT} and ${OUTPUT} of 2048 features: ${why}.`,
    cure: 'It is classify_image_graph_def.pb in inception-2015-12-05.tgz. Another network is an extractor of the type saved-model.',
  });
}

function noFile() {
  return {
    code: 'missing-weights',
    message: 'The extractor inception has no file: it takes a `path` or a `url`.',
    cure: 'Give your copy of the graph: {type: inception, path: inception-2015-12-05.tgz}.',
  } as const;
}

function downloadPath(url: string): string {
  return weightsPath(`${sha256(urlIdentity(url)).slice(0, 12)}-${basename(urlFileName(parseAddress(url)))}`);
}

/** Downloads the file once, for all processes. */
async function fetchGraph(url: string, expected: string, work: SourceWork): Promise<void> {
  const to = downloadPath(url);
  const isThere = () => stat(to).then(() => true, () => false); // prettier-ignore
  await fetchOnce(to, { isThere, fetch: () => download({ url, to, sha256: expected }, work) }, work);
}
