import fastifyStatic from '@fastify/static';
import fastify from 'fastify';
import { POLICY } from '../web/page.js';

/** A server of static files. */
export interface FolderServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/**
 * Serves a demo's folder, with the headers that let WebAssembly use threads.
 *
 * @param port free, or 0 for any
 * @throws errors of the system, such as EADDRINUSE
 */
export async function serveFolder(dir: string, host: string, port: number): Promise<FolderServer> {
  const app = fastify({ forceCloseConnections: true });
  app.addHook('onSend', async (request, reply) => {
    reply.headers(HEADERS);
    // An address with a checksum in it never has another content.
    const isFinal = reply.statusCode === 200 && /[?&]v=[0-9a-f]|\/chunk-/.test(request.url);
    reply.header('Cache-Control', isFinal ? 'public, max-age=31536000, immutable' : 'no-cache');
  });
  await app.register(fastifyStatic, { root: dir, cacheControl: false });
  await app.listen({ host, port });
  const address = app.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => app.close(),
  };
}

const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};
