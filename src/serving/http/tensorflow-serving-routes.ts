import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { EngineProcess } from '../engine-process.js';
import type { Done } from '../work-queue.js';
import type { ServedModel, Work } from '../protocol.js';
import type { ServerSite } from './create-server.js';
import { findModel, versionsOf } from './find-model.js';
import { gone } from './gone.js';
import { HttpError } from './http-error.js';
import type { RouteDocs } from './openapi.js';
import {
  IMAGE,
  IMAGE_BYTES,
  imageJson,
  parsePredict,
  SIGNATURES,
  TRANSLATION,
  type PredictRequest,
} from './predict-json.js';
import { sidesOf } from '../../support/sides.js';

interface OfModel {
  Params: { readonly model: string; readonly version?: string };
}

interface Predict extends OfModel {
  Body: Buffer;
}

const VALUES = {
  description: 'One for each image: numbers, or {"b64": PNG}, as it was sent.',
  type: 'array',
  items: {},
};

const PREDICT_DOCS: RouteDocs = {
  consumes: ['application/json'],
  produces: ['application/json'],
  body: {
    type: 'object',
    properties: {
      signature_name: { enum: SIGNATURES },
      instances: { description: 'Each {"image_bytes": {"b64": ...}} or [height][width][3] in [-1, 1].', type: 'array', items: {} }, // prettier-ignore
      inputs: { description: 'In the place of `instances`: the column format.' },
    },
  },
  response: { 200: { description: 'The translations', type: 'object', properties: { predictions: VALUES } } },
};

/** Images of one request at most: all of them are in memory at once. */
const MOST_IMAGES = 64;

/**
 * TensorFlow Serving's REST API, so that its clients work unchanged: model status, metadata and `:predict`, with encoded images or with numbers.
 *
 * @see https://www.tensorflow.org/tfx/serving/api_rest
 */
export const tensorFlowServingRoutes: FastifyPluginCallback<ServerSite> = (app, { engine, metrics }, done) => {
  const tags = ['TensorFlow Serving'];
  const modelOf = ({ params: { model, version } }: FastifyRequest<OfModel>): ServedModel => {
    if (engine.models.length === 0) throw new HttpError(503, 'starting', 'The models are still being loaded.', 5);
    return findModel(engine.models, model, version === undefined ? undefined : Number(version));
  };

  const status = (request: FastifyRequest<OfModel>) => {
    const { name, version } = modelOf(request);
    const all = request.params.version === undefined ? versionsOf(engine.models, name) : [{ version }];
    return { model_version_status: all.map((each) => available(each.version)) };
  };
  app.get<OfModel>('/v1/models/:model', { schema: { summary: 'The versions of a model', tags } }, status);
  app.get<OfModel>('/v1/models/:model/versions/:version(^[0-9]+$)', { schema: { summary: 'A version of a model', tags } }, status); // prettier-ignore

  const metadata = (request: FastifyRequest<OfModel>) => metadataOf(modelOf(request));
  app.get<OfModel>('/v1/models/:model/metadata', { schema: { summary: 'The signatures of a model', tags } }, metadata);
  app.get<OfModel>('/v1/models/:model/versions/:version(^[0-9]+$)/metadata', { schema: { summary: 'The signatures of a model', tags } }, metadata); // prettier-ignore

  const predict = async (request: FastifyRequest<Predict>, reply: FastifyReply) => {
    const model = modelOf(request);
    const parsed = parsePredict(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    const finished = await submitAll(engine, workOf(model, parsed), gone(reply));
    for (const each of finished) metrics.translated(model, imagesIn(each), each);
    return reply.type('application/json').send(answerOf(parsed, finished));
  };
  const schema = { summary: 'Translates images, encoded or as numbers', tags };
  const route = { schema, config: { openapi: PREDICT_DOCS } };
  app.post<Predict>('/v1/models/:model(^[^/:]+)::predict', route, predict);
  app.post<Predict>('/v1/models/:model/versions/:version(^[0-9]+)::predict', route, predict);
  done();
};

/** Where one piece fails, the others are not done either. */
async function submitAll(
  engine: Pick<EngineProcess, 'submit'>,
  pieces: readonly Work[],
  gone: AbortSignal,
): Promise<Done[]> {
  const failed = new AbortController();
  const signal = AbortSignal.any([gone, failed.signal]);
  try {
    return await Promise.all(pieces.map((work) => engine.submit(work, signal)));
  } catch (error) {
    failed.abort();
    throw error;
  }
}

const available = (version: number) => ({
  version: String(version),
  state: 'AVAILABLE',
  status: { error_code: 'OK', error_message: '' },
});

/** Encoded images are batched with those of other requests; numbers come in a batch of their own. */
function workOf({ name, version }: ServedModel, request: PredictRequest): Work[] {
  const model = { name, version };
  if (request.kind === 'tensor') return [{ kind: 'tensor', model, values: request.values, shape: request.shape }];
  if (request.images.length > MOST_IMAGES) {
    throw new HttpError(413, 'too-many-images', `A request may have up to ${MOST_IMAGES} images; this one has ${request.images.length}.`); // prettier-ignore
  }
  return request.images.map((bytes) => ({ kind: 'image', model, bytes, format: 'png', sideBySide: false }));
}

const imagesIn = ({ result }: Done): number => (result.kind === 'tensor' ? result.shape[0] : 1);

/** The JSON text: `predictions`, one an instance, or `outputs` with the values of the only output. */
function answerOf({ isRow }: PredictRequest, finished: readonly Done[]): string {
  const values = finished.flatMap(({ result }) =>
    result.kind === 'image'
      ? [JSON.stringify({ b64: Buffer.from(result.bytes).toString('base64') })]
      : Array.from({ length: result.shape[0] }, (_, i) => imageJson(result.values, result.shape, i)),
  );
  return `{"${isRow ? 'predictions' : 'outputs'}":[${values.join(',')}]}`;
}

/** The signatures as TensorFlow Serving describes them, which is protocol buffers' JSON. */
function metadataOf({ name, version, imageSize, sizes }: ServedModel) {
  const { height, width } = sizes === undefined ? sidesOf(imageSize) : { height: -1, width: -1 };
  const images = { dtype: 'DT_FLOAT', tensor_shape: shapeOf([-1, height, width, 3]) };
  const encoded = { dtype: 'DT_STRING', tensor_shape: shapeOf([-1]) };
  const signature = (input: object, output: object) => ({ inputs: input, outputs: output, method_name: 'tensorflow/serving/predict' }); // prettier-ignore
  return {
    model_spec: { name, signature_name: '', version: String(version) },
    metadata: {
      signature_def: {
        signature_def: {
          serving_default: signature({ [IMAGE]: images }, { [TRANSLATION]: images }),
          [IMAGE_BYTES]: signature({ [IMAGE_BYTES]: encoded }, { [IMAGE_BYTES]: encoded }),
        },
      },
    },
  };
}

const shapeOf = (sides: readonly number[]) => ({
  dim: sides.map((size) => ({ size: String(size), name: '' })),
  unknown_rank: false,
});
