import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What `/openapi.json` says about a route's body and answers, besides its schema; these are not checked by it. */
    readonly openapi?: RouteDocs;
  }
}

export interface RouteDocs {
  readonly consumes?: readonly string[];
  readonly produces?: readonly string[];
  readonly body?: object;
  readonly response?: Readonly<Record<string, object>>;
}

const ERROR = {
  description:
    'An error: 400 a wrong request, 401 no token, 404 no such model, 413 too large, 415 not an image, 429 too many requests, 503 not now.',
  type: 'object',
  properties: { error: { type: 'string' }, code: { type: 'string' } },
};

/** `/openapi.json`, made from the routes. */
export async function describeRoutes(app: FastifyInstance, hasToken: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: { info: INFO, ...(hasToken && SECURITY) },
    transform: ({ schema, url, route }) => {
      const { openapi } = (route.config ?? {}) as { openapi?: RouteDocs };
      const documented = openapi && { ...openapi, response: { ...openapi.response, default: ERROR } };
      return { schema: { ...schema, ...documented }, url };
    },
  });
}

const INFO = {
  title: 'cyclegan-runner',
  version: '1',
  description:
    'Translates images with trained generators. The routes below /v1 are those of TensorFlow Serving’s REST API.',
};

const SECURITY = {
  components: { securitySchemes: { token: { type: 'http' as const, scheme: 'bearer' } } },
  security: [{ token: [] }],
};
