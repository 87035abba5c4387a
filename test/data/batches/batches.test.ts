import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import sharp from 'sharp';
import { createBatches, readImage, type BatchOptions } from '../../../src/data/batches/batches.js';
import { image, numbered, problemsOf, sourceOf, storeOf } from '../rig.js';

const OPTIONS: BatchOptions = { batch_size: 1, epoch: 'shortest', flip: true, shuffle_buffer: 1000 };

/** A store of pictures that show their own number: trainA has `a`, trainB has `b`. */
async function numberedStore(t: TestContext, a: number, b: number) {
  return storeOf(t, await sourceOf({ trainA: await numbered('trainA', a), trainB: await numbered('trainB', b) }));
}

/** A store whose training pictures have at (x, y) the colour (x, y, 0), for seeing where a crop came from. */
async function coordinateStore(t: TestContext) {
  const data = new Uint8Array(12 * 12 * 3);
  for (let i = 0; i < 144; i++) data.set([i % 12, Math.floor(i / 12), 0], i * 3);
  const bytes = await sharp(data, { raw: { width: 12, height: 12, channels: 3 } })
    .png()
    .toBuffer();
  const list = Array.from({ length: 500 }, (_, i) => image(`${i}`, bytes));
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

test('a batch holds pictures of both domains in [-1, 1], as x / 127.5 - 1', async (t) => {
  const store = await numberedStore(t, 4, 4);
  const { x, y, shape } = await createBatches(store, { ...OPTIONS, batch_size: 2 }, 1).read(0, 0);
  assert.deepEqual(shape, [2, 8, 8, 3]);
  assert.equal(x.length, 2 * 8 * 8 * 3);
  assert.equal(y.length, x.length);
  // Blue is 0 in every picture; red is the picture's number.
  assert.equal(x[2], -1);
  assert.ok([0, 1, 2, 3].some((number) => x[0] === Math.fround(Math.fround(number / 127.5) - 1)));
  assert.notEqual(x[0], x[8 * 8 * 3], 'two pictures, not one twice');
});

test('readImage gives a whole test picture, normalised', async (t) => {
  const store = await numberedStore(t, 1, 1);
  const data = await readImage(store, 'testA', 0);
  assert.equal(data.length, 8 * 8 * 3);
  assert.ok(data.every((value) => value === Math.fround(Math.fround(128 / 127.5) - 1)));
});

test('shortest ends with the smaller domain, longest with the larger', async (t) => {
  const store = await numberedStore(t, 5, 12);
  const steps = (options: Partial<BatchOptions>) => createBatches(store, { ...OPTIONS, ...options }, 1).stepsPerEpoch;
  assert.equal(steps({ epoch: 'shortest' }), 5);
  assert.equal(steps({ epoch: 'longest' }), 12);
  assert.equal(steps({ epoch: 'shortest', batch_size: 2 }), 2);
  assert.equal(steps({ epoch: 'longest', batch_size: 5 }), 2);
});

test('an epoch shows no picture twice, and the next one has another order', async (t) => {
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

test('in a longest epoch the smaller domain starts over in a new order', async (t) => {
  const batches = createBatches(await numberedStore(t, 5, 15), { ...OPTIONS, epoch: 'longest' }, 3);
  const a = (await epochOrder(batches, 0)).map(([number]) => number);
  const rounds = [a.slice(0, 5), a.slice(5, 10), a.slice(10)];
  for (const round of rounds) assert.deepEqual([...round].sort(), [0, 1, 2, 3, 4]);
  assert.ok(new Set(rounds.map((round) => round.join())).size > 1);
});

test('a batch is the same in another process and whatever was read before', async (t) => {
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
  const other = await createBatches(store, OPTIONS, 8).read(0, 0);
  const { x } = await createBatches(store, OPTIONS, 7).read(0, 0);
  const { x: later } = await createBatches(store, OPTIONS, 7).read(1, 0);
  assert.ok(!same(other.x, x) || !same(later, x), 'seed and epoch count');
});

test('crops lie everywhere alike, half of them mirrored, drawn anew each epoch', async (t) => {
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

test('without flip nothing is mirrored, and crops stay where they were', async (t) => {
  const store = await coordinateStore(t);
  const [with_, without] = [createBatches(store, OPTIONS, 5), createBatches(store, { ...OPTIONS, flip: false }, 5)];
  for (let index = 0; index < 40; index++) {
    const [a, b] = [(await with_.read(0, index)).x, (await without.read(0, index)).x];
    assert.ok(b[0]! < b[7 * 3]!);
    assert.equal(Math.min(a[0]!, a[7 * 3]!), b[0]);
  }
});

test('fewer pictures than a batch is an error that says what to do', async (t) => {
  const store = await numberedStore(t, 5, 3);
  const [problem] = await problemsOf(
    Promise.resolve().then(() => createBatches(store, { ...OPTIONS, batch_size: 4 }, 1)),
  );
  assert.equal(problem?.code, 'too-few-images');
  assert.match(problem.message, /batch_size is 4, but trainB has only 3/);
  assert.match(problem.cure ?? '', /batch_size to 3 or less/);
});

test('what goes wrong in reading ahead is told when its batch is asked for, and not before', async (t) => {
  const store = await numberedStore(t, 50, 50);
  let reads = 0;
  const failing: typeof store = {
    ...store,
    read: (...args) => (++reads > 2 ? Promise.reject(new Error('the disk is gone')) : store.read(...args)),
  };
  const batches = createBatches(failing, OPTIONS, 1);
  await batches.read(0, 0);
  // A rejection that nobody handles would fail the test here.
  await new Promise((resolve) => setImmediate(resolve));
  await assert.rejects(batches.read(0, 1), /the disk is gone/);
});

function same(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => value === b[i]);
}
