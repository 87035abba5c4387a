import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  packFileTasks,
  packReplies,
  unpackReplies,
  unpackTasks,
  type WorkerReply,
} from '../../../src/data/prepare/decoding/batch-message.js';
import { SUM_BYTES } from '../../../src/data/store/store-format.js';

const sum = (value: number) => new Uint8Array(SUM_BYTES).fill(value);
const facts = { hash: 'ab', width: 3, height: 2, problems: ['grün'] };

test('file tasks arrive as they were sent, with any character in a file’s name', () => {
  const tasks = [
    { file: '/a/"quoted"\n\u2028ü\ud800.jpg', sizes: [64], interpolation: 'bicubic', to: { path: '/s', offset: 2 ** 40 } },
    { file: 'b', sizes: [72, 64], interpolation: 'area', half: 'left' },
  ]; // prettier-ignore
  assert.deepEqual(unpackTasks(packFileTasks(tasks as never)), tasks);
});

test('replies arrive in their order, each image with its own checksum, and its pixels where no worker wrote them', () => {
  const [pixels, size] = [Uint8Array.of(1, 2, 3), { height: 1, width: 1 }];
  const replies = [
    {
      result: {
        facts,
        images: [
          { ...size, sum: sum(1) },
          { ...size, sum: sum(2), data: pixels },
        ],
      },
    },
    { result: { reason: 'truncated' } },
    {},
    { failure: 'ENOSPC: no space left', code: 'ENOSPC' },
    { result: { facts: { ...facts, hash: 'cd' }, images: [{ ...size, sum: sum(3) }] } },
    { failure: 'Error: a bug\n    at decode' },
  ] as unknown as WorkerReply[];
  assert.deepEqual(unpackReplies(structuredClone(packReplies(replies, 5))), replies);
});
