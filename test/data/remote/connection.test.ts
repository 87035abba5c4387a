import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { readFileSync, readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, mock, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { download, type DownloadRequest } from '../../../src/data/remote/download.js';
import { sha256 } from '../../../src/support/hash.js';
import { temporaryFolder } from '../folder.js';
import { quietWork } from '../quiet-work.js';
import { downloadInProcess } from './download-in-process.js';
import { rawServer } from './raw-server.js';
import { send, serve } from './server.js';

const FAST_RETRIES = { connect: 1000, stall: 1000, attempts: 3, pause: 5, maxPause: 1000 };
const archive = randomBytes(300_000);
const sum = sha256(archive);
const LARGE = Buffer.alloc(20_000_000, archive);

async function setup(t: TestContext, url: string, more: Partial<DownloadRequest> = {}) {
  const dir = await temporaryFolder(t);
  const work = quietWork();
  const get = () => download({ url, to: join(dir, 'file'), ...more }, work, FAST_RETRIES);
  return { get, work, file: () => readFileSync(join(dir, 'file')), left: () => readdirSync(dir) };
}

function headers(...lines: string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Slows down writing (by milliseconds for each piece), so that the network has to wait for it. */
async function slowDisk(t: TestContext, pause = 2): Promise<void> {
  const file = await open(process.execPath);
  const prototype = Object.getPrototypeOf(file) as typeof file;
  await file.close();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the file as `this` below
  const { appendFile } = prototype;
  mock.method(prototype, 'appendFile', async function (this: typeof file, bytes: Uint8Array) {
    await sleep(pause);
    await appendFile.call(this, bytes);
  });
  t.after(() => mock.restoreAll());
}

describe('a server that closes the connection at the end of its response', () => {
  const closes = (head: string) => (socket: Socket) => {
    socket.write(head);
    socket.end(LARGE);
  };
  for (const [what, head] of [
    ['HTTP/1.0 without a length', headers('HTTP/1.0 200 OK')],
    ['HTTP/1.0 with a length', headers('HTTP/1.0 200 OK', `Content-Length: ${LARGE.length}`)],
    ['HTTP/1.1 without a length', headers('HTTP/1.1 200 OK', 'Connection: close')],
    ['HTTP/1.1 with a length', headers('HTTP/1.1 200 OK', 'Connection: close', `Content-Length: ${LARGE.length}`)],
  ] as const) {
    test(`is read to the end even if the disk is slow: ${what}`, async (t) => {
      await slowDisk(t);
      const server = await rawServer(t, closes(head));
      const { get, work, file } = await setup(t, server.url);
      assert.equal((await get()).bytes, LARGE.length);
      assert.ok(file().equals(LARGE));
      assert.equal(server.heads.length, 1);
      assert.deepEqual(work.notes, []);
    });
  }
});

describe('a download whose response breaks', () => {
  const WHOLE = headers('HTTP/1.1 200 OK', 'ETag: "1"', `Content-Length: ${archive.length}`);
  const rest = (head: string) => {
    const from = Number(/range: bytes=(\d+)-/i.exec(head)?.[1] ?? 0);
    const range = `Content-Range: bytes ${from}-${archive.length - 1}/${archive.length}`;
    const status = from === 0 ? 'HTTP/1.1 200 OK' : 'HTTP/1.1 206 Partial Content';
    const lines = [status, 'ETag: "1"', `Content-Length: ${archive.length - from}`, ...(from === 0 ? [] : [range])];
    return Buffer.concat([Buffer.from(headers(...lines)), archive.subarray(from)]);
  };
  for (const [what, breaks] of [
    ['with a reset right after the headers', (socket) => void socket.write(WHOLE, () => socket.resetAndDestroy())],
    [
      'with a reset in the middle',
      (socket) => {
        socket.write(WHOLE);
        socket.write(archive.subarray(0, 150_000), () => setTimeout(() => socket.resetAndDestroy(), 50));
      },
    ],
    ['with a reset before the headers', (socket) => void socket.resetAndDestroy()],
    ['by closing without a response', (socket) => void socket.end()],
    ['in the middle of the headers', (socket) => void socket.end('HTTP/1.1 200 OK\r\nETag: "1"\r\nConte')],
    ['with something that is not HTTP', (socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n\r\n')],
    [
      'in the middle of a chunk',
      (socket) => {
        socket.write(headers('HTTP/1.1 200 OK', 'ETag: "1"', 'Transfer-Encoding: chunked'));
        socket.write(`${(150_000).toString(16)}\r\n`);
        socket.end(archive.subarray(0, 100_000));
      },
    ],
    [
      'between two chunks',
      (socket) => {
        socket.write(headers('HTTP/1.1 200 OK', 'ETag: "1"', 'Transfer-Encoding: chunked'));
        socket.write(`${(100_000).toString(16)}\r\n`);
        socket.write(archive.subarray(0, 100_000));
        socket.end('\r\n');
      },
    ],
    [
      'with nonsense where a chunk should begin',
      (socket) => {
        socket.write(headers('HTTP/1.1 200 OK', 'ETag: "1"', 'Transfer-Encoding: chunked'));
        socket.end('zzz\r\nnonsense');
      },
    ],
  ] as readonly (readonly [string, (socket: Socket) => void])[]) {
    test(`${what} is resumed`, async (t) => {
      const server = await rawServer(t, (socket, nth, head) => (nth === 1 ? breaks(socket) : socket.end(rest(head))));
      const { get, work, file } = await setup(t, server.url);
      assert.equal((await get()).sha256, sum);
      assert.ok(file().equals(archive));
      assert.equal(server.heads.length, 2);
      assert.match(work.notes[0]!, /^The download of .* broke off.*; trying again in a moment\.$/);
    });
  }

  test('early, without an announced length, is resumed because the known size is larger', async (t) => {
    const server = await rawServer(t, (socket, nth, head) => {
      if (nth > 1) return socket.end(rest(head));
      socket.write(headers('HTTP/1.0 200 OK', 'ETag: "1"'));
      socket.end(archive.subarray(0, 100_000));
    });
    const { get, work } = await setup(t, server.url, { sha256: sum, bytes: archive.length });
    assert.equal((await get()).sha256, sum);
    assert.match(work.notes[0]!, /ended too early at 100 kB/);
  });
});

test('a disk that is slower than the stall timeout does not count as a stall', async (t) => {
  const content = archive.subarray(0, 100_000);
  const server = await serve(t, (request, response) => send(request, response, content));
  const to = join(await temporaryFolder(t), 'file');
  const work = quietWork();
  await slowDisk(t, 700);
  await download({ url: server.url, to }, work, { ...FAST_RETRIES, stall: 500 });
  assert.deepEqual(work.notes, []);
});

describe('a download that is interrupted', () => {
  for (const [what, answer] of [
    ['before the headers', () => undefined],
    ['in the body', (socket: Socket) => void socket.write(headers('HTTP/1.1 200 OK', 'Content-Length: 9'))],
  ] as const) {
    test(`${what} closes its connection at once`, async (t) => {
      const controller = new AbortController();
      let gone: Promise<void> | undefined;
      const server = await rawServer(t, (socket) => {
        gone = new Promise((resolve) => void socket.on('close', () => resolve()));
        answer(socket);
        setTimeout(() => controller.abort(), 50);
      });
      const to = join(await temporaryFolder(t), 'file');
      const longStall = { ...FAST_RETRIES, stall: 60_000 };
      const interrupted = download({ url: server.url, to }, quietWork(controller.signal), longStall);
      await assert.rejects(interrupted, { name: 'AbortError' });
      await gone;
    });
  }

  test('during a write keeps only a correct prefix of the file', async (t) => {
    const controller = new AbortController();
    const server = await rawServer(t, (socket) => {
      socket.write(headers('HTTP/1.1 200 OK', 'ETag: "1"', `Content-Length: ${LARGE.length}`));
      socket.write(LARGE);
    });
    const dir = await temporaryFolder(t);
    await slowDisk(t);
    const work = { ...quietWork(controller.signal), progress: () => setTimeout(() => controller.abort(), 20) };
    await assert.rejects(download({ url: server.url, to: join(dir, 'file') }, work, FAST_RETRIES), {
      name: 'AbortError',
    });
    const part = readFileSync(join(dir, 'file.part'));
    assert.ok(part.length < LARGE.length && part.equals(LARGE.subarray(0, part.length)));
  });
});

test('a server that keeps its connections open does not keep the process alive', async (t) => {
  const server = await serve(t, (request, response) => {
    if (request.path === '/moved') return send(request, response, archive);
    response.writeHead(302, { location: '/moved', connection: 'keep-alive', 'keep-alive': 'timeout=600' });
    response.write('never ending');
  });
  assert.equal((await downloadInProcess(t, server.url)).sha256, sum);
});
