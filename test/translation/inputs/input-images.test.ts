import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import sharp from 'sharp';
import type { InputImage } from '../../../src/translation/inputs/input-image.js';
import { findInputs, inputImages } from '../../../src/translation/inputs/input-images.js';
import { tgz, txz, zip } from '../../data/archives.js';
import { temporaryFolder } from '../../data/folder.js';

const pixel = () => sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } });

/** A folder with files of these names; each content is an image of one pixel unless it is given. */
async function folder(t: TestContext, files: Readonly<Record<string, Uint8Array | string | null>>): Promise<string> {
  const dir = await temporaryFolder(t);
  const image = await pixel().png().toBuffer();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), content ?? image);
  }
  return dir;
}

async function imagesOf(cwd: string, given: readonly string[], list?: string, out = 'out'): Promise<InputImage[]> {
  const inputs = await findInputs(given, list, cwd);
  if (!inputs.ok) throw new Error(inputs.problems[0]!.message);
  const images: InputImage[] = [];
  for await (const image of inputImages(inputs.value, join(cwd, out))) images.push(image);
  return images;
}

const namesOf = async (...args: Parameters<typeof imagesOf>) => (await imagesOf(...args)).map(({ name }) => name);

describe('the names of translations', () => {
  test('are those below the folder, where one folder is given', async (t) => {
    const cwd = await folder(t, { 'photos/a.png': null, 'photos/deep/down/b.png': null });
    assert.deepEqual(await namesOf(cwd, ['photos']), ['a.png', 'deep/down/b.png']);
    assert.deepEqual(await namesOf(cwd, ['photos/']), ['a.png', 'deep/down/b.png']);
  });

  test('are those below the folder that all inputs lie in, where several are given', async (t) => {
    const cwd = await folder(t, { 'all/one/a.png': null, 'all/two/a.png': null, 'all/a.png': null });
    assert.deepEqual(await namesOf(cwd, ['all/one', 'all/two', 'all/a.png']), ['one/a.png', 'two/a.png', 'a.png']);
  });

  test('are those of files, where files of one folder are given', async (t) => {
    const cwd = await folder(t, { 'photos/a.png': null, 'photos/b.png': null });
    assert.deepEqual(await namesOf(cwd, ['photos/a.png', 'photos/b.png']), ['a.png', 'b.png']);
    assert.deepEqual(await namesOf(cwd, ['photos/b.png']), ['b.png']);
  });
});

describe('a folder', () => {
  test('gives files without an image’s extension if they are images, and no others', async (t) => {
    const cwd = await folder(t, {
      'in/photo': null,
      'in/notes.txt': 'text',
      'in/.hidden.png': null,
      'in/heic.heic': '',
    });
    assert.deepEqual((await namesOf(cwd, ['in'])).sort(), ['heic.heic', 'photo']);
  });

  test('is visited once, even if links lead back to it', async (t) => {
    const cwd = await folder(t, { 'in/a.png': null, 'in/sub/b.png': null });
    symlinkSync(join(cwd, 'in'), join(cwd, 'in/sub/again'));
    assert.deepEqual(await namesOf(cwd, ['in']), ['a.png', 'sub/b.png']);
  });

  test('gives no translations that are written below it', async (t) => {
    const cwd = await folder(t, { 'in/a.png': null, 'in/out/a.png': null });
    assert.deepEqual(await namesOf(cwd, ['in'], undefined, 'in/out'), ['a.png']);
  });

  test('with a name that looks like a pattern is a folder', async (t) => {
    const cwd = await folder(t, { 'photos [1]/a.png': null });
    assert.deepEqual(await namesOf(cwd, ['photos [1]']), ['a.png']);
  });
});

test('a pattern gives the images that match it', async (t) => {
  const cwd = await folder(t, { 'in/a.png': null, 'in/b.jpg': null, 'in/deep/c.png': null, 'd.png': null });
  assert.deepEqual(await namesOf(cwd, ['in/*.png']), ['a.png']);
  assert.deepEqual(await namesOf(cwd, ['in/**/*.png']), ['a.png', 'deep/c.png']);
});

test('a list gives the images that it names, relative to its folder', async (t) => {
  const cwd = await folder(t, {
    'sub/a.png': null,
    'b.png': null,
    'sub/list.txt': 'a.png\r\n\n  ../b.png\nno such file.png',
  });
  const images = await imagesOf(cwd, [], 'sub/list.txt');
  const elsewhere = join(cwd, 'b.png').slice(1);
  assert.deepEqual(images.map(({ name }) => name), ['a.png', elsewhere, 'no such file.png']); // prettier-ignore
  assert.ok((await images[1]!.read()).length > 0);
  await assert.rejects(images[2]!.read(), { code: 'ENOENT' });
});

for (const [ending, archive] of [
  ['zip', zip],
  ['tgz', tgz],
  ['tar.xz', txz],
] as const) {
  test(`a ${ending} gives its images, without being unpacked`, async (t) => {
    const content = await pixel().png().toBuffer();
    const entries = [
      { name: 'a.png', content },
      { name: 'deep/b', content },
      { name: 'readme.txt', content: 'no image' },
      { name: 'a.gif', content },
    ];
    const cwd = await folder(t, { [`set.${ending}`]: archive(...entries), 'c.png': null });
    const images = await imagesOf(cwd, [`set.${ending}`]);
    assert.deepEqual(images.map(({ name }) => name), ['a.png', 'deep/b', 'a.gif']); // prettier-ignore
    assert.deepEqual(Buffer.from(await images[1]!.read()), content);
    assert.equal(await images[0]!.hasNamesake(), false);
    assert.equal(await images[2]!.hasNamesake(), true);
    assert.deepEqual(await namesOf(cwd, [`set.${ending}`, 'c.png']), ['set/a.png', 'set/deep/b', 'set/a.gif', 'c.png']);
  });
}

test('an archive that leads out of its folder is refused', async (t) => {
  const cwd = await folder(t, { 'evil.zip': zip({ name: '../a.png', content: await pixel().png().toBuffer() }) });
  await assert.rejects(imagesOf(cwd, ['evil.zip']), /leads out/);
});

test('an image knows whether another one beside it differs in the extension only', async (t) => {
  const cwd = await folder(t, { 'a.png': null, 'a.JPG': null, 'b.png': null, 'b.txt': 'text' });
  const found = Object.fromEntries((await imagesOf(cwd, ['.'])).map((image) => [image.name, image]));
  assert.equal(await found['a.png']!.hasNamesake(), true);
  assert.equal(await found['b.png']!.hasNamesake(), false);
});

test('an input that is not there, and no input, are problems', async (t) => {
  const cwd = await folder(t, {});
  for (const [given, code] of [
    [['nowhere', 'nor here.png'], 'missing-file'],
    [[], 'missingArgument'],
  ] as const) {
    const found = await findInputs(given, undefined, cwd);
    assert.ok(!found.ok);
    assert.deepEqual(found.problems.map((problem) => problem.code), given.length === 2 ? [code, code] : [code]); // prettier-ignore
  }
});
