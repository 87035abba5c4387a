import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOfHalf } from '../../../src/data/images/half.js';
import { splitByContent } from '../../../src/data/sources/arranged/split-by-content.js';
import { holdOut } from '../../../src/data/sources/hold-out.js';
import { synthetic } from '../../../src/data/sources/synthetic/synthetic-source.js';
import type { DatasetSource, SourceImage, Split } from '../../../src/registry/kinds/dataset.js';
import { sha256 } from '../../../src/support/hash.js';
import { quietWork } from '../quiet-work.js';
import { problemsOf } from './rig.js';

const OPTIONS = { share: 0.25, seed: 0 };

interface Extra {
  readonly paired?: boolean;
  readonly unknownHash?: boolean;
  readonly own?: readonly string[];
}

/** A source whose images have the contents given by name; the content of `a=x` is x, of `a` a. */
function sourceOf(trainA: readonly string[], trainB: readonly string[], extra: Extra = {}): DatasetSource {
  const images = (split: Split, written: readonly string[]) => written.map((each) => imageOf(split, each, extra));
  const lists = { trainA: images('trainA', trainA), trainB: images('trainB', trainB), testA: images('testA', ['t']), testB: images('testB', ['u']) }; // prettier-ignore
  return {
    ...(extra.paired !== undefined && { paired: extra.paired }),
    identity: () => Promise.resolve({ images: 1, ...(extra.own && { validation: { valA: 1, valB: 1 } }) }),
    list: (split) => Promise.resolve(lists[split]),
    ...(extra.own && { validation: (split) => Promise.resolve(images(split, extra.own!)) }),
    spares: (split) => Promise.resolve(split === 'testA' ? lists.trainA : undefined),
    provenance: () => Promise.resolve({ folder: '/x' }),
  };
}

function imageOf(split: Split, written: string, { unknownHash }: Extra): SourceImage {
  const [name, content = name] = written.split('=') as [string, string?];
  const bytes = Buffer.from(content);
  const hash = unknownHash === true ? {} : { hash: sha256(bytes) };
  return { name: `${split}/${name}`, ...hash, read: () => Promise.resolve(bytes) };
}

const numbers = (count: number, prefix = '') => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const namesIn = (images: readonly SourceImage[]) => images.map(({ name }) => name);

async function heldOut(source: DatasetSource, options = OPTIONS) {
  const held = holdOut(source, options);
  const [trainA, trainB] = [namesIn(await held.list('trainA')), namesIn(await held.list('trainB'))];
  const [valA, valB] = [namesIn(await held.validation!('valA')), namesIn(await held.validation!('valB'))];
  return { trainA, trainB, valA, valB, testA: namesIn(await held.list('testA')) };
}

test('without a share the source is as it was', () => {
  const source = sourceOf(numbers(4), numbers(4));
  assert.equal(holdOut(source, { share: 0, seed: 3 }), source);
});

test('the parts are those of splitByContent over each training list, in its order, and tests stay', async () => {
  const source = sourceOf(numbers(40), numbers(30, 'b'));
  for (const options of [OPTIONS, { share: 0.05, seed: 0 }, { share: 0.25, seed: 7 }]) {
    const held = await heldOut(source, options);
    for (const domain of ['A', 'B'] as const) {
      const split = { test_share: options.share, split_seed: options.seed };
      const { train, test } = splitByContent(await source.list(`train${domain}`), split)!;
      assert.deepEqual([held[`train${domain}`], held[`val${domain}`]], [namesIn(train), namesIn(test)]);
    }
    assert.deepEqual(held.testA, ['testA/t']);
  }
  assert.equal((await heldOut(source)).valA.length, 10);
  assert.notDeepEqual((await heldOut(source, { share: 0.25, seed: 1 })).valA, (await heldOut(source)).valA);
});

test('images of unknown hash are read for it, halves of a file by the hash of the half', async () => {
  const known = sourceOf(numbers(20), numbers(20));
  assert.deepEqual(await heldOut(sourceOf(numbers(20), numbers(20), { unknownHash: true })), await heldOut(known));
  const halves = (withHash: boolean): DatasetSource => ({
    ...known,
    list: async (split) =>
      (await known.list(split)).map(({ hash, ...image }) => ({
        ...image,
        half: 'left' as const,
        ...(withHash && { hash: hashOfHalf(hash!, 'left') }),
      })),
  });
  assert.deepEqual(await heldOut(halves(false)), await heldOut(halves(true)));
  assert.notDeepEqual((await heldOut(halves(true))).valA, (await heldOut(known)).valA);
});

test('images of the same content are in one part, and at least one content stays for training', async () => {
  const copies = numbers(10).flatMap((name) => [name, `copy of ${name}=${name}`]);
  const { trainA, valA } = await heldOut(sourceOf(copies, ['x', 'y', 'z', 'copy=z']), { share: 0.5, seed: 0 });
  const contents = (names: readonly string[]) => new Set(names.map((name) => name.replace(/^trainA\/(copy of )?/, '')));
  assert.deepEqual([trainA.length, valA.length, contents(trainA).size, contents(valA).size], [10, 10, 5, 5]);
  const tiny = await heldOut(sourceOf(['1', '2'], ['3', '4']), { share: 0.01, seed: 0 });
  assert.deepEqual([tiny.trainA.length, tiny.valA.length], [1, 1]);
});

test('a domain that has not two different training images is a problem with a cure', async () => {
  for (const [images, what] of [
    [['1'], 'one training image'],
    [['1', 'copy=1'], '2 training images, but not two different ones'],
  ] as const) {
    const [problem] = await problemsOf(heldOut(sourceOf(numbers(4), images)));
    assert.equal(problem!.code, 'too-few-images');
    assert.equal(
      problem!.message,
      `dataset.validation_share: domain B has ${what}, which cannot be divided into training and validation images.`,
    );
    assert.match(problem!.cure!, /validation_share: 0/);
  }
});

test('an unreadable image stays with training, and other errors of reading stop the work', async () => {
  const source = sourceOf(numbers(8), numbers(8), { unknownHash: true });
  const failing = (error: Error): DatasetSource => ({
    ...source,
    list: async (split) => [{ name: 'broken', read: () => Promise.reject(error) }, ...(await source.list(split))],
  });
  const gone = Object.assign(new Error(), { code: 'ENOENT' });
  assert.equal((await heldOut(failing(gone), { share: 0.5, seed: 0 })).trainA[0], 'broken');
  await assert.rejects(heldOut(failing(new Error('the server answers 500'))), /answers 500/);
});

test('pairs are held out whole, by the content of A', async () => {
  const [a, b] = [numbers(12).map((name) => `${name}=a${name}`), numbers(12).map((name) => `${name}=b${name}`)];
  const whole = (names: readonly string[]) => names.map((name) => name.replace(/^train./, ''));
  const { trainA, trainB, valA, valB } = await heldOut(sourceOf(a, [...b].reverse(), { paired: true }));
  assert.deepEqual([trainA.length, valA.length], [9, 3]);
  assert.deepEqual([whole(trainB).reverse(), whole(valB).reverse()], [whole(trainA), whole(valA)]);
  const { train } = splitByContent(await sourceOf(a, b).list('trainA'), { test_share: 0.25, split_seed: 0 })!;
  assert.deepEqual(trainA, namesIn(train));
  // Without pairs, each domain is divided by itself, and B by its own contents.
  const unpaired = await heldOut(sourceOf(a, b));
  assert.notDeepEqual(whole(unpaired.valB), whole(unpaired.valA));
  const unnamed = await heldOut(sourceOf(numbers(8, 'cat'), numbers(8, 'tree9'), { paired: true }));
  assert.deepEqual([unnamed.valA.length, unnamed.valB.length], [2, 2]);
});

test('held-out images are not spares for bad test images', async () => {
  const source = sourceOf(numbers(20), numbers(20));
  const held = holdOut(source, OPTIONS);
  assert.deepEqual(await held.spares!('testA'), await held.list('trainA'));
  assert.equal(await held.spares!('testB'), undefined);
});

test('a share replaces the source’s own validation images, which is reported', async () => {
  const source = sourceOf(numbers(20), numbers(20), { own: ['v', 'w'] });
  const held = holdOut(source, OPTIONS);
  assert.deepEqual(await held.identity(), { images: 1 });
  assert.equal((await held.validation!('valA')).length, 5);
  const work = quietWork();
  await held.prepare!(work);
  assert.deepEqual(work.notes, [
    'dataset.validation_share holds out training images; the data set’s own validation images (2 of A) are not used.',
  ]);
  const without = quietWork();
  await holdOut(sourceOf(numbers(20), numbers(20)), OPTIONS).prepare!(without);
  assert.deepEqual(without.notes, []);
  assert.deepEqual(await held.provenance!(), { folder: '/x', validation: { share: 0.25, seed: 0, by: 'content' } });
});

test('the limit of a source applies before', async () => {
  const drawn = synthetic.create(
    { seed: 0, train: 30, test: 2, validation: 0, paired: false },
    { limit: 8, imageSize: 8 },
  );
  const { trainA, valA } = await heldOut(drawn);
  const first = namesIn(await drawn.list('trainA'));
  assert.deepEqual([trainA.length, valA.length], [6, 2]);
  assert.deepEqual([...trainA, ...valA].sort(), [...first].sort());
});
