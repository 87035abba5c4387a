import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { FastifySchemaValidationError } from 'fastify/types/schema.js';
import type { EngineProcess } from '../engine-process.js';
import { WorkError } from '../work-queue.js';
import { HttpError, STATUS_OF, type ErrorBody } from './http-error.js';
import type { Metrics } from './metrics.js';
import { describeRoutes } from './openapi.js';
import type { ServerOptions } from './options.js';
import { BodyReader } from './read-body.js';
import { statusRoutes } from './status-routes.js';
import { tensorFlowServingRoutes } from './tensorflow-serving-routes.js';
import { translateRoutes } from './translate-routes.js';

/** What routes work with. */
export interface ServerSite {
  readonly engine: Pick<EngineProcess, 'models' | 'isReady' | 'load' | 'submit'>;
  readonly metrics: Metrics;
  /** Whether the server takes no more work. */
  readonly isStopping: () => boolean;
}

/** Bodies that are being read at once may hold as many times the limit of one. */
const BODIES = 32;

/** The HTTP server of the generators that an engine has; it does not listen yet. */
export async function createServer(site: ServerSite, options: ServerOptions): Promise<FastifyInstance> {
  const app = Fastify({
    // Of a whole request, so that one that never ends is closed.
    requestTimeout: options.arrival,
    http: { connectionsCheckingInterval: Math.min(options.arrival, 5000) },
    // Nothing is sent either way: a client that does not read its answer.
    connectionTimeout: options.timeout + options.arrival,
    forceCloseConnections: 'idle',
    ajv: { customOptions: { removeAdditional: false, allErrors: false, verbose: true } },
    schemaErrorFormatter: ([error]) => new HttpError(400, 'bad-request', parameterText(error!)),
    exposeHeadRoutes: true,
  });
  app.server.maxConnections = options.connections;
  app.server.headersTimeout = options.arrival;
  readBodies(app, options);
  answerErrors(app);
  if (options.token !== undefined) askForToken(app, options.token);
  app.addHook('onResponse', (request, reply, done) => {
    site.metrics.answered(request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime);
    done();
  });
  await describeRoutes(app, options.token !== undefined);
  await app.register(statusRoutes, site);
  await app.register(translateRoutes, site);
  await app.register(tensorFlowServingRoutes, site);
  return app;
}

/** All bodies are bytes, whatever their content type says: clients of TensorFlow Serving send none, curl a wrong one. */
function readBodies(app: FastifyInstance, { bodyLimit }: ServerOptions): void {
  const reader = new BodyReader(bodyLimit, BODIES * bodyLimit);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request: FastifyRequest, body: IncomingMessage) =>
    reader.read(body, Number(request.headers['content-length'] ?? 0)),
  );
}

function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError | HttpError | WorkError>(async (error, _request, reply) => {
    const { status, code, retryAfter } = described(error);
    if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
    if (status === 401) reply.header('www-authenticate', 'Bearer');
    // What is left of a body that is refused is not read.
    if (status === 413 || status === 503) reply.header('connection', 'close');
    const message =
      status === 500 && !(error instanceof WorkError) ? 'An unexpected error of the server.' : error.message;
    return reply.code(status).send({ error: message, code } satisfies ErrorBody);
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      error: `There is no ${request.method} ${request.url.split('?')[0]!}. /openapi.json lists what there is.`,
      code: 'no-such-route',
    } satisfies ErrorBody),
  );
}

/** What is wrong with a parameter of the address. The options of ajv above add the schema, which describes it. */
function parameterText(
  error: FastifySchemaValidationError & { readonly parentSchema?: { readonly description?: string } },
): string {
  const { keyword, instancePath, params, parentSchema, message = 'is wrong' } = error;
  if (keyword === 'additionalProperties') return `There is no parameter ${String(params['additionalProperty'])}.`;
  return `The parameter ${instancePath.slice(1)} ${message}. ${parentSchema?.description ?? ''}`.trim();
}

function described(error: FastifyError | HttpError | WorkError): { status: number; code: string; retryAfter?: number } {
  if (error instanceof HttpError) {
    const { statusCode: status, code, retryAfter } = error;
    return { status, code, ...(retryAfter !== undefined && { retryAfter }) };
  }
  if (error instanceof WorkError) return { code: error.reason, ...STATUS_OF[error.reason] };
  const status = error.statusCode ?? 500;
  return { status, code: status < 500 ? 'bad-request' : 'bug' };
}

/** Health is for anybody who watches the server. */
const OPEN: readonly string[] = ['/healthz', '/readyz'];

function askForToken(app: FastifyInstance, token: string): void {
  const expected = hashOf(`Bearer ${token}`);
  app.addHook('onRequest', (request: FastifyRequest, _reply, done) => {
    const isOpen = OPEN.includes(request.routeOptions.url ?? '');
    // Hashes have one length, so that the comparison takes the same time whatever is sent.
    const isRight = timingSafeEqual(hashOf(request.headers.authorization ?? ''), expected);
    done(
      isOpen || isRight ? undefined : new HttpError(401, 'no-token', 'Send the header Authorization: Bearer TOKEN.'),
    );
  });
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();
