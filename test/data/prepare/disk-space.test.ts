import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDiskSpace } from '../../../src/data/prepare/disk-space.js';
import { REQUIRED_SPLITS, type SourceImage, type Split } from '../../../src/registry/kinds/dataset.js';
import { problemsOf } from '../rig.js';

const images = (count: number): SourceImage[] =>
  Array.from({ length: count }, () => ({ name: '', read: () => Promise.reject(new Error()) }));
const lists = new Map<Split, SourceImage[]>(
  REQUIRED_SPLITS.map((split) => [split, images(split.startsWith('train') ? 1000 : 100)]),
);
const sizes = { image_size: 256, load_size: 286 };

test('images that will not fit on the disk are refused before any is prepared', async () => {
  const [problem] = await problemsOf(checkDiskSpace('/tmp', lists, sizes, () => Promise.resolve(400e6)));
  assert.equal(problem?.code, 'disk-full');
  assert.match(
    problem.message,
    /no room for the store of prepared images: it needs 531 MB and 400 MB are free in \/tmp\.$/,
  );
  assert.match(problem.cure ?? '', /dataset\.limit/);
});

test('the needed space includes the true translations of test images only', async () => {
  const truth = () => Promise.reject(new Error());
  const known = new Map([...lists].map(([split, list]) => [split, list.map((image) => ({ ...image, truth }))]));
  const [problem] = await problemsOf(checkDiskSpace('/tmp', known, sizes, () => Promise.resolve(400e6)));
  assert.match(problem!.message, /it needs 571 MB and/);
});

test('preparing begins when the images fit or the free space is unknown', async () => {
  await checkDiskSpace('/tmp', lists, sizes, () => Promise.resolve(600e6));
  await checkDiskSpace('/tmp', lists, sizes, () => Promise.resolve(undefined));
});
