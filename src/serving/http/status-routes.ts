import type { FastifyPluginCallback } from 'fastify';
import type { ServerSite } from './create-server.js';

/** What watches a server: health, Prometheus, OpenAPI. */
export const statusRoutes: FastifyPluginCallback<ServerSite> = (app, { engine, metrics, isStopping }, done) => {
  app.get('/', { schema: { summary: 'The models, and how they are used', tags: ['status'] } }, () => ({
    models: engine.models,
    translate: engine.models.map(({ name }) => `POST /translate/${name}`),
    openapi: '/openapi.json',
  }));

  app.get('/healthz', { schema: { summary: 'The server runs', tags: ['status'] } }, () => ({ status: 'ok' }));

  app.get(
    '/readyz',
    { schema: { summary: 'Images can be translated now; otherwise 503', tags: ['status'] } },
    (_, reply) => {
      const status = isStopping() ? 'stopping' : engine.isReady ? 'ready' : 'starting';
      return reply.code(status === 'ready' ? 200 : 503).send({ status });
    },
  );

  app.get('/metrics', { schema: { summary: 'For Prometheus', tags: ['status'] } }, async (_, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );

  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  done();
};
