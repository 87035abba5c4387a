import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, mock, test, type TestContext } from 'node:test';
import { download, type DownloadRequest } from '../../../src/data/remote/download.js';
import type { RetryPolicy } from '../../../src/data/remote/retry-policy.js';
import { sha256 } from '../../../src/support/hash.js';
import { temporaryFolder } from '../folder.js';
import { quietWork } from '../quiet-work.js';
import { arrived, send, serve, type Request } from './server.js';
import { problemOf } from '../../problem-of.js';

const FAST_RETRIES: RetryPolicy = { connect: 1000, stall: 200, attempts: 4, pause: 5, maxPause: 1000 };
const archive = randomBytes(300_000);
const sum = sha256(archive);

async function setup(t: TestContext, url: string, changes: Partial<DownloadRequest> = {}) {
  const dir = await temporaryFolder(t);
  const to = join(dir, 'archive');
  const work = quietWork();
  const get = (more: Partial<DownloadRequest> = {}) => download({ url, to, ...changes, ...more }, work, FAST_RETRIES);
  return { get, to, work, left: () => readdirSync(dir).sort() };
}

const at100kB = (to: string) => ({ at: 100_000, part: () => `${to}.part` });

const PART = ['archive.part', 'archive.part.json'];

describe('a download', () => {
  test('writes the whole file, checks it, and reports its progress', async (t) => {
    const server = await serve(t, (request, response) => send(request, response, archive));
    const { get, to, work, left } = await setup(t, `${server.url}/sets/horse2zebra.zip`);
    assert.deepEqual(await get({ sha256: sum, bytes: archive.length }), { sha256: sum, bytes: archive.length });
    assert.ok(readFileSync(to).equals(archive));
    assert.deepEqual(left(), ['archive', 'archive.part.json']);
    const phase = 'downloading horse2zebra.zip';
    assert.deepEqual(work.progressReports.at(-1), { phase, unit: 'bytes', done: archive.length, total: archive.length, kept: true }); // prettier-ignore
    assert.deepEqual(work.notes, []);
  });

  test('of a file that exists already sends no request', async (t) => {
    const server = await serve(t, (request, response) => send(request, response, archive));
    const { get } = await setup(t, server.url);
    await get();
    assert.equal((await get()).sha256, sum);
    assert.equal(server.requests.length, 1);
  });

  test('that breaks off resumes where it stopped', async (t) => {
    const server = await serve(t, (request, response) =>
      send(request, response, archive, { breaks: request.nth === 1 ? at100kB(to) : undefined }),
    );
    const { get, to, work } = await setup(t, server.url);
    assert.equal((await get()).sha256, sum);
    assert.ok(readFileSync(to).equals(archive));
    assert.match(server.requests[1]!.range!, /^bytes=\d{4,}-$/);
    assert.equal(server.requests[1]!.headers['if-range'], '"1"');
    assert.match(work.notes[0]!, /broke off at .* kB; trying again in a moment/);
  });

  test('that always breaks off gives up, and the next call resumes it', async (t) => {
    let healed = false;
    const server = await serve(t, (request, response) =>
      send(request, response, archive, { breaks: healed ? undefined : at100kB(to) }),
    );
    const { get, to, work, left } = await setup(t, `${server.url}/a.zip`, { sha256: sum });
    const { code, message, cure } = await problemOf(get());
    assert.equal(code, 'download-failed');
    assert.match(message, /a\.zip broke off, 4 times in a row; 100 kB are here\.$/);
    assert.match(cure!, /same command again \(it resumes there\)/);
    assert.deepEqual(left(), PART);
    healed = true;
    assert.equal((await get()).sha256, sum);
    assert.equal(server.requests.at(-1)!.range, 'bytes=100000-');
    assert.match(work.notes.at(-1)!, /Resuming the download of a\.zip from 100 kB/);
  });

  test('that stalls is aborted and resumed', async (t) => {
    const server = await serve(t, (request, response) => {
      if (request.nth > 1) return send(request, response, archive);
      response.writeHead(200, { etag: '"1"', 'content-length': archive.length });
      response.write(archive.subarray(0, 50_000));
    });
    const { get, work } = await setup(t, server.url);
    assert.equal((await get()).sha256, sum);
    assert.match(work.notes[0]!, /stalled: no more bytes arrived at 50 kB/);
    assert.equal(server.requests[1]!.range, 'bytes=50000-');
  });

  test('from a server that never answers gives up', async (t) => {
    const server = await serve(t, () => undefined);
    const { get, left } = await setup(t, server.url);
    const { code, message } = await problemOf(get());
    assert.equal(code, 'download-failed');
    assert.match(message, /did not answer in time, 4 times/);
    assert.deepEqual(left(), []);
  });

  test('from a port where nothing listens gives up sooner', async (t) => {
    const { get, work, left } = await setup(t, 'http://127.0.0.1:9/a.zip');
    const { code, message } = await problemOf(get());
    assert.equal(code, 'download-failed');
    assert.match(message, /127\.0\.0\.1:9\/a\.zip was refused: nothing listens there, 3 times/);
    assert.equal(work.notes.length, 2);
    assert.deepEqual(left(), []);
  });

  test('survives a server that is busy for a while', async (t) => {
    const server = await serve(t, (request, response) => {
      if (request.nth > 2) return send(request, response, archive);
      response.writeHead(503).end('busy');
    });
    const { get, work } = await setup(t, server.url);
    assert.equal((await get()).sha256, sum);
    assert.match(work.notes[0]!, /failed \(the server answered 503\); trying again/);
  });

  test('from a server that is always busy gives up', async (t) => {
    const server = await serve(t, (_, response) => void response.writeHead(503).end());
    const { get, left } = await setup(t, server.url);
    const { code, message, cure } = await problemOf(get());
    assert.equal(code, 'download-failed');
    assert.match(message, /answered 503\), 4 times in a row\.$/);
    assert.match(cure!, /^The server is overloaded or broken: .* later, or use a mirror\.$/);
    assert.deepEqual(left(), []);
  });

  test('waits as long as the server asks', async (t) => {
    const times: number[] = [];
    const server = await serve(t, (request, response) => {
      times.push(performance.now());
      if (request.nth > 1) return send(request, response, archive);
      response.writeHead(429, { 'retry-after': '1' }).end();
    });
    const { get, work } = await setup(t, server.url);
    await get();
    assert.ok(times[1]! - times[0]! >= 990);
    assert.match(work.notes[0]!, /429 and asks to wait 1 s\); trying again in 1 s/);
  });

  test('gives up when the server asks to wait for an hour', async (t) => {
    const server = await serve(t, (_, response) => void response.writeHead(429, { 'retry-after': '3600' }).end());
    const { get } = await setup(t, server.url);
    const { code, message } = await problemOf(get());
    assert.equal(code, 'download-failed');
    assert.match(message, /429 and asks to wait 3600 s\)\.$/);
    assert.equal(server.requests.length, 1);
  });

  for (const [status, code, text] of [
    [404, 'download-not-found', /nothing at .*\/a\.zip.*404/],
    [410, 'download-not-found', /410/],
    [401, 'download-refused', /refused .*401/],
    [403, 'download-refused', /refused .*403/],
    [418, 'download-refused', /418/],
  ] as const) {
    test(`answered with ${status} fails without another attempt`, async (t) => {
      const server = await serve(t, (_, response) => void response.writeHead(status).end('no'));
      const { get, left } = await setup(t, `${server.url}/a.zip`);
      const problem = await problemOf(get());
      assert.equal(problem.code, code);
      assert.match(problem.message, text);
      assert.ok(problem.cure);
      assert.equal(server.requests.length, 1);
      assert.deepEqual(left(), []);
    });
  }

  test('never shows passwords and tokens, and sends the password only to its host', async (t) => {
    const other = await serve(t, (_, response) => void response.writeHead(403).end());
    const server = await serve(t, (_, response) => void response.writeHead(302, { location: `${other.url}/x` }).end());
    const url = server.url.replace('//', '//me:geheim@') + '/a.zip?token=abc';
    const { get } = await setup(t, url);
    const { message } = await problemOf(get());
    assert.doesNotMatch(message, /geheim|abc/);
    assert.match(message, /\/a\.zip\?\.\.\./);
    assert.equal(server.requests[0]!.path, '/a.zip?token=abc');
    assert.equal(server.requests[0]!.headers.authorization, `Basic ${btoa('me:geheim')}`);
    assert.equal(other.requests[0]!.headers.authorization, undefined);
  });
});

describe('a download of unexpected content', () => {
  test('with wrong bytes is refused, names both checksums, and leaves nothing', async (t) => {
    const server = await serve(t, (request, response) => send(request, response, archive));
    const expected = 'a'.repeat(64);
    const { get, left } = await setup(t, server.url, { sha256: expected });
    const { code, message, cure } = await problemOf(get());
    assert.equal(code, 'wrong-checksum');
    assert.ok(message.includes(expected) && message.includes(sum));
    assert.ok(cure!.includes(`sha256: ${sum}`));
    assert.deepEqual(left(), []);
  });

  test('of another announced size is refused before any byte is read', async (t) => {
    const server = await serve(t, (request, response) => send(request, response, archive));
    const { get, work, left } = await setup(t, server.url, { bytes: 117_000_000 });
    const { code, message } = await problemOf(get());
    assert.equal(code, 'wrong-size');
    assert.match(message, /should be 117 MB and is 300 kB/);
    assert.deepEqual(work.progressReports, []);
    assert.deepEqual(left(), []);
  });

  test('that sends more bytes than expected is cut off', async (t) => {
    const server = await serve(t, (_, response) => {
      response.writeHead(200);
      const more = (error?: Error | null) => error ?? response.write(archive, more);
      more();
    });
    const { get, left } = await setup(t, server.url, { bytes: 100_000 });
    const { code, message } = await problemOf(get());
    assert.equal(code, 'wrong-size');
    assert.match(message, /should be 100 kB and is at least/);
    assert.deepEqual(left(), []);
  });

  test('that ends before the announced size fails', async (t) => {
    const server = await serve(t, (_, response) => {
      response.writeHead(200, { 'content-length': archive.length + 1000, connection: 'close' });
      response.write(archive, () => response.socket?.end());
    });
    const { get } = await setup(t, server.url);
    assert.equal((await problemOf(get())).code, 'download-failed');
  });

  test('that ends before the known size, without an announced one, fails', async (t) => {
    const server = await serve(t, (_, response) => void response.writeHead(200).end(archive));
    const { get } = await setup(t, server.url, { bytes: archive.length + 1 });
    const { code, message } = await problemOf(get());
    assert.equal(code, 'download-failed');
    assert.match(message, /ended too early/);
  });

  test('that is a web page is refused as a web page', async (t) => {
    const page = Buffer.from('\n<!DOCTYPE html><html><body>Welcome to the hotel. Please log in.</body></html>');
    const server = await serve(t, (request, response) => send(request, response, page));
    const { get, left } = await setup(t, `${server.url}/a.zip`, { sha256: sum, bytes: archive.length });
    const { code, message, cure } = await problemOf(get());
    assert.equal(code, 'not-an-archive');
    assert.match(message, /a\.zip answers with a web page/);
    assert.match(cure!, /login/);
    assert.deepEqual(left(), []);
  });

  test('that does not fit on the disk is refused before any byte is read', async (t) => {
    const server = await serve(t, (_, response) => {
      response.writeHead(200, { 'content-length': 1e15 });
      response.write(archive);
    });
    const { get, work, left } = await setup(t, server.url, { extraSpace: 1 });
    const { code, message } = await problemOf(get());
    assert.equal(code, 'disk-full');
    assert.match(message, /needs 2 PB and .* are free/);
    assert.deepEqual(work.progressReports, []);
    assert.deepEqual(left(), []);
  });
});

describe('a partial download', () => {
  /** Leaves a partial download of 100 kB. */
  async function broken(
    t: TestContext,
    then: (request: Request, response: Parameters<typeof send>[1]) => void,
    changes = {},
  ) {
    let whole = false;
    const server = await serve(t, (request, response) => {
      if (whole) return then(request, response);
      send(request, response, archive, { breaks: at100kB(rig.to) });
    });
    const rig = await setup(t, server.url, changes);
    await problemOf(rig.get());
    assert.deepEqual(rig.left(), PART);
    whole = true;
    server.requests.length = 0;
    return { ...rig, server };
  }

  test('is discarded when the server ignores ranges', async (t) => {
    const { get, to } = await broken(t, (_, response) => void response.writeHead(200).end(archive));
    assert.equal((await get()).sha256, sum);
    assert.ok(readFileSync(to).equals(archive));
  });

  test('is discarded when the file has changed', async (t) => {
    const other = randomBytes(200_000);
    const { get, to } = await broken(t, (request, response) => send(request, response, other, { etag: '"2"' }));
    assert.equal((await get()).sha256, sha256(other));
    assert.ok(readFileSync(to).equals(other));
  });

  test('is discarded when the file has changed and the server ignores if-range', async (t) => {
    const other = randomBytes(archive.length);
    const { get, server } = await broken(t, (request, response) => {
      send({ ...request, headers: {} }, response, other, { etag: '"2"' });
    });
    assert.equal((await get()).sha256, sha256(other));
    assert.deepEqual(
      server.requests.map(({ range }) => range),
      ['bytes=100000-', undefined],
    );
  });

  test('is discarded when the server cannot serve the range', async (t) => {
    const { get } = await broken(t, (request, response) => {
      if (request.range !== undefined) response.writeHead(416).end();
      else send(request, response, archive);
    });
    assert.equal((await get()).sha256, sum);
  });

  test('is discarded when the server answers with another range', async (t) => {
    const { get } = await broken(t, (request, response) => {
      if (request.range === undefined) return send(request, response, archive);
      response.writeHead(206, { 'content-range': `bytes 0-299999/300000`, etag: '"1"' }).end(archive);
    });
    assert.equal((await get()).sha256, sum);
  });

  test('is discarded when it was damaged', async (t) => {
    const { get, to, work } = await broken(t, (request, response) => send(request, response, archive), { sha256: sum });
    writeFileSync(`${to}.part`, randomBytes(100_000));
    assert.equal((await get()).sha256, sum);
    assert.match(work.notes.at(-1)!, /damaged; downloading all of it again/);
  });

  test('of another address is discarded, unless a checksum is known', async (t) => {
    const { get, server } = await broken(t, (request, response) => send(request, response, archive));
    await get({ url: `${server.url}/other` });
    assert.deepEqual(
      server.requests.map(({ range }) => range),
      [undefined],
    );
    const known = await broken(t, (request, response) => send(request, response, archive), { sha256: sum });
    await known.get({ url: `${known.server.url}/mirror` });
    assert.deepEqual(
      known.server.requests.map(({ range }) => range),
      ['bytes=100000-'],
    );
  });

  test('stays when the download is interrupted', async (t) => {
    const controller = new AbortController();
    const server = await serve(t, (_, response) => {
      response.writeHead(200, { 'content-length': archive.length, etag: '"1"' });
      response.write(archive.subarray(0, 1000));
      void arrived({ at: 1000, part: () => join(dir, 'archive.part') }).finally(() => controller.abort());
    });
    const dir = await temporaryFolder(t);
    const longStall = { ...FAST_RETRIES, stall: 60_000 };
    const interrupted = download(
      { url: server.url, to: join(dir, 'archive') },
      quietWork(controller.signal),
      longStall,
    );
    await assert.rejects(interrupted, { name: 'AbortError' });
    assert.deepEqual(readdirSync(dir).sort(), PART);
  });

  test('stays when the disk is full', async (t) => {
    const server = await serve(t, (request, response) => send(request, response, archive));
    const { get, to, left } = await setup(t, server.url);
    writeFileSync(to, '');
    const file = await open(to);
    const prototype = Object.getPrototypeOf(file) as typeof file;
    await file.close();
    const append = Object.getOwnPropertyDescriptor(prototype, 'appendFile')!.value as (
      this: typeof file,
      bytes: Uint8Array,
    ) => Promise<void>;
    let writes = 0;
    const full = mock.method(prototype, 'appendFile', function (this: typeof file, bytes: Uint8Array) {
      if (++writes < 2) return append.call(this, bytes);
      return Promise.reject(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));
    });
    const { code, message } = await problemOf(get()).finally(() => full.mock.restore());
    assert.equal(code, 'disk-full');
    assert.match(message, /disk is full/);
    assert.deepEqual(left(), PART);
    assert.equal((await get()).sha256, sum);
    assert.match(server.requests[1]!.range!, /bytes=\d+-/);
  });
});

describe('redirects', () => {
  test('are followed to other paths and servers', async (t) => {
    const mirror = await serve(t, (request, response) => send(request, response, archive));
    const server = await serve(t, (request, response) => {
      const location = request.path === '/a.zip' ? '/moved' : `${mirror.url}/b.zip`;
      response.writeHead(request.path === '/a.zip' ? 301 : 307, { location }).end();
    });
    const { get, work } = await setup(t, `${server.url}/a.zip`);
    assert.equal((await get()).sha256, sum);
    assert.equal(work.progressReports[0]!.phase, 'downloading a.zip');
  });

  test('that form a loop are refused', async (t) => {
    const server = await serve(t, ({ path }, response) => {
      response.writeHead(302, { location: path === '/a' ? '/b' : '/a' }).end();
    });
    const { get, left } = await setup(t, `${server.url}/a`);
    const { code, message } = await problemOf(get());
    assert.equal(code, 'redirect-loop');
    assert.match(message, /in a loop: .*\/b leads back to .*\/a/);
    assert.deepEqual(left(), []);
  });

  test('beyond a limit are refused', async (t) => {
    const server = await serve(t, ({ nth }, response) => void response.writeHead(302, { location: `/${nth}` }).end());
    const { get } = await setup(t, `${server.url}/a`);
    const { code, message } = await problemOf(get());
    assert.equal(code, 'redirect-loop');
    assert.match(message, /more than 10 times/);
  });

  test('to something that is not http are refused', async (t) => {
    const server = await serve(
      t,
      (_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    );
    const { get } = await setup(t, server.url);
    assert.equal((await problemOf(get())).code, 'bad-address');
  });
});

test('a download from an invalid address fails as a bad address', async (t) => {
  for (const url of ['horse2zebra.zip', 'ftp://example.org/a.zip', '']) {
    const { get } = await setup(t, url);
    assert.equal((await problemOf(get())).code, 'bad-address');
  }
});
