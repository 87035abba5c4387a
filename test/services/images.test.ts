import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test, type TestContext } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { decodeRgb } from '../../src/data/images/decode-rgb.js';
import { resize } from '../../src/data/images/resize.js';
import { ALLOWED, difference, EXPECTED, FOLDER, type Difference } from '../data/images/fixtures.js';
import { runPython } from './python.js';

/** Enlarging and reducing, by two and by odd factors; squares and others, of which one changes only one side of many images. */
const SIZES = [286, 64, 256, 33, 301, { width: 100, height: 300 }, { width: 500, height: 40 }];
const INTERPOLATIONS = ['bicubic', 'bilinear', 'nearest'] as const;
/** Number of photographs compared per folder, evenly spread. */
const REAL_IMAGES = Number(process.env['RUNNER_TEST_IMAGES'] ?? 60);

interface Found {
  readonly pillow: string;
  readonly images: Readonly<
    Record<
      string,
      { readonly error: string } | { readonly width: number; readonly height: number; readonly profile: boolean }
    >
  >;
}

let dir: string;
before(async () => (dir = await mkdtemp(join(tmpdir(), 'runner-images-'))));
after(() => rm(dir, { recursive: true, force: true }));

test('every kind of image is decoded as by Pillow, or as it was written where Pillow is wrong', async (t) => {
  const { pillow, images } = pythonResults(FOLDER, 1000);
  const rows: string[] = [];
  for (const [name, expected] of Object.entries(EXPECTED)) {
    if (name === 'lab.tiff') continue;
    const found = images[name]!;
    const ours = (await decodeRgb(await readFile(join(FOLDER, name)))).data;
    const right = expected.reference === 'exact' ? Buffer.from(expected.rgb, 'base64') : await output(name, 'rgb');
    const ourDifference = difference(ours, right);
    const pillowDifference =
      'error' in found
        ? 'cannot read it'
        : expected.reference === 'exact'
          ? text(difference(await output(name, 'rgb'), right))
          : 'reference';
    rows.push(
      `| ${name} | ${expected.reference === 'exact' ? 'the file’s numbers' : 'Pillow'} | ${text(ourDifference)} | ${pillowDifference} |`,
    );
    assert.ok(ourDifference.largest <= (ALLOWED[name] ?? 0), `${name}: ${text(ourDifference)}`);
    if (!('error' in found)) await sameResizing(name, found.width, found.height);
  }
  t.diagnostic(
    `Pillow ${pillow}; largest / mean difference of decoded RGB\n| kind | reference | ours | Pillow |\n|---|---|---|---|\n${rows.join('\n')}`,
  );
});

test('images of all shapes are resized as by Pillow and TensorFlow', async (t) => {
  const folder = join(dir, 'shapes');
  await mkdir(folder);
  const shapes = [
    [500, 375],
    [375, 500],
    [1, 1],
    [2, 3],
    [1023, 5],
    [64, 700],
    [999, 1001],
    [286, 100],
    [37, 91],
  ] as const;
  for (const [width, height] of shapes) {
    const noise = Buffer.from(Array.from({ length: width * height * 3 }, (_, i) => Math.imul(i, 2654435761) >>> 24));
    const black = noise.map((value) => (value > 127 ? 255 : 0)); // The worst case for overshooting.
    for (const [kind, data] of Object.entries({ noise, black })) {
      const png = await sharp(data, { raw: { width, height, channels: 3 } })
        .png()
        .toBuffer();
      await writeFile(join(folder, `${width}x${height}-${kind}.png`), png);
    }
  }
  const { pillow, images } = pythonResults(folder, 1000);
  assert.equal(Object.keys(images).length, shapes.length * 2);
  let count = 0;
  for (const [name, found] of Object.entries(images)) {
    assert.ok(!('error' in found), name);
    count += await sameResizing(name, found.width, found.height);
  }
  assert.equal(count, shapes.length * 2 * SIZES.length * INTERPOLATIONS.length);
  t.diagnostic(`${count} resizings by Pillow ${pillow} and TensorFlow, each identical to ours`);
});

/** Kinds of images with different bounds of the difference from Pillow's. */
const GROUPS = ['without a profile', 'with an sRGB profile', 'with another profile than sRGB'] as const;

test('JPEGs of cameras and programs are decoded and resized as by Pillow and TensorFlow', async (t) => {
  const folder = join(dir, 'drawn');
  await mkdir(folder);
  const sizes = [
    [320, 240],
    [241, 333],
    [97, 64],
    [640, 427],
  ] as const;
  for (const [width, height] of sizes) {
    for (const chromaSubsampling of ['4:2:0', '4:4:4']) {
      for (const progressive of [false, true]) {
        const jpeg = () => scene(width, height).jpeg({ quality: 85, chromaSubsampling, progressive });
        const name = `${width}x${height}-${chromaSubsampling.replaceAll(':', '')}-${progressive ? 'progressive' : 'baseline'}`;
        await writeFile(join(folder, `${name}.jpg`), await jpeg().toBuffer());
        await writeFile(join(folder, `${name}-srgb.jpg`), await jpeg().withIccProfile('srgb').toBuffer());
        await writeFile(join(folder, `${name}-p3.jpg`), await jpeg().withIccProfile('p3').toBuffer());
      }
    }
  }
  const counts = await sameAsPillow(t, folder, 1000);
  assert.deepEqual(
    GROUPS.map((group) => counts[group]),
    [16, 16, 16],
  );
});

test('real photographs are decoded and resized as by Pillow and TensorFlow', async (t) => {
  const root = realImages();
  if (root === undefined) {
    t.skip(
      'there are no real photographs here: put horse2zebra into ../shared/data, or its path into RUNNER_TEST_DATA',
    );
    return;
  }
  const folder = join(dir, 'real');
  await mkdir(folder);
  let copied = 0;
  for (const split of ['trainA', 'trainB', 'testA', 'testB']) {
    const names = (await readdir(join(root, split))).sort();
    const step = Math.max(1, names.length / REAL_IMAGES);
    for (let i = 0; i < names.length; i += step, copied++) {
      const name = names[Math.floor(i)]!;
      await copyFile(join(root, split, name), join(folder, `${split}-${name}`));
    }
  }
  assert.ok(copied > 0);
  const counts = await sameAsPillow(t, folder, 60);
  assert.equal(
    GROUPS.reduce((sum, group) => sum + (counts[group] ?? 0), 0),
    copied,
  );
});

/** Smooth shapes, edges and noise. */
function scene(width: number, height: number): Sharp {
  const data = Buffer.from(
    Array.from({ length: width * height * 3 }, (_, i) => {
      const [x, y, channel] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
      const soft = 100 + 70 * Math.sin(x / (9 + channel * 4)) * Math.cos(y / (13 - channel * 3));
      const edge = (x >> 5) % 2 === (y >> 5) % 2 ? 40 : 0;
      return Math.min(255, Math.max(0, soft + edge + ((Math.imul(i, 2654435761) >>> 28) - 8)));
    }),
  );
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Compares every image of a folder. @returns the number of images in each group */
async function sameAsPillow(
  t: TestContext,
  folder: string,
  forTensorFlow: number,
): Promise<Readonly<Record<string, number>>> {
  const { pillow, images } = pythonResults(folder, forTensorFlow);
  const worst: Record<string, Difference & { count: number }> = {};
  const recordDifference = (group: string, { largest, mean }: Difference) => {
    const old = worst[group] ?? { largest: 0, mean: 0, count: 0 };
    const count = old.count + 1;
    worst[group] = { largest: Math.max(old.largest, largest), mean: old.mean + (mean - old.mean) / count, count };
  };
  let resizings = 0;
  for (const [name, found] of Object.entries(images)) {
    assert.ok(!('error' in found), name);
    const { data, traits } = await decodeRgb(await readFile(join(folder, name)));
    const converted = traits.some((trait) => trait.endsWith(' profile'));
    const right = difference(data, await output(name, 'rgb'));
    const group = GROUPS[converted ? 2 : found.profile ? 1 : 0];
    recordDifference(group, right);
    if (converted)
      recordDifference(
        'the same, against decoding that ignores profiles',
        difference(data, await output(name, 'plain')),
      );
    resizings += await sameResizing(name, found.width, found.height);
  }
  t.diagnostic(
    `Pillow ${pillow}; ${resizings} resizings identical; decoded RGB\n| photographs | count | largest difference | mean |\n|---|---|---|---|\n` +
      Object.entries(worst)
        .map(([group, { count, largest, mean }]) => `| ${group} | ${count} | ${largest} | ${mean.toFixed(3)} |`)
        .join('\n'),
  );
  const within = { [GROUPS[0]]: 0, [GROUPS[1]]: 2, [GROUPS[2]]: 3 };
  for (const [group, most] of Object.entries(within)) {
    const { largest } = worst[group] ?? { largest: 0 };
    assert.ok(largest <= most, `${group}: ${largest}`);
  }
  assert.ok(resizings >= Object.keys(images).length * SIZES.length * 2);
  return Object.fromEntries(Object.entries(worst).map(([group, { count }]) => [group, count]));
}

/** @returns the number of compared resizings */
async function sameResizing(name: string, width: number, height: number): Promise<number> {
  const rgb = await output(name, 'rgb');
  let count = 0;
  for (const size of SIZES) {
    for (const interpolation of INTERPOLATIONS) {
      const label = typeof size === 'number' ? size : `${size.width}x${size.height}`;
      const file = join(dir, `${name}.${label}.${interpolation}`);
      if (!existsSync(file)) continue; // TensorFlow gets fewer.
      const { largest } = difference(resize(rgb, width, height, size, interpolation), await readFile(file));
      assert.equal(largest, 0, `${name} to ${label}, ${interpolation}`);
      count++;
    }
  }
  return count;
}

function pythonResults(folder: string, forTensorFlow: number): Found {
  const found = runPython<Found>('images.py', folder, dir, JSON.stringify(SIZES.map(asPython)), String(forTensorFlow));
  assert.ok(
    parseInt(found.pillow) >= 13,
    `Pillow ${found.pillow} resizes tall images in another order: install 13 or later.`,
  );
  return found;
}

const asPython = (size: (typeof SIZES)[number]) => (typeof size === 'number' ? size : [size.width, size.height]);

function output(name: string, kind: string): Promise<Buffer> {
  return readFile(join(dir, `${name}.${kind}`));
}

function text({ largest, mean }: Difference): string {
  return largest === 0 ? 'identical' : `${largest} / ${mean.toFixed(2)}`;
}

function realImages(): string | undefined {
  const shared = fileURLToPath(new URL('../../../../shared/data/horse2zebra', import.meta.url));
  return [process.env['RUNNER_TEST_DATA'], shared].find((path) => path && existsSync(join(path, 'trainA')));
}
