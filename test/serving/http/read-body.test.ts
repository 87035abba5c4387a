import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import { HttpError } from '../../../src/serving/http/http-error.js';
import { BodyReader } from '../../../src/serving/http/read-body.js';

const body = (...parts: number[]) => Readable.from(parts.map((bytes) => Buffer.alloc(bytes, 7)));
const status = (code: number) => (error: unknown) => error instanceof HttpError && error.statusCode === code;

test('a body of the limit is read, one byte more is refused, declared or not', async () => {
  const reader = new BodyReader(100, 1000);
  assert.equal((await reader.read(body(60, 40), 100)).length, 100);
  await assert.rejects(reader.read(body(60, 41), 0), status(413));
  await assert.rejects(reader.read(body(), 101), status(413));
});

test('what is being read has a limit for all together, and is free again afterwards', async () => {
  const reader = new BodyReader(100, 150);
  const slow = new PassThrough();
  const first = reader.read(slow, 0);
  slow.write(Buffer.alloc(90));
  await new Promise((resolve) => setImmediate(resolve));
  await assert.rejects(reader.read(body(50, 20), 70), status(503));
  slow.end();
  assert.equal((await first).length, 90);
  assert.equal((await reader.read(body(50, 20), 70)).length, 70);
  // A client that leaves in the middle holds nothing either.
  const broken = new PassThrough();
  const lost = reader.read(broken, 0);
  broken.write(Buffer.alloc(90));
  broken.destroy(new Error('gone'));
  await assert.rejects(lost, /gone/);
  assert.equal((await reader.read(body(100), 0)).length, 100);
});
