import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createProxy, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { connect } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { sha256 } from '../../../src/support/hash.js';
import { downloadInProcess } from './download-in-process.js';
import { listening, rawServer } from './raw-server.js';
import { serve } from './server.js';

const fixture = (name: string) =>
  readFileSync(new URL(`../../../../test/fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
const archive = randomBytes(300_000);

async function secure(t: TestContext, answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const port = await listening(t, createServer({ key: fixture('key'), cert: fixture('cert') }, answer));
  return `https://localhost:${port}`;
}

/** @param status of the response to CONNECT */
async function tunnelling(t: TestContext, status = 200) {
  const requests: string[] = [];
  const proxy = createProxy();
  proxy.on('connect', (request, socket) => {
    requests.push(`${request.method} ${request.url} ${request.headers['proxy-authorization']}`);
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 2\r\n\r\nno`);
    const onward = connect(Number(request.url!.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const stream of [onward, socket]) stream.on('error', () => undefined);
  });
  return { port: await listening(t, proxy), requests };
}

describe('https', () => {
  test('downloads a file', async (t) => {
    const url = await secure(t, (_, response) => response.end(archive));
    assert.deepEqual(await downloadInProcess(t, `${url}/a.zip`), {
      sha256: sha256(archive),
      bytes: archive.length,
      notes: [],
    });
  });

  test('does not follow a redirect to http', async (t) => {
    const plain = await serve(t, (_, response) => void response.end(archive));
    const location = `${plain.url}/b.zip?token=abc`;
    const url = await secure(t, (_, response) => response.writeHead(302, { location }).end());
    const { problem } = await downloadInProcess(t, `${url}/a.zip`);
    assert.equal(problem?.code, 'insecure-redirect');
    assert.match(problem.message, /https:\/\/localhost:\d+\/a\.zip redirects to http:.*not encrypted/);
    assert.doesNotMatch(problem.message, /abc/);
    assert.deepEqual(plain.requests, []);
  });

  test('refuses an untrusted certificate without another attempt', async (t) => {
    const url = await secure(t, (_, response) => response.end(archive));
    const { problem, notes } = await downloadInProcess(t, `${url}/a.zip`, { trusting: false });
    assert.equal(problem?.code, 'download-refused');
    assert.match(
      problem.message,
      /^The connection to https:\/\/localhost:\d+\/a\.zip cannot be trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)\.$/,
    );
    assert.match(problem.cure!, /NODE_EXTRA_CA_CERTS/);
    assert.deepEqual(notes, []);
  });

  test('refuses another machine’s certificate', async (t) => {
    const url = await secure(t, (_, response) => response.end(archive));
    const { problem } = await downloadInProcess(t, url.replace('localhost', '127.0.0.1'));
    assert.match(problem!.message, /cannot be trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)/);
  });

  test('refuses a server that does not speak TLS', async (t) => {
    const server = await serve(t, (_, response) => void response.end(archive));
    const { problem } = await downloadInProcess(t, server.url.replace('http:', 'https:'));
    assert.equal(problem?.code, 'download-refused');
  });

  test('gives up when the handshake is not answered, and the process ends', async (t) => {
    const { port } = await rawServer(t, () => undefined);
    const { problem } = await downloadInProcess(t, `https://localhost:${port}/`);
    assert.equal(problem?.code, 'download-failed');
    assert.match(problem.message, /got no connection in time, 2 times/);
  });
});

describe('https through a proxy', () => {
  test('is tunnelled with the proxy’s password, and checks the server’s certificate', async (t) => {
    const url = await secure(t, ({ headers }, response) => {
      response.end(headers['proxy-authorization'] === undefined ? archive : 'password leaked');
    });
    const proxy = await tunnelling(t);
    const env = { https_proxy: `http://me:w%C3%B6rd%@127.0.0.1:${proxy.port}` };
    assert.equal((await downloadInProcess(t, `${url}/a.zip`, { env })).sha256, sha256(archive));
    const password = Buffer.from('me:wörd%').toString('base64');
    assert.deepEqual(proxy.requests, [`CONNECT localhost:${new URL(url).port} Basic ${password}`]);
    const { problem } = await downloadInProcess(t, `${url}/a.zip`, { env, trusting: false });
    assert.match(problem!.message, /cannot be trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
  });

  test('that refuses fails without another attempt, and the problem names the proxy', async (t) => {
    for (const status of [403, 407]) {
      const proxy = await tunnelling(t, status);
      const env = { https_proxy: `127.0.0.1:${proxy.port}` };
      const { problem } = await downloadInProcess(t, 'https://example.org/a.zip', { env });
      assert.equal(problem?.code, 'download-refused');
      assert.match(problem.message, new RegExp(`proxy refused https://example\\.org/a\\.zip .*${status}`));
      assert.equal(proxy.requests.length, 1);
    }
  });

  test('that cannot reach the server now is tried again', async (t) => {
    const proxy = await tunnelling(t, 503);
    const env = { https_proxy: `127.0.0.1:${proxy.port}` };
    const { problem } = await downloadInProcess(t, 'https://example.org/a.zip', { env });
    assert.equal(problem?.code, 'download-failed');
    assert.match(problem.message, /failed \(the proxy answered 503\), 2 times/);
  });

  for (const [what, reply, expected] of [
    ['does not answer', undefined, /got no connection in time/],
    ['answers without connecting', 'HTTP/1.1 200 OK\r\n\r\n', /got no connection in time|did not answer in time/],
    ['breaks off', 'HTTP/1.1 2', /broke off at the proxy/],
  ] as const) {
    test(`that ${what} makes the download fail, and the process ends`, async (t) => {
      const proxy = await rawServer(t, (socket) => {
        if (reply !== undefined) socket.write(reply);
        if (reply?.endsWith('2')) socket.end();
      });
      const env = { https_proxy: `127.0.0.1:${proxy.port}` };
      const { problem } = await downloadInProcess(t, 'https://example.org/a.zip', { env });
      assert.equal(problem?.code, 'download-failed');
      assert.match(problem.message, expected);
    });
  }
});

test('a proxy that refuses plain http is named in the problem', async (t) => {
  const proxy = await serve(t, (_, response) => void response.writeHead(407).end('no'));
  const env = { http_proxy: proxy.url };
  const { problem } = await downloadInProcess(t, 'http://example.org/a.zip', { env });
  assert.match(problem!.message, /^The proxy refused http:\/\/example\.org\/a\.zip \(it answered 407\)/);
  assert.equal(proxy.requests[0]!.path, 'http://example.org/a.zip');
  assert.equal(proxy.requests[0]!.headers.host, 'example.org');
});
