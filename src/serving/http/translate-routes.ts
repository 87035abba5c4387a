import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { OUTPUT_FORMATS, type OutputFormat, type SizeChoice } from '../../translation/request.js';
import type { ServerSite } from './create-server.js';
import { findModel } from './find-model.js';
import { gone } from './gone.js';
import { HttpError } from './http-error.js';
import type { RouteDocs } from './openapi.js';
import { sidesIn } from '../../support/sides.js';

interface Query {
  readonly size?: string;
  readonly format?: OutputFormat | 'keep';
  readonly side_by_side?: boolean;
  readonly version?: number;
}

interface Translate {
  Params: { readonly model?: string };
  Querystring: Query;
  Body: Buffer;
}

const QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    size: {
      type: 'string',
      pattern: '^(keep|fit|[1-9]\\d{0,4})$',
      description: 'keep: its own. fit: the shorter side as in training. A number: a square, as in training.',
    },
    format: {
      enum: ['keep', ...OUTPUT_FORMATS],
      description: 'Of the translation; by default what `Accept` asks for, or the image’s own.',
    },
    side_by_side: { type: 'boolean', default: false, description: 'Shows the image beside its translation.' },
    version: { type: 'integer', minimum: 0, description: 'Of the model; by default the largest.' },
  },
};

const SCHEMA = {
  summary: 'Translates an image: its file in, a file out',
  tags: ['translate'],
  querystring: QUERY,
};

const IMAGE = { description: 'The file of an image', type: 'string', format: 'binary' };

const DOCS: RouteDocs = { consumes: ['image/*'], produces: ['image/*'], body: IMAGE, response: { 200: IMAGE } };

const ROUTE = { schema: SCHEMA, config: { openapi: DOCS } };

/** An image in, an image out. */
export const translateRoutes: FastifyPluginCallback<ServerSite> = (app, { engine, metrics }, done) => {
  const answer = async (request: FastifyRequest<Translate>, reply: FastifyReply) => {
    const { body, query, params } = request;
    if (!engine.isReady && engine.models.length === 0)
      throw new HttpError(503, 'starting', 'The models are still being loaded.', 5);
    const model = findModel(engine.models, params.model, query.version);
    if (!Buffer.isBuffer(body) || body.length === 0)
      throw new HttpError(400, 'no-image', 'Send an image’s file as the body.');
    const { size, format = accepted(request.headers.accept), side_by_side: sideBySide = false } = query;
    const work = {
      kind: 'image',
      model,
      bytes: body,
      format,
      sideBySide,
      ...(size && { size: sizeOf(size) }),
    } as const;
    const finished = await engine.submit(work, gone(reply));
    metrics.translated(model, 1, finished);
    const { result, timing } = finished;
    if (result.kind !== 'image') throw new Error('An image was translated to numbers.');
    return reply
      .type(`image/${result.format}`)
      .header('x-model', `${model.name}/${model.version}`)
      .header(
        'server-timing',
        `wait;dur=${(timing.queued + timing.waited).toFixed(1)}, translate;dur=${timing.computed.toFixed(1)}`,
      ) // prettier-ignore
      .send(result.bytes);
  };
  app.post<Translate>('/translate', ROUTE, answer);
  app.post<Translate>('/translate/:model', ROUTE, answer);
  done();
};

const sizeOf = (text: string): SizeChoice => (text === 'keep' || text === 'fit' ? text : sidesIn(text)!);

/** The first format of an `Accept` header that can be written; whoever takes any image gets the input's own. */
function accepted(accept = ''): OutputFormat | 'keep' {
  for (const part of accept.split(',')) {
    const type = part.split(';')[0]!.trim().toLowerCase();
    const format = OUTPUT_FORMATS.find((each) => type === `image/${each}`);
    if (format !== undefined) return format;
    if (type === 'image/*' || type === '*/*') return 'keep';
  }
  return 'keep';
}
