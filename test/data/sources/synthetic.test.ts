import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../../src/data/images/decode.js';
import { pairedTruth, trainingPairs } from '../../../src/data/batches/pairs.js';
import { synthetic } from '../../../src/data/sources/synthetic/synthetic-source.js';
import { REQUIRED_SPLITS, type RequiredSplit, type SourceImage } from '../../../src/registry/kinds/dataset.js';
import { storeOf } from '../rig.js';

const DEFAULTS = { seed: 0, train: 6, test: 6, validation: 0, paired: false };
const source = (options: Partial<typeof DEFAULTS> = {}, limit: number | null = null, imageSize = 64) =>
  synthetic.create({ ...DEFAULTS, ...options }, { limit, imageSize });

async function pixels(read: () => Promise<Uint8Array>, size = 64): Promise<Uint8Array> {
  const decoded = await decode(await read(), { fits: [{ resize: 'stretch', to: size }], interpolation: 'nearest' });
  assert.ok('images' in decoded, 'reason' in decoded ? decoded.reason : '');
  return decoded.images[0]!.data;
}
const seen = (image: SourceImage) => pixels(() => image.read());
const truth = (image: SourceImage) => pixels(() => image.truth!());

test('the synthetic source has the requested number of images of each domain, up to the limit', async () => {
  const counts = async (limit: number | null) =>
    Promise.all(REQUIRED_SPLITS.map(async (split) => (await source({ train: 7, test: 3 }, limit).list(split)).length));
  assert.deepEqual(await counts(null), [7, 7, 3, 3]);
  assert.deepEqual(await counts(5), [5, 5, 3, 3]);
});

test('the synthetic source draws the same images for the same seed, and others for another seed', async () => {
  const svg = async (seed: number, split: RequiredSplit, i = 0) =>
    Buffer.from(await (await source({ seed }).list(split))[i]!.read()).toString();
  assert.equal(await svg(0, 'trainA'), await svg(0, 'trainA'));
  const all = await Promise.all([
    svg(0, 'trainA'),
    svg(0, 'trainA', 1),
    svg(0, 'testA'),
    svg(1, 'trainA'),
    svg(0, 'trainB'),
  ]);
  assert.equal(new Set(all).size, 5);
  assert.notDeepEqual(await source({ seed: 1 }).identity(), await source({ seed: 0 }).identity());
});

test('synthetic images are drawn at the requested size, not enlarged', async () => {
  const [image] = await source({}, null, 200).list('trainB');
  assert.match(Buffer.from(await image!.read()).toString(), /^<svg [^>]*width="200" height="200"/);
});

test('the synthetic domains are unpaired: a training image’s scene is not in the other domain', async () => {
  const shapes = async (split: RequiredSplit) =>
    (await Promise.all((await source().list(split)).map((image) => image.read()))).map((svg) => geometry(svg));
  const a = [...(await shapes('trainA')), ...(await shapes('testA'))];
  const b = [...(await shapes('trainB')), ...(await shapes('testB'))];
  assert.deepEqual([a.length, b.length], [12, 12]);
  assert.equal(new Set([...a, ...b]).size, 24, 'every scene is another');
});

test('with paired: true, each image of B is the image of A in the other style', async () => {
  const paired = source({ paired: true });
  for (const kind of ['train', 'test'] as const) {
    const [a, b] = [await paired.list(`${kind}A`), await paired.list(`${kind}B`)];
    assert.deepEqual([a.length, b.length], [6, 6]);
    for (const [i, image] of a.entries()) {
      assert.equal(geometry(await b[i]!.read()), geometry(await image.read()));
      assert.ok(psnr(await seen(b[i]!), await seen(image)) < 18);
      if (kind === 'test') assert.deepEqual(await truth(image), await seen(b[i]!));
    }
  }
  const scenes = [...(await paired.list('trainA')), ...(await paired.list('testA'))].map(async (one) =>
    geometry(await one.read()),
  );
  assert.equal(new Set(await Promise.all(scenes)).size, 12, 'every scene of A is another');
});

test('domain A is the same with and without pairs, and only paired data has pairs in its identity', async () => {
  const [paired, unpaired] = [source({ paired: true }), source()];
  for (const split of ['trainA', 'testA'] as const) {
    const bytes = async (from: typeof paired) => Promise.all((await from.list(split)).map((image) => image.read()));
    assert.deepEqual(await bytes(paired), await bytes(unpaired));
  }
  assert.deepEqual(await unpaired.identity(), { source: 'synthetic', version: 1, seed: 0 });
  assert.deepEqual(await paired.identity(), { source: 'synthetic', version: 1, seed: 0, paired: true });
});

test('training finds the synthetic pairs by their names', async (t) => {
  const store = await storeOf(t, source({ paired: true }));
  assert.deepEqual((await trainingPairs(store)).B, [0, 1, 2, 3, 4, 5]);
  const found = await pairedTruth(store, 'test');
  assert.deepEqual([0, 5].map((index) => found.partner('B', index)), [0, 5]); // prettier-ignore
});

test('unpaired scenes are refused for a method that needs pairs', () => {
  const problems = (paired: boolean, pairing: 'paired' | 'unpaired') =>
    synthetic.check!({ ...DEFAULTS, paired }, { imageSize: 64, epochs: 1, pairing }).length;
  assert.deepEqual([problems(false, 'paired'), problems(true, 'paired'), problems(false, 'unpaired')], [1, 0, 0]);
});

test('images have true translations: the same scene in the other style', async () => {
  // Those of training images are used if the images are held out for validation.
  for (const split of ['testA', 'trainB'] as const) {
    const images = await source().list(split);
    assert.equal(images.length, 6);
    for (const image of images) {
      assert.equal(geometry(await image.truth!()), geometry(await image.read()));
      assert.ok(psnr(await truth(image), await seen(image)) < 18);
    }
  }
});

test('synthetic images of A are green, those of B dry and striped', async () => {
  const [horses, zebras] = [await source().list('testA'), await source().list('testB')];
  assert.deepEqual([horses.length, zebras.length], [6, 6]);
  for (const image of horses) assert.ok(greenness(await seen(image)) > 10);
  for (const image of zebras) assert.ok(greenness(await seen(image)) < 0);
});

// The claim of the quick start depends on this: a small network that only learns the colours already beats the unchanged image by far.
test('the change of colours is most of the synthetic mapping, in both directions', async () => {
  for (const split of ['testA', 'testB'] as const) {
    const images = await source({ test: 12 }).list(split);
    assert.equal(images.length, 12);
    let [unchanged, recoloured] = [0, 0];
    for (const image of images) {
      const [from, to] = [await seen(image), await truth(image)];
      unchanged += psnr(from, to) / images.length;
      recoloured += psnr(affine(from, to), to) / images.length;
    }
    assert.ok(unchanged > 10 && unchanged < 15, `unchanged: ${unchanged.toFixed(1)} dB`);
    assert.ok(recoloured - unchanged > 4, `recoloured: ${recoloured.toFixed(1)} dB against ${unchanged.toFixed(1)} dB`);
  }
});

/** Green minus red in the lower third, the meadow. */
function greenness(data: Uint8Array): number {
  let sum = 0;
  const from = 64 * 48 * 3;
  for (let i = from; i < data.length; i += 3) sum += data[i + 1]! - data[i]!;
  return sum / ((data.length - from) / 3);
}

/** Identifies a scene by its grass, which both styles draw in the same places. */
function geometry(svg: Uint8Array): string {
  const tufts = /<path d="([^"]*)" fill="[^"]*" fill-opacity="0?\.7"/.exec(Buffer.from(svg).toString());
  assert.ok(tufts);
  return tufts[1]!;
}

/** The best affine map of each pixel's colour, fitted to the image by least squares per channel. */
function affine(from: Uint8Array, to: Uint8Array): Uint8Array {
  const rows = from.length / 3;
  const out = new Uint8Array(from.length);
  for (let channel = 0; channel < 3; channel++) {
    const weights = leastSquares(
      Array.from({ length: rows }, (_, i) => [from[i * 3]!, from[i * 3 + 1]!, from[i * 3 + 2]!, 255]),
      Array.from({ length: rows }, (_, i) => to[i * 3 + channel]!),
    );
    for (let i = 0; i < rows; i++) {
      const value =
        weights[0]! * from[i * 3]! +
        weights[1]! * from[i * 3 + 1]! +
        weights[2]! * from[i * 3 + 2]! +
        weights[3]! * 255;
      out[i * 3 + channel] = Math.min(255, Math.max(0, Math.round(value)));
    }
  }
  return out;
}

/** Solves the normal equations by Gauss-Jordan elimination. */
function leastSquares(rows: readonly (readonly number[])[], targets: readonly number[]): number[] {
  const n = rows[0]!.length;
  const system = Array.from({ length: n }, (_, i) => [
    ...Array.from({ length: n }, (_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, i === j ? 1e-6 : 0)),
    rows.reduce((sum, row, k) => sum + row[i]! * targets[k]!, 0),
  ]);
  for (let i = 0; i < n; i++) {
    const pivot = system[i]![i]!;
    system[i] = system[i]!.map((value) => value / pivot);
    for (let k = 0; k < n; k++) {
      if (k === i) continue;
      const factor = system[k]![i]!;
      system[k] = system[k]!.map((value, j) => value - factor * system[i]![j]!);
    }
  }
  return system.map((row) => row[n]!);
}

function psnr(a: Uint8Array, b: Uint8Array): number {
  const squared = a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length;
  return 10 * Math.log10(255 ** 2 / squared);
}

test('synthetic validation images are further scenes with true translations, and change no other image', async () => {
  const svgs = (images: readonly SourceImage[]) =>
    Promise.all(images.map(async (image) => (await image.read()).toString()));
  const [plain, more] = [source(), source({ validation: 4 })];
  const [a, b] = [await more.validation!('valA'), await more.validation!('valB')];
  assert.deepEqual([a.length, b.length, (await plain.validation!('valA')).length], [4, 4, 0]);
  assert.equal((await source({ validation: 4 }, 3).validation!('valB')).length, 3);
  assert.equal(geometry(await b[0]!.truth!()), geometry(await b[0]!.read()));
  const scenes = [];
  for (const split of REQUIRED_SPLITS) {
    const [before, after] = [await svgs(await plain.list(split)), await svgs(await more.list(split))];
    assert.deepEqual(after, before);
    scenes.push(...before);
  }
  const own = [...(await svgs(a)), ...(await svgs(b))];
  assert.equal(new Set([...scenes, ...own]).size, 24 + 8);
  assert.deepEqual(await more.identity(), await plain.identity());
});
