import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { folder } from '../../../src/data/sources/folder/folder.js';
import type { DatasetSite } from '../../../src/registry/kinds/dataset.js';
import { problemsOf, put, temporaryFolder } from '../rig.js';

let cache: string;
const usersCache = process.env['XDG_CACHE_HOME'];
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'runner-cache-'));
  process.env['XDG_CACHE_HOME'] = cache;
});
afterEach(async () => {
  if (usersCache === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = usersCache;
  await rm(cache, { recursive: true });
});

/** The source only looks at names and bytes, so these need not be pictures. */
const WHOLE = { 'trainA/1.jpg': 'a', 'trainB/1.jpg': 'b', 'testA/1.jpg': 'c', 'testB/1.jpg': 'd' };

const source = (path: string, site: Partial<DatasetSite> = {}) =>
  folder.create({ path }, { limit: null, imageSize: 8, ...site });

const names = async (path: string, site: Partial<DatasetSite> = {}) =>
  (await source(path, site).list('trainA')).map(({ name }) => name.replace('trainA/', ''));

test('lists pictures of every kind, whatever the case of their ending, and nothing else', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { ...WHOLE, 'trainA/below/7.jpg': '', 'trainA/noending': '' });
  const pictures = ['a.jpg', 'b.JPEG', 'c.Png', 'd.webp', 'e.tif', 'f.TIFF', 'g.gif', 'h.avif'];
  const others = ['.hidden.jpg', '._a.jpg', 'Thumbs.db', 'notes.txt', 'desktop.ini', 'jpg'];
  await put(dir, Object.fromEntries([...pictures, ...others].map((name) => [`trainA/${name}`, 'x'])));
  assert.deepEqual(await names(dir), ['1.jpg', ...pictures]);
});

test('sorts by code point, not by locale or UTF-16 unit', async (t) => {
  const dir = await temporaryFolder(t);
  const sorted = ['10.jpg', '2.jpg', 'B.jpg', 'a.jpg', 'é.jpg', '\uff5e.jpg', '\u{1f993}.jpg'];
  await put(dir, { ...WHOLE, ...Object.fromEntries([...sorted].reverse().map((name) => [`trainA/${name}`, 'x'])) });
  assert.deepEqual(await names(dir), ['1.jpg', ...sorted]);
});

test('cuts to the limit, and follows links', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { ...WHOLE, 'trainA/2.jpg': 'x', 'trainA/3.jpg': 'y', 'elsewhere/9.jpg': 'z' });
  assert.deepEqual(await names(dir, { limit: 2 }), ['1.jpg', '2.jpg']);
  await rm(join(dir, 'trainA'), { recursive: true });
  await symlink(join(dir, 'elsewhere'), join(dir, 'trainA'));
  assert.deepEqual(await names(dir), ['9.jpg']);
});

test('identity follows content and names, not times, and only as far as the limit', async (t) => {
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

test('hashes are kept by size and time: an unchanged file is not read again', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, WHOLE);
  for (const name of Object.keys(WHOLE)) await utimes(join(dir, name), 1000, 1000);
  const before = await source(dir).identity();
  // The same size and time with other content is what the cache cannot see, which shows that it was asked.
  await writeFile(join(dir, 'trainA/1.jpg'), 'z');
  await utimes(join(dir, 'trainA/1.jpg'), 1000, 1000);
  assert.deepEqual(await source(dir).identity(), before);
  await utimes(join(dir, 'trainA/1.jpg'), 2000, 2000);
  assert.notDeepEqual(await source(dir).identity(), before);
});

test('hashes are kept in the cache of the home folder when XDG_CACHE_HOME is relative, as its specification says', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, WHOLE);
  for (const name of Object.keys(WHOLE)) await utimes(join(dir, name), 1000, 1000);
  const home = process.env['HOME'];
  t.after(() => (process.env['HOME'] = home));
  process.env['HOME'] = cache;
  process.env['XDG_CACHE_HOME'] = relative(process.cwd(), join(cache, 'relative'));
  await source(dir).identity();
  assert.deepEqual(await readdir(cache), ['.cache']);
  assert.equal((await readdir(join(cache, '.cache', 'cyclegan-runner', 'hashes'))).length, 1);
});

test('a file that was changed a moment ago is not trusted to the cache', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, WHOLE);
  const file = join(dir, 'trainA/1.jpg');
  // A whole second, as coarse file systems keep it, so that both writings have the very same time; a minute ahead, so that a
  // slow machine does not turn "a moment ago" into the past.
  const now = Math.floor(Date.now() / 1000) + 60;
  await utimes(file, now, now);
  const before = await source(dir).identity();
  await writeFile(file, 'z');
  await utimes(file, now, now);
  assert.notDeepEqual(await source(dir).identity(), before);
});

test('a cache that is lost, damaged or cannot be written costs time only', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, WHOLE);
  for (const name of Object.keys(WHOLE)) await utimes(join(dir, name), 1000, 1000);
  const before = await source(dir).identity();
  const kept = join(cache, 'cyclegan-runner', 'hashes');
  const [file] = await readdir(kept);
  const whole = await readFile(join(kept, file!), 'utf8');
  for (const content of ['', whole.slice(0, 60), '[]', '{"version":1,"files":{"trainA/1.jpg":[1]}}']) {
    await writeFile(join(kept, file!), content);
    assert.deepEqual(await source(dir).identity(), before);
  }
  await rm(join(cache, 'cyclegan-runner'), { recursive: true });
  await writeFile(join(cache, 'cyclegan-runner'), 'a file in the way');
  assert.deepEqual(await source(dir).identity(), before);
});

test('a link that leads nowhere does not stop the planning', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, WHOLE);
  await symlink(join(dir, 'nowhere.jpg'), join(dir, 'trainA/0.jpg'));
  await source(dir).identity();
  assert.deepEqual(await names(dir), ['0.jpg', '1.jpg']);
});

test('a missing folder: says which, and which one is like it', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { 'horse2zebra/trainA/1.jpg': 'x' });
  const [problem] = await problemsOf(source(join(dir, 'horse2zebr')).identity());
  assert.equal(problem?.code, 'missing-folder');
  assert.ok(problem.message.includes(join(dir, 'horse2zebr')));
  assert.equal(problem.cure, `Did you mean ${join(dir, 'horse2zebra')}?`);
});

test('a file where the folder should be: says so', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { 'set.zip': 'x' });
  const [problem] = await problemsOf(source(join(dir, 'set.zip')).identity());
  assert.equal(problem?.code, 'not-a-folder');
  assert.match(problem.cure ?? '', /unpack it/);
});

test('everything that is wrong with the domains is told at once', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, {
    'trainA/1.jpg': 'x',
    'train_B/1.jpg': 'x',
    'testA/notes.txt': 'x',
    'testA/1.bmp': 'x',
    'testA/2.bmp': 'x',
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
  assert.match(testA!.message, /found 2 \.bmp files and 1 \.txt file/);
  assert.match(testA!.cure ?? '', /Convert .* jpg/);
  assert.match(testB!.cure ?? '', /Make the folder\. Move some pictures of trainB there/);
});

test('an empty domain is told with what is there instead', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, { ...WHOLE, 'trainC/': '' });
  await rm(join(dir, 'trainA/1.jpg'));
  assert.match((await problemsOf(source(dir).list('trainA')))[0]!.message, /no pictures in .*trainA; found nothing/);
  await put(dir, { 'trainA/batch1/1.jpg': 'x' });
  const [problem] = await problemsOf(source(dir).identity());
  assert.match(problem!.message, /found only folders \(batch1\)/);
  assert.match(problem!.cure ?? '', /into the folder itself/);
});

test('a set that was unpacked into a folder of its own name is found', async (t) => {
  const dir = await temporaryFolder(t);
  await put(dir, Object.fromEntries(Object.entries(WHOLE).map(([name, content]) => [`horse2zebra/${name}`, content])));
  const problems = await problemsOf(source(dir).identity());
  assert.equal(problems.length, 1);
  assert.equal(problems[0]!.code, 'nested-dataset');
  assert.equal(problems[0]!.cure, `Set dataset.path to ${join(dir, 'horse2zebra')}.`);
});
