import assert from 'node:assert/strict';
import { request as requestThrough, type Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { download } from '../../../src/data/remote/download.js';
import { pauseBefore, RETRY_POLICY } from '../../../src/data/remote/retry-policy.js';
import { sha256 } from '../../../src/support/hash.js';
import { temporaryFolder } from '../folder.js';
import { quietWork } from '../quiet-work.js';
import { send, serve } from './server.js';

test('a download goes through the proxy, as a plain request with its password', async (t) => {
  const content = Buffer.from('content');
  const target = await serve(t, (request, response) => send(request, response, content));
  const seen: string[] = [];
  const proxy = createServer((message, response) => {
    seen.push(`${message.url} ${message.headers['proxy-authorization']}`);
    const onward = requestThrough(message.url!, { headers: message.headers }, (upstream) => {
      response.writeHead(upstream.statusCode!, upstream.headers);
      upstream.pipe(response);
    });
    onward.end();
  });
  const port = await listening(t, proxy);
  process.env['http_proxy'] = `http://me:word@127.0.0.1:${port}`;
  t.after(() => delete process.env['http_proxy']);
  const warnings: string[] = [];
  const listen = (warning: Error) => warnings.push(warning.message);
  process.on('warning', listen);
  t.after(() => process.off('warning', listen));
  const to = join(await temporaryFolder(t), 'file');
  assert.equal((await download({ url: `${target.url}/a`, to }, quietWork())).sha256, sha256(content));
  assert.deepEqual(seen, [`${target.url}/a Basic ${btoa('me:word')}`]);
  await new Promise(setImmediate);
  assert.deepEqual(warnings, []);
});

test('pauses between attempts grow, with jitter, up to a limit', () => {
  for (let failures = 1; failures < 20; failures++) {
    const full = Math.min(30_000, 1000 * 2 ** (failures - 1));
    const pause = pauseBefore(failures, RETRY_POLICY);
    assert.ok(pause >= full / 2 && pause <= full, `${failures}: ${pause}`);
  }
});

async function listening(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
