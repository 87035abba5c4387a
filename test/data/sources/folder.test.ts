import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { folder, type FolderOptions } from '../../../src/data/sources/folder/folder-source.js';
import { withoutValidation } from '../../../src/data/sources/without-validation.js';
import type { DatasetSite } from '../../../src/registry/kinds/dataset.js';
import type { JsonObject } from '../../../src/support/json.js';
import { plain } from '../rig.js';
import { quietWork } from '../quiet-work.js';
import { many, namesOf, ownCache, problemsOf, put, temporaryFolder } from './rig.js';

const cache = ownCache();

/** The source only reads names and bytes, so these need not be images. */
const WHOLE = { 'trainA/1.jpg': 'a', 'trainB/1.jpg': 'b', 'testA/1.jpg': 'c', 'testB/1.jpg': 'd' };

const source = (path: string, site: Partial<DatasetSite> = {}, options: Partial<FolderOptions> = {}) =>
  folder.create(
    { path, domains: null, test_share: 0.1, split_seed: 0, ...options },
    { limit: null, imageSize: 8, ...site },
  );

const names = async (path: string, site: Partial<DatasetSite> = {}) =>
  (await source(path, site).list('trainA')).map(({ name }) => name.replace('trainA/', ''));

test('a folder lists images of every kind, with extensions in any case, and nothing else', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { ...WHOLE, 'trainA/noending': '' });
  const images = [
    'a.jpg',
    'b.JPEG',
    'c.Png',
    'd.webp',
    'e.tif',
    'f.TIFF',
    'g.gif',
    'h.avif',
    'i.BMP',
    'j.ppm',
    'k.HEIC',
  ];
  const others = [
    '.hidden.jpg',
    '._a.jpg',
    'Thumbs.db',
    'notes.txt',
    'desktop.ini',
    'jpg',
    '__MACOSX/a.jpg',
    '.git/b.jpg',
  ];
  await put(dir, Object.fromEntries([...images, ...others].map((name) => [`trainA/${name}`, 'x'])));
  assert.deepEqual(await names(dir), ['1.jpg', ...images]);
});

test('a folder sorts by code point, not by locale or UTF-16 unit', async (t) => {
  const dir = await temporaryFolder(t);
  const sorted = ['10.jpg', '2.jpg', 'B.jpg', 'a.jpg', 'é.jpg', '\uff5e.jpg', '\u{1f993}.jpg'];
  await put(dir, { ...WHOLE, ...Object.fromEntries([...sorted].reverse().map((name) => [`trainA/${name}`, 'x'])) });
  assert.deepEqual(await names(dir), ['1.jpg', ...sorted]);
});

test('a folder lists images up to the limit and follows links', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { ...WHOLE, 'trainA/2.jpg': 'x', 'trainA/3.jpg': 'y', 'elsewhere/9.jpg': 'z' });
  assert.deepEqual(await names(dir, { limit: 2 }), ['1.jpg', '2.jpg']);
  await rm(join(dir, 'trainA'), { recursive: true });
  await symlink(join(dir, 'elsewhere'), join(dir, 'trainA'));
  assert.deepEqual(await names(dir), ['9.jpg']);
});

test('the identity depends on content and names up to the limit, not on times', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { ...WHOLE, 'trainA/2.jpg': 'x' });
  const identity = (limit: number | null = null) => source(dir, { limit }).identity();
  const before = await identity();
  assert.deepEqual(Object.keys(before as object), ['trainA', 'trainB', 'testA', 'testB']);
  await utimes(join(dir, 'trainA/1.jpg'), 1000, 1000);
  assert.deepEqual(await identity(), before);

  const limited = await identity(1);
  await writeFile(join(dir, 'trainA/2.jpg'), 'changed');
  assert.deepEqual(await identity(1), limited);
  const after = (await identity()) as Record<string, unknown>;
  assert.notDeepEqual(after['trainA'], (before as Record<string, unknown>)['trainA']);
  assert.deepEqual(after['trainB'], (before as Record<string, unknown>)['trainB']);
});

test('hashes are cached by size and time, so that an unchanged file is not read again', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, WHOLE);
  for (const name of Object.keys(WHOLE)) await utimes(join(dir, name), 1000, 1000);
  const before = await source(dir).identity();
  // The cache cannot detect other content of the same size and time, so the old hash shows that it was used.
  await writeFile(join(dir, 'trainA/1.jpg'), 'z');
  await utimes(join(dir, 'trainA/1.jpg'), 1000, 1000);
  assert.deepEqual(await source(dir).identity(), before);
  await utimes(join(dir, 'trainA/1.jpg'), 2000, 2000);
  assert.notDeepEqual(await source(dir).identity(), before);
});

test('hashes are cached in the home folder when XDG_CACHE_HOME is relative, as its specification requires', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, WHOLE);
  for (const name of Object.keys(WHOLE)) await utimes(join(dir, name), 1000, 1000);
  const home = process.env['HOME'];
  t.after(() => (process.env['HOME'] = home));
  process.env['HOME'] = cache.dir();
  process.env['XDG_CACHE_HOME'] = relative(process.cwd(), join(cache.dir(), 'relative'));
  await source(dir).identity();
  assert.deepEqual(await readdir(cache.dir()), ['.cache']);
  assert.equal((await readdir(join(cache.dir(), '.cache', 'cyclegan-runner', 'hashes'))).length, 1);
});

test('the hash of a file changed a moment ago is not cached', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, WHOLE);
  const file = join(dir, 'trainA/1.jpg');
  // A whole second, as coarse file systems store it, so that both writes have the same time; a minute ahead, so that a
  // slow machine does not turn "a moment ago" into the past.
  const now = Math.floor(Date.now() / 1000) + 60;
  await utimes(file, now, now);
  const before = await source(dir).identity();
  await writeFile(file, 'z');
  await utimes(file, now, now);
  assert.notDeepEqual(await source(dir).identity(), before);
});

test('a missing, damaged or unwritable cache does not change the result', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, WHOLE);
  for (const name of Object.keys(WHOLE)) await utimes(join(dir, name), 1000, 1000);
  const before = await source(dir).identity();
  const kept = join(cache.dir(), 'cyclegan-runner', 'hashes');
  const [file] = await readdir(kept);
  const whole = await readFile(join(kept, file!), 'utf8');
  for (const content of [
    '',
    '\n\n',
    whole.slice(0, -30),
    '[]',
    '[1]\n[]',
    whole.replaceAll(/[0-9a-f]{64}/g, 'x'),
    whole.replaceAll('[', '{'),
  ]) {
    await writeFile(join(kept, file!), content);
    assert.deepEqual(await source(dir).identity(), before);
  }
  await rm(join(cache.dir(), 'cyclegan-runner'), { recursive: true });
  await writeFile(join(cache.dir(), 'cyclegan-runner'), 'a file in the way');
  assert.deepEqual(await source(dir).identity(), before);
});

test('a broken link does not stop the planning', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, WHOLE);
  await symlink(join(dir, 'nowhere.jpg'), join(dir, 'trainA/0.jpg'));
  await source(dir).identity();
  assert.deepEqual(await names(dir), ['0.jpg', '1.jpg']);
});

test('the problem of a missing folder names it and a similar one', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { 'horse2zebra/trainA/1.jpg': 'x' });
  const [problem] = await problemsOf(source(join(dir, 'horse2zebr')).identity());
  assert.equal(problem?.code, 'missing-folder');
  assert.ok(problem.message.includes(join(dir, 'horse2zebr')));
  assert.equal(problem.cure, `Did you mean ${join(dir, 'horse2zebra')}?`);
});

test('a file in place of the folder is refused', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { 'set.zip': 'x' });
  const [problem] = await problemsOf(source(join(dir, 'set.zip')).identity());
  assert.equal(problem?.code, 'not-a-folder');
  assert.match(problem.cure ?? '', /dataset\.type: archive/);
});

test('all problems of the domains are reported at once', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, {
    'trainA/1.jpg': 'x',
    'train_B/1.jpg': 'x',
    'testA/notes.txt': 'x',
    'testA/1.mov': 'x',
    'testA/2.MOV': 'x',
  });
  const problems = await problemsOf(source(dir).identity());
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['missing-domain', 'empty-domain', 'missing-domain'],
  );
  const [trainB, testA, testB] = problems;
  assert.ok(trainB!.message.includes(join(dir, 'trainB')));
  assert.match(trainB!.message, /Found beside it: the folders testA, trainA, train_B/);
  assert.equal(trainB!.cure, 'Is "train_B" meant? Rename it to "trainB".');
  assert.match(testA!.message, /found 2 \.mov files and 1 \.txt file/);
  assert.match(testA!.cure ?? '', /Convert .* jpg/);
  assert.match(testB!.cure ?? '', /Create the folder\. Move some images of trainB there/);
});

test('the problem of an empty domain names the files found instead', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { ...WHOLE, 'trainC/': '' });
  await rm(join(dir, 'trainA/1.jpg'));
  assert.match((await problemsOf(source(dir).list('trainA')))[0]!.message, /no images in .*trainA; found nothing/);
});

test('a data set in a subfolder of its own name is found', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, Object.fromEntries(Object.entries(WHOLE).map(([name, content]) => [`horse2zebra/${name}`, content])));
  const problems = await problemsOf(source(dir).identity());
  assert.equal(problems.length, 1);
  assert.equal(problems[0]!.code, 'nested-dataset');
  assert.equal(problems[0]!.cure, `Set dataset.path to ${join(dir, 'horse2zebra')}.`);
});

test('images below a domain’s folder count, and each folder once, even if links lead to it', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, {
    ...WHOLE,
    'trainA/sub/2.jpg': 'x',
    'trainA/sub/deep/3.jpg': 'y',
    'elsewhere/4.jpg': 'z',
    'one.jpg': 'w',
  });
  await symlink('..', join(dir, 'trainA/sub/loop'));
  await symlink('sub', join(dir, 'trainA/again'));
  await symlink('../elsewhere', join(dir, 'trainA/link'));
  await symlink('../one.jpg', join(dir, 'trainA/one.jpg'));
  await symlink('self', join(dir, 'trainA/self'));
  assert.deepEqual(await names(dir), ['1.jpg', 'link/4.jpg', 'one.jpg', 'sub/2.jpg', 'sub/deep/3.jpg']);
});

test('unusual names are kept and readable: Unicode in both forms, spaces, newlines, very long ones', async (t) => {
  const dir = await temporaryFolder(t);
  const odd = [
    'e\u0301.jpg',
    '\u00e9.jpg',
    ' two  spaces .jpg',
    'new\nline.jpg',
    `${'x'.repeat(251)}.jpg`,
    'quote\'".jpg',
    '-rf.jpg',
    'a\\b.jpg',
  ];
  await put(dir, { ...WHOLE, ...Object.fromEntries(odd.map((name) => [`trainA/${name}`, name])) });
  const images = await source(dir).list('trainA');
  assert.deepEqual(new Set(images.map(({ name }) => name)), new Set(['1.jpg', ...odd].map((name) => `trainA/${name}`)));
  for (const image of images.filter(({ name }) => name !== 'trainA/1.jpg')) {
    assert.equal(Buffer.from(await image.read()).toString(), image.name.slice('trainA/'.length));
  }
});

test('names that are not UTF-8 are shown escaped and unique, and read by their bytes', async (t) => {
  const dir = await temporaryFolder(t);
  const folder = Buffer.from(join(dir, 'trainA/'));
  const strange = (...parts: (string | number)[]) =>
    Buffer.concat([
      folder,
      ...parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))),
    ]);
  await put(dir, WHOLE);
  await writeFile(strange('caf', 0xe9, '.jpg'), 'latin');
  await writeFile(strange('caf\\xE9.jpg'), 'the escape itself');
  await mkdir(strange(0xff));
  await writeFile(strange(0xff, '/2.jpg'), 'below');
  const images = await source(dir).list('trainA');
  const contents = images.map(async (image) => [image.name, String(await image.read())] as const);
  const read = Object.fromEntries(await Promise.all(contents));
  assert.deepEqual(read, {
    'trainA/1.jpg': 'a',
    'trainA/\\caf\\xE9.jpg': 'latin',
    'trainA/caf\\xE9.jpg': 'the escape itself',
    'trainA/\\xFF/2.jpg': 'below',
  });
  for (const image of images) assert.match(image.hash!, /^[0-9a-f]{64}$/);
});

test('folders of splits may contain the domains, and folders of domains the splits', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, {
    'train/A/1.jpg': 'a',
    'train/B/1.jpg': 'b',
    'test/A/1.jpg': 'c',
    'test/B/1.jpg': 'd',
    'readme.txt': 'x',
  });
  assert.deepEqual(await namesOf(source(dir)), {
    trainA: ['train/A/1.jpg'],
    trainB: ['train/B/1.jpg'],
    testA: ['test/A/1.jpg'],
    testB: ['test/B/1.jpg'],
  });
  const other = await temporaryFolder(t);
  await put(other, { 'h/train/1.jpg': 'a', 'z/train/1.jpg': 'b', 'h/test/1.jpg': 'c', 'z/test/1.jpg': 'd' });
  assert.deepEqual(await namesOf(source(other, {}, { domains: ['h', 'z'] })), {
    trainA: ['h/train/1.jpg'],
    trainB: ['z/train/1.jpg'],
    testA: ['h/test/1.jpg'],
    testB: ['z/test/1.jpg'],
  });
});

test('without test folders a share of each domain is kept for tests, which the provenance records', async (t) => {
  const layouts = [
    ['trainA', 'trainB', null, 'four folders, without tests'],
    ['train/A', 'train/B', null, 'splits with domains in them, without tests'],
    ['A', 'B', null, 'folders A and B'],
    ['horses', 'zebras', ['horses', 'zebras'], 'folders horses and zebras'],
  ] as const;
  for (const [a, b, domains, layout] of layouts) {
    const dir = await temporaryFolder(t);
    await put(dir, { ...many(a, 20), ...many(b, 4) });
    const of = (options: Partial<FolderOptions> = {}, site: Partial<DatasetSite> = {}) =>
      source(dir, site, { domains, ...options });
    const { trainA, testA, trainB, testB } = await namesOf(of());
    assert.deepEqual([trainA.length, testA.length, trainB.length, testB.length], [18, 2, 3, 1], layout);
    assert.equal(new Set([...trainA, ...testA]).size, 20);
    assert.deepEqual((await namesOf(of({}, { limit: 2 }))).trainA, trainA.slice(0, 2));
    assert.notDeepEqual((await namesOf(of({ split_seed: 1 }))).testA, testA);
    assert.notDeepEqual(await of({ split_seed: 1 }).identity(), await of().identity());
    assert.equal((await namesOf(of({ test_share: 0.5 }))).testA.length, 10);
    assert.deepEqual(await of().provenance!(), {
      folder: dir,
      layout,
      split: { seed: 0, test_share: 0.1, by: 'content' },
    });
  }
});

test('of pairs, whole ones are kept for tests, and no spare takes the place of one of them', async (t) => {
  const dir = await temporaryFolder(t);
  const twenty = (folder: string) =>
    Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${folder}/${i}.jpg`, `${folder} ${i}`]));
  await put(dir, { ...twenty('A'), ...twenty('B') });
  const inOf = (split: readonly string[]) => split.map((name) => name.slice(2));
  const pairs = await namesOf(source(dir, {}, { paired: true }));
  assert.deepEqual([pairs.testA.length, pairs.trainA.length], [2, 18]);
  assert.deepEqual(inOf(pairs.testB), inOf(pairs.testA));
  assert.deepEqual(inOf(pairs.trainB), inOf(pairs.trainA));
  const torn = await namesOf(source(dir));
  assert.notDeepEqual(inOf(torn.testB), inOf(torn.testA));
  assert.deepEqual(pairs.testA, torn.testA);
  assert.equal(await source(dir, {}, { paired: true }).spares!('testA'), undefined);
  assert.equal((await source(dir).spares!('testA'))!.length, 18);
  const provenance = await source(dir, {}, { paired: true }).provenance!();
  assert.deepEqual(provenance['split'], { seed: 0, test_share: 0.1, by: 'pairs' });
});

test('a domain of a single picture is trained on and translated', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { 'A/1.jpg': 'one', ...many('B', 3) });
  const set = source(dir);
  assert.deepEqual(await namesOf(set), { ...(await namesOf(set)), trainA: ['A/1.jpg'], testA: ['A/1.jpg'] });
  assert.deepEqual(Object.values(await namesOf(set)).map((names) => names.length), [1, 2, 1, 1]); // prettier-ignore
});

test('a folder of files of another kind is refused with the program that converts them', async (t) => {
  const dir = await temporaryFolder(t);
  const dicom = `${'\0'.repeat(128)}DICM`;
  await put(dir, { 'A/1.dcm': dicom, 'A/2.npy': Buffer.from('\x93NUMPY\x01\0', 'latin1'), ...many('B', 3) });
  const [problem] = await problemsOf(source(dir).identity());
  assert.match(problem!.cure!, /\n {4}python3 -c .*pydicom.*\n {4}python3 -c .*numpy\.load/);
});

test('a domain with one distinct image cannot be split', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { ...many('A', 3), 'B/1.jpg': 'same', 'B/2.jpg': 'same' });
  const [problem] = await problemsOf(source(dir).identity());
  assert.equal(problem?.code, 'too-few-images');
  assert.match(problem.message, /domain B has 2 files, but not two different images/);
});

test('two folders whose names do not show which is A are refused with a cure', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { 'horses/1.jpg': 'x', 'zebras/1.jpg': 'y' });
  const [problem] = await problemsOf(source(dir).identity());
  assert.equal(problem?.code, 'unnamed-domains');
  assert.equal(problem.cure, 'Set dataset.domains to [horses, zebras], A first.');
  const [typo] = await problemsOf(source(dir, {}, { domains: ['horse', 'zebras'] }).identity());
  assert.match(typo!.message, /there is no folder .*horse\. Found beside it: the folders horses, zebras/);
  assert.equal(typo!.cure, 'Did you mean "horses"?');
});

test('a misspelt test folder is refused instead of splitting the training images', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { ...many('trainA', 3), ...many('trainB', 3), 'test_A/1.jpg': 'x' });
  const problems = await problemsOf(source(dir).identity());
  assert.equal(problems[0]!.cure, 'Is "test_A" meant? Rename it to "testA".');
});

test('test images of one domain only are refused', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { ...many('trainA', 3), ...many('trainB', 3), ...many('testB', 3) });
  const [problem] = await problemsOf(source(dir).identity());
  assert.match(problem!.message, /there is no folder .*testA/);
});

test('the problem of an unknown layout names the folder’s content and the expected layouts', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { '1.jpg': 'x', '2.jpg': 'y' });
  const [problem] = await problemsOf(source(dir).identity());
  assert.match(problem!.message, /is not laid out as a data set\. Found in it: no folders, 2 \.jpg files/);
  assert.match(problem!.cure ?? '', /trainA, trainB, testA and testB .* or in two, A and B/);
});

test('ignored files are recorded by their extensions', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { ...WHOLE, 'trainA/a.txt': '', 'testB/b.TXT': '', 'trainB/readme': '' });
  const { passed_over } = (await source(dir).provenance!()) as { passed_over?: unknown };
  assert.deepEqual(passed_over, { '.txt (empty)': 2, 'nameless (empty)': 1 });
});

test('an unreadable image is listed without a hash', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, WHOLE);
  await symlink(join(dir, 'nowhere.jpg'), join(dir, 'trainA/0.jpg'));
  const [broken, whole] = await source(dir).list('trainA');
  assert.deepEqual([broken!.name, broken!.hash], ['trainA/0.jpg', undefined]);
  assert.match(whole!.hash!, /^[0-9a-f]{64}$/);
  await assert.rejects(broken!.read(), { code: 'ENOENT' });
});

test('hashing stops when it is aborted, and can start again', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { ...WHOLE, ...many('trainA', 300) });
  for (const name of Object.keys({ ...WHOLE, ...many('trainA', 300) })) await utimes(join(dir, name), 1000, 1000);
  const stop = new AbortController();
  const stopped = source(dir, { signal: stop.signal });
  await stopped.provenance!();
  stop.abort();
  await assert.rejects(stopped.identity(), { name: 'AbortError' });
  assert.equal(((await source(dir).identity()) as { trainA: { count: number } }).trainA.count, 300);
});

/** The notes that preparing a folder reports. */
async function reportOf(dir: string, options: Partial<FolderOptions> = {}): Promise<string[]> {
  const work = quietWork();
  await source(dir, {}, options).prepare!(work);
  return work.notes;
}

test('images with other extensions are recognised by their first bytes and reported by extension', async (t) => {
  const dir = await temporaryFolder(t);
  const [jpeg, png] = [await plain('#777').jpeg().toBuffer(), await plain('#777').png().toBuffer()];
  const odd = { 'a.mpo': jpeg, 'b.jpg_large': jpeg, c: jpeg, 'd.jpg~': png, 'e.txt': png, 'sub/f.bin': jpeg };
  await put(dir, {
    ...WHOLE,
    ...Object.fromEntries(Object.entries(odd).map(([name, bytes]) => [`trainA/${name}`, bytes])),
  });
  assert.deepEqual(await names(dir), ['1.jpg', ...Object.keys(odd)]);
  const [note, ...others] = await reportOf(dir);
  assert.match(
    note!,
    /^6 files are images by content, though not by name: .*1 \.mpo file, .*1 file without an extension/,
  );
  assert.deepEqual(others, []);
});

test('files that are not images are ignored and reported by kind with an example', async (t) => {
  const dir = await temporaryFolder(t);
  const dicom = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM\x02\0\0\0')]);
  const slices = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`trainA/IM${i}.dcm`, dicom]));
  const others = {
    'trainB/film': Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isom'),
    'trainB/P1 and P2': 'P5 is what we call it',
  };
  await put(dir, { ...WHOLE, ...slices, ...others, 'trainA/drawing.svg': '<svg></svg>', 'trainA/labels.json': '[]' });
  assert.deepEqual(await names(dir), ['1.jpg']);
  assert.deepEqual(await reportOf(dir), [
    '34 files are not images and are passed over: 30 .dcm files (DICOM), 1 .svg file (SVG), 1 .json file, ' +
      '1 file without an extension (text) and 1 file without an extension (video), such as trainA/IM0.dcm. The other 4 are images.',
  ]);
});

test('HEIC without an extension counts as an image, so that it is reported as unsupported', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { ...WHOLE, 'trainA/IMG_1': Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic') });
  assert.deepEqual(await names(dir), ['1.jpg', 'IMG_1']);
});

test('the kind of a file is read once and cached by size and time', async (t) => {
  const dir = await temporaryFolder(t);
  const jpeg = await plain('#777').jpeg().toBuffer();
  await put(dir, { ...WHOLE, 'trainA/a': jpeg, 'trainA/b.dcm': 'x'.repeat(jpeg.length) });
  const settle = async () => {
    for (const name of ['a', 'b.dcm']) await utimes(join(dir, 'trainA', name), 1000, 1000);
  };
  await settle();
  assert.deepEqual(await names(dir), ['1.jpg', 'a']);
  // The cache cannot detect other content of the same size and time.
  await writeFile(join(dir, 'trainA/b.dcm'), jpeg);
  await writeFile(join(dir, 'trainA/a'), 'x'.repeat(jpeg.length));
  await settle();
  assert.deepEqual(await names(dir), ['1.jpg', 'a']);
  await utimes(join(dir, 'trainA/b.dcm'), 2000, 2000);
  assert.deepEqual(await names(dir), ['1.jpg', 'a', 'b.dcm']);
});

test('folders of validation images beside those of training are used, in each layout', async (t) => {
  const layouts = [
    ['trainA', 'trainB', ['valA', 'valB']],
    ['train/A', 'train/B', ['val/A', 'val/B']],
    ['A/train', 'B/train', ['A/val', 'B/val']],
  ] as const;
  for (const [a, b, [valA, valB]] of layouts) {
    const dir = await temporaryFolder(t);
    await put(dir, { ...many(a, 3), ...many(b, 3) });
    const before = await source(dir).identity();
    await put(dir, { ...many(valA, 2), ...many(valB, 3) });
    assert.deepEqual(await reportOf(dir), []);
    const from = source(dir);
    const names = async (split: 'valA' | 'valB') => (await from.validation!(split)).map(({ name }) => name);
    assert.deepEqual(await names('valA'), [`${valA}/0.jpg`, `${valA}/1.jpg`]);
    assert.equal((await names('valB')).length, 3);
    const identity = (await from.identity()) as JsonObject;
    assert.deepEqual(Object.keys(identity['validation'] as JsonObject), ['valA', 'valB']);
    assert.deepEqual({ ...identity, validation: undefined }, { ...(before as JsonObject), validation: undefined });
    assert.deepEqual(withoutValidation(identity), before);
    await put(dir, { [`${valA}/0.jpg`]: 'changed' });
    assert.notDeepEqual(await source(dir).identity(), identity);
  }
});

test('validation folders that cannot be used are ignored, which is reported with a cure', async (t) => {
  const layouts = [
    ['trainA', 'trainB', ['validA', 'valid_B']],
    ['A/train', 'B/train', ['A/val', 'B/validation']],
  ] as const;
  const cure =
    'To validate with them, each domain needs a folder with images, called as that of its training images with val instead of train.';
  for (const [a, b, [valA, valB]] of layouts) {
    const dir = await temporaryFolder(t);
    await put(dir, { ...many(a, 3), ...many(b, 3), ...many(valA, 2), ...many(valB, 2) });
    const text = `Validation images are not used: the folders ${valA} and ${valB} are passed over. ${cure}`;
    assert.deepEqual(await reportOf(dir), [text]);
  }
  const dir = await temporaryFolder(t);
  // Of one domain only; or empty, which was never an error.
  await put(dir, { ...WHOLE, ...many('valA', 2), 'extra/1.jpg': 'x', 'README.md': 'x' });
  const one = `Validation images are not used: the folder valA is passed over. ${cure}`;
  assert.deepEqual(await reportOf(dir), [
    one,
    'Passed over, beside the folders of images: the folder extra, the file README.md.',
  ]);
  await put(dir, { 'valB/notes.txt': 'x' });
  assert.match((await reportOf(dir))[0]!, /the folders valA and valB are passed over/);
  assert.deepEqual(await source(dir).validation!('valA'), []);
  assert.ok(!('validation' in ((await source(dir).identity()) as JsonObject)));
});

test('the problem of a missing domain does not suggest the other domain', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { ...many('A', 3), 'other/1.jpg': 'x' });
  const [problem] = await problemsOf(source(dir).identity());
  assert.match(problem!.message, /there is no folder .*B\. Found beside it: the folders A, other/);
  assert.doesNotMatch(problem!.cure!, /Did you mean/);
  const split = await temporaryFolder(t);
  await put(split, many('train/A', 3));
  assert.doesNotMatch((await problemsOf(source(split).identity()))[0]!.cure!, /meant/);
  const twins = { domains: ['horses1', 'horses2'] };
  const named = await temporaryFolder(t);
  await put(named, many('horses1', 3));
  assert.doesNotMatch((await problemsOf(source(named, {}, twins).identity()))[0]!.cure!, /Did you mean/);
});

test('a data set two levels down is found', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, {
    ...Object.fromEntries(Object.entries(WHOLE).map(([name, content]) => [`x/y/${name}`, content])),
    'x/README': 'x',
  });
  const [problem] = await problemsOf(source(dir).identity());
  assert.equal(problem!.cure, `Set dataset.path to ${join(dir, 'x/y')}.`);
});
