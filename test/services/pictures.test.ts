import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { decodeRgb } from '../../src/data/pictures/decode-rgb.js';
import { resize } from '../../src/data/pictures/resize.js';
import { ALLOWED, difference, EXPECTED, FOLDER, type Difference } from '../data/pictures/fixtures.js';
import { runPython } from './python.js';

/** Up and down, halves and odd ones. */
const SIZES = [286, 64, 256, 33, 301];
/** Photographs of each folder that are compared, evenly spread. */
const REAL_PICTURES = Number(process.env['RUNNER_TEST_PICTURES'] ?? 60);

interface Found {
  readonly pillow: string;
  readonly pictures: Readonly<
    Record<
      string,
      { readonly error: string } | { readonly width: number; readonly height: number; readonly profile: boolean }
    >
  >;
}

let dir: string;
before(async () => (dir = await mkdtemp(join(tmpdir(), 'runner-pictures-'))));
after(() => rm(dir, { recursive: true, force: true }));

test('every kind of picture is as Pillow decodes it, or as it was written where Pillow is wrong', async (t) => {
  const { pillow, pictures } = byPython(FOLDER, 1000);
  const rows: string[] = [];
  for (const [name, expected] of Object.entries(EXPECTED)) {
    if (name === 'lab.tiff') continue;
    const found = pictures[name]!;
    const ours = (await decodeRgb(await readFile(join(FOLDER, name)))).data;
    const right = expected.reference === 'exact' ? Buffer.from(expected.rgb, 'base64') : await output(name, 'rgb');
    const ourDifference = difference(ours, right);
    const theirs =
      'error' in found
        ? 'cannot read it'
        : expected.reference === 'exact'
          ? text(difference(await output(name, 'rgb'), right))
          : 'reference';
    rows.push(
      `| ${name} | ${expected.reference === 'exact' ? 'the file’s numbers' : 'Pillow'} | ${text(ourDifference)} | ${theirs} |`,
    );
    assert.ok(ourDifference.largest <= (ALLOWED[name] ?? 0), `${name}: ${text(ourDifference)}`);
    if (!('error' in found)) await sameResizing(name, found.width, found.height);
  }
  t.diagnostic(
    `Pillow ${pillow}; largest / mean difference of decoded RGB\n| kind | reference | ours | Pillow |\n|---|---|---|---|\n${rows.join('\n')}`,
  );
});

test('shapes of all sorts are resized as Pillow and TensorFlow do', async (t) => {
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
    const black = noise.map((value) => (value > 127 ? 255 : 0)); // The worst for what overshoots.
    for (const [kind, data] of Object.entries({ noise, black })) {
      const png = await sharp(data, { raw: { width, height, channels: 3 } })
        .png()
        .toBuffer();
      await writeFile(join(folder, `${width}x${height}-${kind}.png`), png);
    }
  }
  const { pillow, pictures } = byPython(folder, 1000);
  let count = 0;
  for (const [name, found] of Object.entries(pictures)) {
    assert.ok(!('error' in found), name);
    count += await sameResizing(name, found.width, found.height);
  }
  assert.ok(count > 0);
  t.diagnostic(`${count} resizings by Pillow ${pillow} and TensorFlow, each identical to ours`);
});

test('real photographs: decoded and resized as Pillow and TensorFlow do', async (t) => {
  const root = realPictures();
  if (root === undefined) {
    t.diagnostic(
      'SKIPPED, NOT COMPARED: there are no real photographs here. Put horse2zebra into ../shared/data, or its path into RUNNER_TEST_DATA.',
    );
    return;
  }
  const folder = join(dir, 'real');
  await mkdir(folder);
  for (const split of ['trainA', 'trainB', 'testA', 'testB']) {
    const names = (await readdir(join(root, split))).sort();
    const step = Math.max(1, names.length / REAL_PICTURES);
    for (let i = 0; i < names.length; i += step) {
      const name = names[Math.floor(i)]!;
      await copyFile(join(root, split, name), join(folder, `${split}-${name}`));
    }
  }
  const { pillow, pictures } = byPython(folder, 60);
  const worst: Record<string, Difference & { count: number }> = {};
  const note = (group: string, { largest, mean }: Difference) => {
    const old = worst[group] ?? { largest: 0, mean: 0, count: 0 };
    const count = old.count + 1;
    worst[group] = { largest: Math.max(old.largest, largest), mean: old.mean + (mean - old.mean) / count, count };
  };
  let resizings = 0;
  for (const [name, found] of Object.entries(pictures)) {
    assert.ok(!('error' in found), name);
    const { data, traits } = await decodeRgb(await readFile(join(folder, name)));
    const converted = traits.some((trait) => trait.endsWith(' profile'));
    const right = difference(data, await output(name, 'rgb'));
    const group = converted
      ? 'with another profile than sRGB'
      : found.profile
        ? 'with an sRGB profile'
        : 'without a profile';
    note(group, right);
    if (converted)
      note('the same, against decoding that ignores profiles', difference(data, await output(name, 'plain')));
    resizings += await sameResizing(name, found.width, found.height);
  }
  t.diagnostic(
    `Pillow ${pillow}; ${resizings} resizings identical; decoded RGB\n| photographs | count | largest difference | mean |\n|---|---|---|---|\n` +
      Object.entries(worst)
        .map(([group, { count, largest, mean }]) => `| ${group} | ${count} | ${largest} | ${mean.toFixed(3)} |`)
        .join('\n'),
  );
  assert.equal(worst['without a profile']!.largest, 0);
  assert.ok((worst['with an sRGB profile']?.largest ?? 0) <= 2);
  assert.ok((worst['with another profile than sRGB']?.largest ?? 0) <= 3);
});

/** @returns how many resizings were compared */
async function sameResizing(name: string, width: number, height: number): Promise<number> {
  const rgb = await output(name, 'rgb');
  let count = 0;
  for (const size of SIZES) {
    for (const interpolation of ['bicubic', 'bilinear', 'nearest'] as const) {
      const file = join(dir, `${name}.${size}.${interpolation}`);
      if (!existsSync(file)) continue; // TensorFlow gets fewer.
      const { largest } = difference(resize(rgb, width, height, size, interpolation), await readFile(file));
      assert.equal(largest, 0, `${name} to ${size}, ${interpolation}`);
      count++;
    }
  }
  return count;
}

function byPython(folder: string, forTensorFlow: number): Found {
  const found = runPython<Found>('pictures.py', folder, dir, JSON.stringify(SIZES), String(forTensorFlow));
  assert.ok(
    parseInt(found.pillow) >= 13,
    `Pillow ${found.pillow} resizes tall pictures in another order: install 13 or later.`,
  );
  return found;
}

function output(name: string, kind: string): Promise<Buffer> {
  return readFile(join(dir, `${name}.${kind}`));
}

function text({ largest, mean }: Difference): string {
  return largest === 0 ? 'identical' : `${largest} / ${mean.toFixed(2)}`;
}

function realPictures(): string | undefined {
  const beside = fileURLToPath(new URL('../../../../shared/data/horse2zebra', import.meta.url));
  return [process.env['RUNNER_TEST_DATA'], beside].find((path) => path && existsSync(join(path, 'trainA')));
}
