import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writePixels } from '../../../src/data/prepare/decoding/write-pixels.js';
import { temporary } from '../../export/rig.js';

test('images are written to their places, neighbours or not, in two files, and nothing beside them', (t) => {
  const dir = temporary(t);
  const [first, second] = [join(dir, 'first'), join(dir, 'second')];
  for (const path of [first, second]) writeFileSync(path, Buffer.alloc(12, 0xff));
  const image = (value: number, path: string, offset: number) => ({
    data: new Uint8Array(3).fill(value),
    to: { path, offset },
  });
  // Neighbours, a gap, the other file at the offset that would be next, and one in front of the image before it.
  writePixels([
    image(1, first, 0),
    image(2, first, 3),
    image(3, first, 9),
    image(4, second, 6),
    image(5, second, 9),
    image(6, second, 0),
  ]);
  assert.deepEqual([...readFileSync(first)], [1, 1, 1, 2, 2, 2, 255, 255, 255, 3, 3, 3]);
  assert.deepEqual([...readFileSync(second)], [6, 6, 6, 255, 255, 255, 4, 4, 4, 5, 5, 5]);
});

test('a full disk is the file system’s error', { skip: !existsSync('/dev/full') && 'needs /dev/full' }, () => {
  const to = { path: '/dev/full', offset: 0 };
  assert.throws(() => writePixels([{ data: new Uint8Array(3), to }]), { code: 'ENOSPC' });
});
