import assert from 'node:assert/strict';
import { request as requestThrough, type Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { download } from '../../../src/data/remote/download.js';
import { pauseBefore, PATIENCE } from '../../../src/data/remote/patience.js';
import { proxyFor } from '../../../src/support/proxy.js';
import { retryAfter } from '../../../src/support/retry-after.js';
import { sha256 } from '../../../src/support/hash.js';
import { ProblemError } from '../../../src/support/problem.js';
import { temporaryFolder } from '../folder.js';
import { quietWork } from '../work.js';
import { send, serve } from './server.js';

describe('the proxy for an address', () => {
  const of = (address: string, env: Record<string, string>) => proxyFor(new URL(address), env)?.href;

  test('is what the environment says, in capitals or not', () => {
    assert.equal(of('http://a.org/x', {}), undefined);
    assert.equal(of('http://a.org/x', { HTTP_PROXY: 'http://p:1' }), 'http://p:1/');
    assert.equal(of('http://a.org/x', { http_proxy: 'http://p:1' }), 'http://p:1/');
    assert.equal(of('http://a.org/x', { HTTPS_PROXY: 'http://p:1' }), undefined);
    assert.equal(of('https://a.org/x', { HTTPS_PROXY: 'http://p:1' }), 'http://p:1/');
    assert.equal(of('https://a.org/x', { https_proxy: 'p:8080' }), 'http://p:8080/');
    assert.equal(of('https://a.org/x', { HTTPS_PROXY: '' }), undefined);
  });

  test('is none for what NO_PROXY exempts', () => {
    const through = (address: string, list: string) => of(address, { http_proxy: 'p:1', no_proxy: list }) !== undefined;
    for (const list of ['a.org', '.org', '*.a.org', 'x.y, A.ORG', 'a.org:80', '*']) {
      assert.equal(through('http://a.org/x', list), false, list);
    }
    for (const list of ['', 'b.org', 'a.org:8080', 'ba.org', 'rg'])
      assert.equal(through('http://a.org/x', list), true, list);
    assert.equal(through('http://sub.a.org/', 'a.org'), false);
    assert.equal(through('http://bada.org/', 'a.org'), true);
  });

  test('of a kind that is not known is told, without its password', () => {
    const call = () => of('http://a.org', { HTTP_PROXY: 'socks5://me:geheim@p:1' });
    assert.throws(call, (error: unknown) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.problems[0]!.code, 'bad-proxy');
      assert.doesNotMatch(error.message, /geheim/);
      return true;
    });
  });
});

test('a download goes through the proxy, as a plain request with its password', async (t) => {
  const content = Buffer.from('content');
  const target = await serve(t, (request, response) => send(request, response, content));
  const seen: string[] = [];
  const proxy = createServer((message, response) => {
    seen.push(`${message.url} ${message.headers['proxy-authorization']}`);
    const onward = requestThrough(message.url!, { headers: message.headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
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

test('pauses grow, with jitter, up to a bound', () => {
  for (let failures = 1; failures < 20; failures++) {
    const full = Math.min(30_000, 1000 * 2 ** (failures - 1));
    const pause = pauseBefore(failures, PATIENCE);
    assert.ok(pause >= full / 2 && pause <= full, `${failures}: ${pause}`);
  }
});

test('Retry-After is read as seconds and as a date', () => {
  assert.equal(retryAfter(undefined), undefined);
  assert.equal(retryAfter('7'), 7000);
  assert.equal(retryAfter('Wed, 21 Oct 2015 07:28:10 GMT', Date.UTC(2015, 9, 21, 7, 28)), 10_000);
  assert.equal(retryAfter('Wed, 21 Oct 2015 07:28:10 GMT', Date.UTC(2020, 0)), 0);
  assert.equal(retryAfter('soon'), undefined);
});

async function listening(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
