import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { archive, type ArchiveOptions } from '../../../src/data/sources/archive/archive-source.js';
import { RecordTree } from '../../../src/data/sources/archive/record-tree.js';
import { plain } from '../rig.js';
import { xz } from '../xz.js';
import { quietWork } from '../quiet-work.js';
import { checksum, serve, tar, zip } from './archives.js';
import { many, namesOf, ownCache, problemsOf, put, temporaryFolder } from './rig.js';

ownCache();

const IMAGES = { ...many('set/A', 4), ...many('set/B', 4), 'set/readme.txt': 'x' };
const DEFAULTS = { path: null, url: null, sha256: null, domains: null, test_share: 0.1, split_seed: 0 };
const source = (options: Partial<ArchiveOptions>) =>
  archive.create({ ...DEFAULTS, ...options }, { limit: null, imageSize: 8 });

async function prepared(options: Partial<ArchiveOptions>) {
  const set = source(options);
  await set.prepare!(quietWork());
  return set;
}

async function file(t: TestContext, name: string, content: Uint8Array): Promise<string> {
  const dir = await temporaryFolder(t);
  await put(dir, { [name]: content });
  return join(dir, name);
}

test('zip, tar, tgz and tar.xz archives of the same images give the same splits as their folder', async (t) => {
  const all = [];
  for (const [name, content] of [
    ['set.zip', zip(IMAGES)],
    ['set.tar', tar(IMAGES)],
    ['set.tgz', gzipSync(tar(IMAGES))],
    ['set.tar.xz', xz(tar(IMAGES))],
  ] as const) {
    all.push(await namesOf(await prepared({ path: await file(t, name, content) })));
  }
  const [first, ...others] = all;
  assert.deepEqual(Object.values(first!).map((names) => names.length), [3, 3, 1, 1]); // prettier-ignore
  for (const names of others) assert.deepEqual(names, first);
  assert.ok(first!.trainA.every((name) => name.startsWith('A/')));
});

test('a local archive is identified by its content, not by its path', async (t) => {
  const content = zip(IMAGES);
  const [one, two] = [await file(t, 'set.zip', content), await file(t, 'other.zip', content)];
  assert.deepEqual(await source({ path: one }).identity(), { archive: checksum(content) });
  assert.deepEqual(await source({ path: two }).identity(), await source({ path: one }).identity());
});

test('a download is identified by its address, or by a given checksum', async (t) => {
  const content = zip(IMAGES);
  const { url, requests } = await serve(t, { '/set.zip': content });
  const address = `${url}/set.zip`;
  assert.deepEqual(await source({ url: address }).identity(), { archive: address });
  const sha256 = checksum(content);
  assert.deepEqual(await source({ url: address, sha256: sha256.toUpperCase() }).identity(), { archive: sha256 });
  const set = await prepared({ url: address });
  assert.equal((await set.list('trainA')).length, 3);
  const asked = requests.length;
  assert.equal((await (await prepared({ url: address })).list('trainA')).length, 3);
  assert.equal(requests.length, asked);
});

test('the identity of a download contains no password or token, and passwords do not change it', async () => {
  const identity = (url: string) => source({ url }).identity();
  assert.deepEqual(await identity('https://bob:SECRET@a/set.zip'), { archive: 'https://a/set.zip' });
  assert.doesNotMatch(JSON.stringify(await identity('https://a/set.zip?sig=SECRET')), /SECRET/);
  assert.notDeepEqual(await identity('https://a/set.zip?id=1'), await identity('https://a/set.zip?id=2'));
});

test('an archive with another checksum than the given one is refused', async (t) => {
  const path = await file(t, 'set.zip', zip(IMAGES));
  const [problem] = await problemsOf(source({ path, sha256: 'ab'.repeat(32) }).identity());
  assert.match(problem!.message, /has another checksum: [0-9a-f]{64}/);
});

test('an archive can have named domains and a drawn split, which its provenance records', async (t) => {
  const path = await file(t, 'set.tar', tar({ ...many('horses', 4), ...many('zebras', 3) }));
  const set = await prepared({ path, domains: ['horses', 'zebras'], test_share: 0.5 });
  assert.deepEqual(Object.values(await namesOf(set)).map((names) => names.length), [2, 1, 2, 2]); // prettier-ignore
  const provenance = (await set.provenance!()) as Record<string, unknown>;
  assert.deepEqual(
    [provenance['file'], provenance['url'], provenance['layout']],
    [path, null, 'folders horses and zebras'],
  );
  assert.deepEqual(provenance['split'], { seed: 0, test_share: 0.5, by: 'content' });
});

test('a missing file, a folder and a file that is not an archive are refused', async (t) => {
  const dir = await temporaryFolder(t);
  await mkdir(join(dir, 'folder'));
  const problemOf = async (path: string) => (await problemsOf(source({ path }).identity()))[0]!;
  assert.match((await problemOf(join(dir, 'none.zip'))).message, /there is no file .*none\.zip/);
  assert.equal((await problemOf(join(dir, 'folder'))).cure, 'Write dataset.type: folder.');
  const path = await file(t, 'set.zip', Buffer.from('<html>'));
  assert.ok((await problemsOf(source({ path }).prepare!(quietWork()))).length > 0);
});

test('path and url exclude each other, and one of them is needed', () => {
  const facts = { imageSize: 8, epochs: 1, pairing: 'unpaired' as const };
  const check = (options: Partial<ArchiveOptions>) => archive.check!({ ...DEFAULTS, ...options }, facts);
  assert.deepEqual(check({ path: 'a.zip' }), []);
  assert.match(check({})[0]!.message, /needs the archive: path \(a file\) or url/);
  assert.match(check({ path: 'a.zip', url: 'https://a/b.zip' })[0]!.message, /given twice/);
});

test('the data folder is found below other folders and beside any files, and no folder of a layout is skipped', () => {
  const named = (domains: string[] | null, ...paths: string[]) => {
    const files = paths.map((path) => ({ path, bytes: 1, sha256: '' }));
    return new RecordTree('x', 'y', files, domains, () => Promise.resolve('')).prefix;
  };
  const folderIn = (...paths: string[]) => named(null, ...paths);
  assert.equal(folderIn('set/A/1.jpg', 'set/B/1.jpg', '__MACOSX/set/A/._1.jpg', '.DS_Store'), 'set/');
  assert.equal(folderIn('data/set/trainA/1.jpg', 'data/set/trainB/1.jpg'), 'data/set/');
  assert.equal(folderIn('trainA/1.jpg', 'trainA/2.jpg'), '');
  assert.equal(folderIn('set/trainA/1.jpg'), 'set/');
  assert.equal(folderIn('set/A/1.jpg', 'readme.jpg'), 'set/');
  assert.equal(folderIn('README.txt', 'LICENSE', 'set/trainA/1.jpg', 'set/trainB/1.jpg'), 'set/');
  assert.equal(folderIn('README.txt', 'x/LICENSE', 'x/set/A/1.jpg', 'x/set/B/1.jpg', 'x/docs/1.jpg'), 'x/set/');
  assert.equal(folderIn('a/notes', 'b/c/train/A/1.jpg', 'b/c/train/B/1.jpg', 'b/c/val/A/1.jpg'), 'b/c/');
  assert.equal(folderIn('one/A/1.jpg', 'one/B/1.jpg', 'two/A/1.jpg', 'two/B/1.jpg'), '', 'ambiguous');
  assert.equal(named(['h', 'z'], 'x/h/1.jpg', 'x/z/1.jpg', 'readme'), 'x/');
  assert.equal(folderIn(), '');
});

test('files beside the data folder of an archive are reported, and images in an archive are recognised by content', async (t) => {
  const jpeg = await plain('#777').jpeg().toBuffer();
  const files = {
    ...IMAGES,
    'README.txt': 'x',
    LICENSE: 'x',
    'docs/page.html': '<html>',
    'set/A/4.mpo': jpeg,
    'set/B/notes': 'x',
  };
  for (const [name, content] of [
    ['set.zip', zip(files)],
    ['set.tgz', gzipSync(tar(files))],
  ] as const) {
    // prettier-ignore
    const set = source({ path: await file(t, name, content) });
    const work = quietWork();
    await set.prepare!(work);
    const { trainA, testA } = await namesOf(set);
    assert.ok([...trainA, ...testA].includes('A/4.mpo'));
    assert.deepEqual(work.notes, [
      '1 file is an image by content, though not by name: 1 .mpo file, such as A/4.mpo.',
      '1 file is not an image and is passed over: 1 file without an extension (text), such as B/notes. The other 9 are images.',
      'Passed over, beside the folders of images: the files README.txt, LICENSE, docs/page.html and readme.txt.',
    ]);
  }
});

test('an archive with several data sets is refused, and the problem names them', async (t) => {
  const path = await file(t, 'set.zip', zip({ ...many('one/A', 2), ...many('one/B', 2), ...many('two/A', 2), ...many('two/B', 2) })); // prettier-ignore
  const [problem] = await problemsOf(prepared({ path }));
  assert.match(problem!.message, /its folders "one" and "two" are data sets/);
  assert.equal(problem!.cure, 'Set dataset.subfolder to one or two.');
});

test('the subfolder of an archive is the data set, or the folder of one', async (t) => {
  const sets = {
    ...many('sets/one/A', 2),
    ...many('sets/one/B', 2),
    ...many('sets/two/A', 3),
    ...many('sets/two/B', 3),
  };
  const path = await file(t, 'set.zip', zip({ ...sets, ...many('loose', 2) }));
  for (const subfolder of ['sets/two', 'sets\\two\\', './sets/two/']) {
    const { trainA, testA } = await namesOf(await prepared({ path, subfolder }));
    assert.deepEqual([trainA.length, testA.length], [2, 1]);
  }
  const nested = await file(t, 'nested.zip', zip({ ...many('a/deep/A', 3), ...many('a/deep/B', 3), ...many('b/A', 2), ...many('b/B', 2) })); // prettier-ignore
  assert.equal((await namesOf(await prepared({ path: nested, subfolder: 'a' }))).trainA.length, 2);
});

test('a subfolder that the archive lacks is refused, and the problem names its folders', async (t) => {
  const path = await file(t, 'set.zip', zip(IMAGES));
  const [problem] = await problemsOf(prepared({ path, subfolder: 'sett' }));
  assert.match(problem!.message, /no folder sett in set.*Found in it: set, set\/A, set\/B\./);
  assert.equal(problem!.cure, 'Did you mean set?');
});

test('the subfolder must stay in the archive', () => {
  const accepts = new RegExp(archive.schema.properties['subfolder']!['pattern'] as string, 'u');
  for (const good of ['sets', 'sets/two', './sets', 'a..b/c']) assert.match(good, accepts);
  for (const bad of ['/sets', '..', '../sets', 'sets/../..', 'sets\\..', 'C:\\sets', ''])
    assert.doesNotMatch(bad, accepts);
});

test('an archive packed on macOS has its folders found by names typed with composed letters', async (t) => {
  const [a, b] = ['fruits d’été', 'año'];
  const path = await file(t, 'mac.zip', zip({ ...many(`set/${a.normalize('NFD')}`, 3), ...many(`set/${b.normalize('NFD')}`, 3) })); // prettier-ignore
  const { trainA } = await namesOf(await prepared({ path, domains: [a, b].map((name) => name.normalize('NFC')) }));
  assert.equal(trainA.length, 2);
});
