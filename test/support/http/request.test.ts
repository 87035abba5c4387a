import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { describe, test, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { ProxyRefusal, TimedOut } from '../../../src/support/http/failures.js';
import { ask, openAnswer, type HttpRequest } from '../../../src/support/http/request.js';
import { listening, rawServer } from '../../data/remote/raw-server.js';
import { until, WITHIN } from '../../until.js';

async function at(t: TestContext, answer: RequestListener): Promise<HttpRequest> {
  return get(await listening(t, createServer(answer)));
}

/** Without the proxies of the tests' environment. */
const get = (port: number): HttpRequest => ({
  method: 'GET',
  url: new URL(`http://127.0.0.1:${port}/`),
  headers: {},
  timeouts: {},
  env: {},
});

const timedOut = (code: TimedOut['code']) => (error: unknown) => error instanceof TimedOut && error.code === code;

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

describe('a request', () => {
  test('resolves for any status, and decompresses a text', async (t) => {
    const packed = gzipSync('wörds');
    const request = await at(t, (_, response) => {
      response.writeHead(503, { 'content-encoding': 'gzip', 'retry-after': '7' }).end(packed);
    });
    const answer = await ask(request);
    assert.deepEqual([answer.status, answer.text, answer.header('retry-after')], [503, 'wörds', '7']);
    const { body } = await openAnswer(request);
    const bytes: Buffer[] = [];
    for await (const chunk of body) bytes.push(chunk);
    assert.deepEqual(Buffer.concat(bytes), packed);
  });

  test('sends its body, or an empty one', async (t) => {
    const request = await at(t, (message, response) => {
      void textOf(message).then((text) =>
        response.end(`${message.method} ${message.headers['content-length']} ${text}`),
      );
    });
    assert.equal((await ask({ ...request, method: 'PUT', body: 'abc' })).text, 'PUT 3 abc');
    assert.equal((await ask({ ...request, method: 'POST' })).text, 'POST 0 ');
  });

  test('follows no redirect and sends no password of its address', async (t) => {
    const request = await at(t, ({ headers }, response) => {
      response.writeHead(302, { location: '/next' }).end(String(headers.authorization));
    });
    const url = new URL(request.url);
    url.username = 'me';
    url.password = 'word';
    const { status, text } = await ask({ ...request, url });
    assert.deepEqual([status, text], [302, 'undefined']);
  });

  test('leaves no timer behind that would keep the process alive', async (t) => {
    const request = await at(t, (_, response) => response.end('{}'));
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const timeouts = { connect: 3_600_000, stall: 3_600_000, whole: 3_600_000 };
    for (const method of ['GET', 'POST'] as const) await ask({ ...request, method, timeouts });
    const { body } = await openAnswer({ ...request, timeouts });
    for await (const chunk of body) assert.equal(chunk.length, 2);
    (await openAnswer({ ...request, timeouts })).discard();
    await until('the timers to be gone', { within: WITHIN.process, look: timers, is: (left) => left <= before });
  });

  test('ends if it is not answered in time', async (t) => {
    const { port } = await rawServer(t, () => undefined);
    await assert.rejects(ask({ ...get(port), timeouts: { whole: 50 } }), timedOut('REQUEST_TIMEOUT'));
    await assert.rejects(ask({ ...get(port), timeouts: { stall: 50 } }), timedOut('HEADERS_TIMEOUT'));
    const silent = await rawServer(t, (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'));
    await assert.rejects(ask({ ...get(silent.port), timeouts: { stall: 50 } }), timedOut('BODY_TIMEOUT'));
  });

  test('ends if a proxy does not answer, or refuses to connect', async (t) => {
    const url = new URL('https://example.org/');
    const silent = await rawServer(t, () => undefined);
    const through = (port: number) => ({ ...get(port), url, env: { https_proxy: `127.0.0.1:${port}` } });
    const upload = { ...through(silent.port), method: 'PUT', body: 'abc' } as const;
    await assert.rejects(ask({ ...upload, timeouts: { connect: 50, stall: 50 } }), timedOut('CONNECT_TIMEOUT'));
    await assert.rejects(ask({ ...upload, timeouts: { whole: 50 } }), timedOut('REQUEST_TIMEOUT'));
    const unwilling = await rawServer(t, (socket) => void socket.end('HTTP/1.1 403 No\r\n\r\n'));
    await assert.rejects(
      ask(through(unwilling.port)),
      (error: unknown) => error instanceof ProxyRefusal && error.status === 403,
    );
  });

  test('rejects with the signal’s reason if aborted before or during the response', async (t) => {
    const reason = new Error('enough');
    const stop = new AbortController();
    const { port } = await rawServer(t, () => stop.abort(reason));
    await assert.rejects(ask(get(port), stop.signal), reason);
    await assert.rejects(ask(get(port), stop.signal), reason);
    const late = new AbortController();
    const { port: half } = await rawServer(t, (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc');
    });
    const { body } = await openAnswer(get(half), late.signal);
    await assert.rejects(async () => {
      for await (const chunk of body) late.abort(chunk.length > 0 ? reason : undefined);
    }, reason);
  });

  test('fails with Node’s code, and without its headers', async (t) => {
    const { port } = await rawServer(t, (socket) => socket.destroy());
    const request = { ...get(port), headers: { authorization: 'Bearer secret' } };
    await assert.rejects(ask(request), (error: NodeJS.ErrnoException) => {
      assert.equal(error.code, 'ECONNRESET');
      assert.doesNotMatch(inspect(error, { depth: 9 }), /secret/);
      return true;
    });
  });
});
