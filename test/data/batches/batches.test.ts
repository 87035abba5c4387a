import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import sharp from 'sharp';
import { createBatches, unseenImages, type BatchOptions } from '../../../src/data/batches/batches.js';
import { normalise } from '../../../src/data/batches/jitter.js';
import { trainingPairs, type Pairs } from '../../../src/data/batches/pairs.js';
import type { PreparedStore } from '../../../src/data/store/prepared-store.js';
import { image, numbered, problemsOf, redBlue, sourceOf, storeOf } from '../rig.js';

const OPTIONS: BatchOptions = { batch_size: 1, epoch: 'shortest', flip: true, shuffle_buffer: null };

/** A store of images that encode their index: `a` images in trainA, `b` in trainB. */
async function numberedStore(t: TestContext, a: number, b: number) {
  return storeOf(t, await sourceOf({ trainA: await numbered('trainA', a), trainB: await numbered('trainB', b) }));
}

/** A store whose training images have the colour (x, y, 0) at (x, y), which shows the position of a crop. */
async function coordinateStore(t: TestContext, count = 500) {
  const data = new Uint8Array(12 * 12 * 3);
  for (let i = 0; i < 144; i++) data.set([i % 12, Math.floor(i / 12), 0], i * 3);
  const bytes = await sharp(data, { raw: { width: 12, height: 12, channels: 3 } })
    .png()
    .toBuffer();
  const list = Array.from({ length: count }, (_, i) => image(`${i}`, bytes));
  return storeOf(t, await sourceOf({ trainA: list, trainB: list }), { image_size: 8, load_size: 12 });
}

const byte = (value: number) => Math.round((value + 1) * 127.5);

async function epochOrder(batches: ReturnType<typeof createBatches>, epoch: number) {
  const order: [number, number][] = [];
  for (let i = 0; i < batches.stepsPerEpoch; i++) {
    const { x, y } = await batches.read(epoch, i);
    order.push([byte(x[0]!), byte(y[0]!)]);
  }
  return order;
}

test('a batch contains images of both domains in [-1, 1], as x / 127.5 - 1', async (t) => {
  const store = await numberedStore(t, 4, 4);
  const { x, y, shape } = await createBatches(store, { ...OPTIONS, batch_size: 2 }, 1).read(0, 0);
  assert.deepEqual(shape, [2, 8, 8, 3]);
  assert.equal(x.length, 2 * 8 * 8 * 3);
  assert.equal(y.length, x.length);
  // Blue is 0 in every image; red is the image's index.
  assert.equal(x[2], -1);
  assert.ok([0, 1, 2, 3].some((number) => x[0] === Math.fround(Math.fround(number / 127.5) - 1)));
  assert.notEqual(x[0], x[8 * 8 * 3], 'two images, not one twice');
});

test('test and sample images are normalised, but neither cropped nor mirrored', async (t) => {
  const bytes = await redBlue(8, 8).png().toBuffer();
  const splits = ['trainA', 'trainB', 'testA', 'testB'] as const;
  const lists = splits.map((split) => [split, [1, 2, 3, 4].map((i) => image(`${split}/${i}.png`, bytes))]);
  const store = await storeOf(t, await sourceOf(Object.fromEntries(lists) as never), { image_size: 8, load_size: 12 });
  const left = [1, -1, -1]; // Red, and blue on the right.
  const right = [-1, -1, 1];
  const row = [left, left, left, left, right, right, right, right].flat();
  const expected = Float32Array.from(Array.from({ length: 8 }, () => row).flat());
  for (const [split, count] of [
    ['testA', 4],
    ['testB', 4],
    ['sampleA', 1],
    ['sampleB', 1],
  ] as const) {
    for (let index = 0; index < count; index++) {
      assert.deepEqual(normalise(await store.read(split, index)), expected, `${split} ${index}`);
    }
  }
});

test('an image is x / 127.5 - 1 in float32', async (t) => {
  const data = normalise(await (await numberedStore(t, 1, 1)).read('testA', 0));
  assert.equal(data.length, 8 * 8 * 3);
  assert.ok(data.every((value) => value === Math.fround(Math.fround(128 / 127.5) - 1)));
});

test('an epoch ends with the smaller domain if it is shortest, and with the larger if it is longest', async (t) => {
  const store = await numberedStore(t, 5, 12);
  const steps = (options: Partial<BatchOptions>) => createBatches(store, { ...OPTIONS, ...options }, 1).stepsPerEpoch;
  assert.equal(steps({ epoch: 'shortest' }), 5);
  assert.equal(steps({ epoch: 'longest' }), 12);
  assert.equal(steps({ epoch: 'shortest', batch_size: 2 }), 2);
  assert.equal(steps({ epoch: 'longest', batch_size: 5 }), 2);
});

test('an epoch shows no image twice, and the next one has another order', async (t) => {
  const batches = createBatches(await numberedStore(t, 9, 9), OPTIONS, 1);
  const [first, second] = [await epochOrder(batches, 0), await epochOrder(batches, 1)];
  for (const domain of [0, 1]) {
    assert.equal(new Set(first.map((pair) => pair[domain])).size, 9);
    assert.notDeepEqual(
      first.map((pair) => pair[domain]),
      second.map((pair) => pair[domain]),
    );
  }
  assert.notDeepEqual(
    first.map(([a]) => a),
    first.map(([, b]) => b),
    'the domains are shuffled apart',
  );
});

test('without a buffer, every image of the larger domain is shown once before any is shown again', async (t) => {
  const batches = createBatches(await numberedStore(t, 4, 10), OPTIONS, 1);
  const shown: number[] = [];
  for (let epoch = 0; epoch < 5; epoch++) shown.push(...(await epochOrder(batches, epoch)).map(([, b]) => b));
  const rounds = [shown.slice(0, 10), shown.slice(10)];
  for (const round of rounds) assert.equal(new Set(round).size, 10, round.join());
  assert.notDeepEqual(rounds[0], rounds[1], 'in a new order');
});

test('without a buffer, images that do not fill the last batch come first in the next epoch', async (t) => {
  const batches = createBatches(await numberedStore(t, 7, 7), { ...OPTIONS, batch_size: 3 }, 1);
  const shown: number[] = [];
  for (let epoch = 0; epoch < 2; epoch++) {
    for (let index = 0; index < 2; index++) {
      const { x } = await batches.read(epoch, index);
      shown.push(...[0, 1, 2].map((k) => byte(x[k * 8 * 8 * 3]!)));
    }
  }
  assert.equal(new Set(shown.slice(0, 7)).size, 7, shown.join());
});

test('with a buffer, each epoch starts with the first images again, as in the tutorial', async (t) => {
  const batches = createBatches(await numberedStore(t, 4, 30), { ...OPTIONS, shuffle_buffer: 3 }, 1);
  for (let epoch = 0; epoch < 5; epoch++) {
    for (const [position, [, b]] of (await epochOrder(batches, epoch)).entries()) assert.ok(b < position + 3);
  }
});

test('the images that a number of epochs does not show are counted, by domain', () => {
  const unseen = (options: Partial<BatchOptions>) => unseenImages({ A: 3, B: 5000 }, { ...OPTIONS, ...options }, 40);
  assert.deepEqual(unseen({}), { A: 0, B: 5000 - 120 });
  assert.deepEqual(unseen({ epoch: 10 }), { A: 0, B: 5000 - 400 });
  assert.deepEqual(unseen({ epoch: 'longest' }), { A: 0, B: 0 });
});

test('the images that are never shown are counted, by domain', () => {
  const unseen = (a: number, b: number, options: Partial<BatchOptions>) =>
    unseenImages({ A: a, B: b }, { ...OPTIONS, ...options });
  assert.deepEqual(unseen(1072, 6287, {}), { A: 0, B: 0 });
  assert.deepEqual(unseen(1072, 6287, { shuffle_buffer: 1000 }), { A: 0, B: 6287 - 2071 });
  assert.deepEqual(unseen(6287, 1072, { shuffle_buffer: 1000 }), { A: 6287 - 2071, B: 0 });
  assert.deepEqual(unseen(1072, 6287, { shuffle_buffer: 1000, epoch: 'longest' }), { A: 0, B: 0 });
  // The last batch of 4 is not full, and the buffer reaches no further.
  assert.deepEqual(unseen(10, 10, { shuffle_buffer: 1, batch_size: 4 }), { A: 2, B: 2 });
  assert.deepEqual(unseen(10, 10, { shuffle_buffer: 2, batch_size: 4, epoch: 'longest' }), { A: 1, B: 1 });
});

test('in a longest epoch the smaller domain starts over in a new order', async (t) => {
  const batches = createBatches(await numberedStore(t, 5, 15), { ...OPTIONS, epoch: 'longest' }, 3);
  const a = (await epochOrder(batches, 0)).map(([number]) => number);
  const rounds = [a.slice(0, 5), a.slice(5, 10), a.slice(10)];
  for (const round of rounds) assert.deepEqual([...round].sort(), [0, 1, 2, 3, 4]);
  assert.ok(new Set(rounds.map((round) => round.join())).size > 1);
});

test('an epoch of a number of steps goes on where the last one ended, and a batch may hold an image several times', async (t) => {
  const batches = createBatches(await numberedStore(t, 1, 10), { ...OPTIONS, epoch: 4, batch_size: 3 }, 3);
  assert.equal(batches.stepsPerEpoch, 4);
  const shown: number[] = [];
  for (let epoch = 0; epoch < 5; epoch++) {
    for (let index = 0; index < 4; index++) {
      const { x, y } = await batches.read(epoch, index);
      const numbers = (rows: Float32Array) => [0, 1, 2].map((k) => byte(rows[k * 8 * 8 * 3]!));
      assert.deepEqual(numbers(x), [0, 0, 0]);
      shown.push(...numbers(y));
    }
  }
  for (let at = 0; at < 60; at += 10) assert.equal(new Set(shown.slice(at, at + 10)).size, 10, `from ${at}`);
});

test('a batch larger than the smaller domain is filled from its next rounds in a longest epoch, and refused in a shortest', async (t) => {
  const store = await numberedStore(t, 3, 10);
  assert.equal(createBatches(store, { ...OPTIONS, epoch: 'longest', batch_size: 4 }, 1).stepsPerEpoch, 2);
  assert.throws(() => createBatches(store, { ...OPTIONS, batch_size: 4 }, 1), /batch_size is 4, but trainA has only 3/);
  assert.throws(() => createBatches(store, { ...OPTIONS, epoch: 'longest', batch_size: 11 }, 1), /trainB has only 10/);
});

test('a batch is the same in another process and after any earlier reads', async (t) => {
  const store = await coordinateStore(t);
  const inOrder = createBatches(store, OPTIONS, 7);
  const wanted = [];
  for (const [epoch, index] of [
    [0, 0],
    [0, 1],
    [0, 499],
    [1, 0],
    [2, 250],
  ] as const) {
    await inOrder.read(epoch, Math.max(0, index - 1));
    wanted.push({ epoch, index, batch: await inOrder.read(epoch, index) });
  }
  for (const { epoch, index, batch } of wanted.reverse()) {
    assert.deepEqual(await createBatches(store, OPTIONS, 7).read(epoch, index), batch);
  }
});

test('the order of both domains changes with the seed and with the epoch', async (t) => {
  const store = await numberedStore(t, 30, 30);
  const orders = async (seed: number, epoch: number) => {
    const pairs = await epochOrder(createBatches(store, OPTIONS, seed), epoch);
    return [0, 1].map((domain) => pairs.map((pair) => pair[domain]).join());
  };
  // 30 images have 30! orders: two equal ones are a bug.
  const all = (await Promise.all([orders(1, 0), orders(2, 0), orders(1, 1), orders(2, 1)])).flat();
  assert.equal(new Set(all).size, 8, all.join('\n'));
});

test('jitter differs between seeds, epochs, positions and domains', async (t) => {
  const store = await coordinateStore(t, 32);
  // All images are equal, so that a batch shows its jitter only.
  const jitters = async (seed: number, epoch: number, domain: 'x' | 'y') => {
    const batches = createBatches(store, OPTIONS, seed);
    const found: string[] = [];
    for (let index = 0; index < 32; index++) {
      const data = (await batches.read(epoch, index))[domain];
      found.push([data[0], data[1], data[7 * 3]].map((value) => byte(value!)).join('/'));
    }
    return found;
  };
  const first = await jitters(1, 0, 'x');
  assert.ok(new Set(first).size > 8, 'positions');
  for (const [what, other] of [
    ['seeds', await jitters(2, 0, 'x')],
    ['epochs', await jitters(1, 1, 'x')],
    ['domains', await jitters(1, 0, 'y')],
  ] as const) {
    // One jitter in 5 x 5 x 2 is equal by chance.
    const equal = first.filter((jitter, i) => jitter === other[i]).length;
    assert.ok(equal < 12, `${equal} of 32 are equal in two ${what}`);
  }
});

test('crops are uniformly distributed, half of them mirrored, and drawn again in each epoch', async (t) => {
  const batches = createBatches(await coordinateStore(t), OPTIONS, 5);
  const lefts = new Array<number>(5).fill(0);
  const tops = new Array<number>(5).fill(0);
  let mirrored = 0;
  let frozen = 0;
  for (let index = 0; index < 500; index++) {
    const { x } = await batches.read(0, index);
    const [first, last] = [byte(x[0]!), byte(x[7 * 3]!)];
    assert.equal(Math.abs(first - last), 7, 'eight neighbouring columns');
    lefts[Math.min(first, last)]!++;
    tops[byte(x[1]!)]!++;
    if (first > last) mirrored++;
    const { x: next } = await batches.read(1, index);
    if (same(next, x)) frozen++;
  }
  for (const count of [...lefts, ...tops]) assert.ok(count > 60 && count < 140, `${lefts.join()} / ${tops.join()}`);
  assert.ok(mirrored > 200 && mirrored < 300, `${mirrored} of 500 mirrored`);
  // One jitter in 5 x 5 x 2 is the same by chance.
  assert.ok(frozen < 40, `${frozen} of 500 have the same jitter in the next epoch`);
});

test('without flip no crop is mirrored, and the positions of crops are the same', async (t) => {
  const store = await coordinateStore(t);
  const [with_, without] = [createBatches(store, OPTIONS, 5), createBatches(store, { ...OPTIONS, flip: false }, 5)];
  for (let index = 0; index < 40; index++) {
    const [a, b] = [(await with_.read(0, index)).x, (await without.read(0, index)).x];
    assert.ok(b[0]! < b[7 * 3]!);
    assert.equal(Math.min(a[0]!, a[7 * 3]!), b[0]);
  }
});

test('a step of several batches takes the images of a batch of so many times the size', async (t) => {
  const store = await numberedStore(t, 9, 9);
  const accumulated = createBatches(store, { ...OPTIONS, batch_size: 2, accumulate: 2 }, 1);
  const whole = createBatches(store, { ...OPTIONS, batch_size: 4 }, 1);
  assert.equal(accumulated.stepsPerEpoch, 2);
  assert.deepEqual(await accumulated.read(0, 1), await whole.read(0, 1));
  const [problem] = await problemsOf(
    Promise.resolve().then(() => createBatches(store, { ...OPTIONS, batch_size: 4, accumulate: 3 }, 1)),
  );
  assert.match(problem!.message, /^dataset\.batch_size x train\.accumulate is 12, but trainA has only 9/);
  assert.match(problem!.cure!, /^Set dataset\.batch_size x train\.accumulate to 9 or less/);
});

test('fewer images than a batch are a problem with a cure', async (t) => {
  const store = await numberedStore(t, 5, 3);
  const [problem] = await problemsOf(
    Promise.resolve().then(() => createBatches(store, { ...OPTIONS, batch_size: 4 }, 1)),
  );
  assert.equal(problem?.code, 'too-few-images');
  assert.match(problem.message, /batch_size is 4, but trainB has only 3/);
  assert.match(problem.cure ?? '', /batch_size to 3 or less/);
});

test('fewer images of the other domain than a batch are a problem, too', async (t) => {
  const store = await numberedStore(t, 1, 4);
  const [problem] = await problemsOf(
    Promise.resolve().then(() => createBatches(store, { ...OPTIONS, batch_size: 2 }, 1)),
  );
  assert.match(problem!.message, /batch_size is 2, but trainA has only 1 usable image\./);
  assert.match(problem!.cure ?? '', /batch_size to 1 or less/);
});

test('a domain without images is a problem, however long an epoch is', async () => {
  const counts = (a: number, b: number) => ({ imageSize: 8, count: (split: string) => (split === 'trainA' ? a : b) });
  for (const epoch of ['shortest', 'longest', 3] as const) {
    for (const [a, b, domain] of [[0, 4, 'A'], [4, 0, 'B']] as const) {
      const store = counts(a, b) as unknown as PreparedStore;
      const create = Promise.resolve().then(() => createBatches(store, { ...OPTIONS, epoch }, 1));
      const [problem] = await problemsOf(create);
      assert.equal(problem!.code, 'too-few-images', `${epoch} ${domain}`);
      assert.equal(problem!.message, `train${domain} has no usable image.`);
    }
  } // prettier-ignore
});

test('three batches are read ahead, each once, and returned batches are released', async (t) => {
  const store = await numberedStore(t, 6, 6);
  let reads = 0;
  const counting: typeof store = { ...store, read: (...args) => (reads++, store.read(...args)) };
  const batches = createBatches(counting, OPTIONS, 1);
  // The images of a batch, one of each domain here, are requested at once.
  const readFor = async (epoch: number, index: number) => {
    const before = reads;
    await batches.read(epoch, index);
    return (reads - before) / 2;
  };
  assert.equal(await readFor(0, 3), 4, 'it and three more');
  assert.equal(await readFor(0, 4), 1, 'one more');
  assert.equal(await readFor(0, 5), 1);
  assert.equal(await readFor(1, 0), 1, 'over the end of an epoch');
  assert.equal(await readFor(1, 0), 1, 'itself again');
  assert.equal(await readFor(0, 5), 2, 'itself and the one after it again');
});

test('an error in reading ahead is thrown when its batch is requested, not before', async (t) => {
  const store = await numberedStore(t, 50, 50);
  let reads = 0;
  const failing: typeof store = {
    ...store,
    read: (...args) => (++reads > 2 ? Promise.reject(new Error('the disk is gone')) : store.read(...args)),
  };
  const batches = createBatches(failing, OPTIONS, 1);
  await batches.read(0, 0);
  // An unhandled rejection would fail the test here.
  await new Promise((resolve) => setImmediate(resolve));
  await assert.rejects(batches.read(0, 1), /the disk is gone/);
});

/** A store of `count` pairs, in reverse order in B; trainA and trainB have two more images without partners. */
async function pairedStore(t: TestContext, count: number) {
  const [trainA, b] = [await numbered('trainA', count + 2), await numbered('trainB', count + 2)];
  const trainB = b.map((one, i) => (i < count ? one : { ...one, name: `trainB/alone${i}.png` })).reverse();
  const store = await storeOf(t, await sourceOf({ trainA, trainB }));
  return { store, pairs: await trainingPairs(store) };
}

test('with pairs, x and y are partners at every index of every batch', async (t) => {
  const { store, pairs } = await pairedStore(t, 7);
  for (const epoch of ['shortest', 'longest'] as const) {
    for (const shuffle_buffer of [null, 3]) {
      const batches = createBatches(store, { ...OPTIONS, epoch, shuffle_buffer, batch_size: 2 }, 1, pairs);
      assert.equal(batches.stepsPerEpoch, 3, 'the two images without a partner do not count');
      const shown = new Set<number>();
      for (let index = 0; index < 9; index++) {
        const { x, y } = await batches.read(Math.floor(index / 3), index % 3);
        for (const k of [0, 1]) {
          assert.equal(byte(x[k * 8 * 8 * 3]!), byte(y[k * 8 * 8 * 3]!));
          shown.add(byte(x[k * 8 * 8 * 3]!));
        }
      }
      assert.deepEqual([...shown].sort(), [0, 1, 2, 3, 4, 5, 6], 'and no image without one is shown');
    }
  }
});

test('the order of pairs changes with the epoch and with the seed', async (t) => {
  const { store, pairs } = await pairedStore(t, 30);
  const order = async (seed: number, epoch: number) =>
    (await epochOrder(createBatches(store, OPTIONS, seed, pairs), epoch)).join();
  // 30 pairs have 30! orders: two equal ones are a bug.
  assert.equal(new Set([await order(1, 0), await order(2, 0), await order(1, 1)]).size, 3);
  assert.equal(await order(1, 0), await order(1, 0));
});

test('both images of a pair have the same crop and the same mirroring, which differ between pairs', async (t) => {
  const store = await coordinateStore(t, 64);
  const all = Array.from({ length: 64 }, (_, i) => i);
  const pairs: Pairs = { count: 64, A: all, B: all, leftOut: [] };
  const batches = createBatches(store, OPTIONS, 5, pairs);
  const jitters = new Set<string>();
  for (let index = 0; index < 64; index++) {
    const { x, y } = await batches.read(index % 2, index);
    // Each image encodes the coordinates of its pixels.
    assert.deepEqual(y, x);
    jitters.add([x[0], x[1], x[7 * 3]].map((value) => byte(value!)).join('/'));
  }
  assert.ok(jitters.size > 16, `${jitters.size} jitters of 50`);
});

test('domain A has the same batches with and without pairs if every image has a partner', async (t) => {
  const store = await numberedStore(t, 9, 9);
  const [paired, unpaired] = [
    createBatches(store, OPTIONS, 3, await trainingPairs(store)),
    createBatches(store, OPTIONS, 3),
  ];
  const a = async (batches: typeof paired) => (await epochOrder(batches, 2)).map(([first]) => first);
  assert.deepEqual(await a(paired), await a(unpaired));
});

test('fewer pairs than a batch are a problem with a cure, for any number of images', async (t) => {
  const { store, pairs } = await pairedStore(t, 3);
  const [problem] = await problemsOf(
    Promise.resolve().then(() => createBatches(store, { ...OPTIONS, batch_size: 4 }, 1, pairs)),
  );
  assert.equal(problem?.code, 'too-few-images');
  assert.equal(problem.message, 'dataset.batch_size is 4, but there are only 3 pairs of training images.');
  assert.equal(
    problem.cure,
    'Set dataset.batch_size to 3 or less, add pairs, or set dataset.epoch to a number of steps: a batch may then hold one several times.',
  );
});

function same(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => value === b[i]);
}

test('crops are rectangles where image_size is one, anywhere in the image', async (t) => {
  const data = new Uint8Array(20 * 12 * 3);
  for (let i = 0; i < 240; i++) data.set([i % 20, Math.floor(i / 20), 0], i * 3);
  const bytes = await sharp(data, { raw: { width: 20, height: 12, channels: 3 } })
    .png()
    .toBuffer();
  const list = Array.from({ length: 300 }, (_, i) => image(`${i}`, bytes));
  const source = await sourceOf({ trainA: list, trainB: list });
  const store = await storeOf(t, source, { image_size: [8, 16], load_size: [12, 20] });
  const batches = createBatches(store, { ...OPTIONS, flip: false }, 3);
  const corners = new Set<string>();
  for (let i = 0; i < batches.stepsPerEpoch; i++) {
    const { x, shape } = await batches.read(0, i);
    assert.deepEqual(shape, [1, 8, 16, 3]);
    const [left, top] = [byte(x[0]!), byte(x[1]!)];
    corners.add(`${left} ${top}`);
    const last = (8 * 16 - 1) * 3;
    assert.deepEqual([byte(x[last]!), byte(x[last + 1]!)], [left + 15, top + 7]);
  }
  assert.equal(corners.size, 5 * 5, 'every place');
});

test('crops are taken of images as they are, of any size', async (t) => {
  const sized = async (width: number, height: number) =>
    image(`${width}x${height}.png`, await redBlue(width, height).png().toBuffer());
  const list = [await sized(8, 8), await sized(30, 9), await sized(9, 30)];
  const store = await storeOf(t, await sourceOf({ trainA: list, trainB: list }), { preprocess: 'crop' });
  assert.deepEqual(
    [0, 1, 2].map((i) => store.size('trainA', i)),
    [{ height: 8, width: 8 }, { height: 9, width: 30 }, { height: 30, width: 9 }],
  ); // prettier-ignore
  await store.verify();
  const batches = createBatches(store, OPTIONS, 1);
  for (let i = 0; i < batches.stepsPerEpoch; i++) assert.deepEqual((await batches.read(0, i)).shape, [1, 8, 8, 3]);
});

test('images of a pair with different sizes are refused, as their crops would not be aligned', async (t) => {
  const sized = async (name: string, side: number) => image(name, await redBlue(side, side).png().toBuffer());
  const source = await sourceOf({ trainA: [await sized('1.png', 8)], trainB: [await sized('1.png', 16)] });
  const store = await storeOf(t, source, { preprocess: 'crop' });
  const pairs = await trainingPairs(store);
  const [problem] = await problemsOf(Promise.resolve().then(() => createBatches(store, OPTIONS, 1, pairs)));
  assert.equal(problem!.code, 'pair-sizes');
  assert.match(problem!.message, /image 0 of trainA has 8x8 pixels, image 0 of trainB 16x16/);
});
