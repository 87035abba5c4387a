import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { find } from '../../../src/data/library/library.js';
import { archiveOfSet } from '../../../src/data/sources/cyclegan/archive-of-set.js';
import { cyclegan, type CycleganOptions } from '../../../src/data/sources/cyclegan/cyclegan-source.js';
import { AUTHORS_SERVER, SETS, SET_NAMES } from '../../../src/data/sources/cyclegan/named-sets.js';
import { quietWork } from '../quiet-work.js';
import { checksum, serve, zip } from './archives.js';
import { contentsOf } from '../files.js';
import { namesOf, ownCache, problemsOf, put } from './rig.js';

const cache = ownCache();

const IMAGES = {
  'horse2zebra/trainA/1.jpg': 'a',
  'horse2zebra/trainB/1.jpg': 'b',
  'horse2zebra/testA/1.jpg': 'c',
  'horse2zebra/testB/1.jpg': 'd',
  'horse2zebra/readme.txt': 'x',
  '__MACOSX/horse2zebra/trainA/._1.jpg': 'x',
};
const KNOWN = SETS.horse2zebra.sha256;
const ZIP = zip(IMAGES);

const source = (options: Partial<CycleganOptions> = {}) =>
  cyclegan.create({ name: 'horse2zebra', mirror: null, sha256: null, ...options }, { limit: null, imageSize: 8 });

const mirror = (t: TestContext, archive = ZIP) =>
  serve(t, {
    '/sets/horse2zebra.zip': archive,
    '/sets/horse2zebra.zip.sha256': `${checksum(archive)} *horse2zebra.zip\n`,
  });

test('the authors’ server is used with the known checksum, which needs no request', async () => {
  assert.deepEqual(await archiveOfSet('horse2zebra', {}), {
    name: 'horse2zebra',
    url: `${AUTHORS_SERVER}/horse2zebra.zip`,
    sha256: KNOWN,
    bytes: 116_867_962,
  });
  assert.deepEqual(await source().identity(), { set: 'horse2zebra', sha256: KNOWN });
});

test('a set is downloaded from a mirror, checked and unpacked once, and later uses need no request', async (t) => {
  const { url, requests } = await mirror(t);
  const whence = { mirror: `${url}/sets/` };
  const first = source(whence);
  const identity = await first.identity();
  assert.deepEqual(identity, { set: 'horse2zebra', sha256: checksum(ZIP) });
  const work = quietWork();
  await first.prepare!(work);
  assert.ok(work.progressReports.some(({ unit, total }) => unit === 'bytes' && total === ZIP.length));
  const names = { trainA: ['trainA/1.jpg'], trainB: ['trainB/1.jpg'], testA: ['testA/1.jpg'], testB: ['testB/1.jpg'] };
  assert.deepEqual(await namesOf(first), names);
  const [image] = await first.list('testB');
  assert.deepEqual([String(await image!.read()), image!.hash], ['d', checksum('d')]);

  requests.length = 0;
  const again = source(whence);
  assert.deepEqual(await again.identity(), identity);
  await again.prepare!(quietWork());
  assert.deepEqual(await namesOf(again), names);
  assert.deepEqual(requests, []);
});

test('the provenance of a set records its origin', async (t) => {
  const { url } = await mirror(t);
  const set = source({ mirror: `${url}/sets` });
  await set.prepare!(quietWork());
  const { obtained, folder, ...provenance } = (await set.provenance!()) as { obtained: string; folder: string };
  assert.deepEqual(provenance, {
    set: 'horse2zebra',
    A: 'horses',
    B: 'zebras',
    url: `${url}/sets/horse2zebra.zip`,
    sha256: checksum(ZIP),
    bytes: ZIP.length,
    layout: 'four folders',
  });
  assert.ok(Date.parse(obtained) > 0 && folder.length > 0);
});

test('the mirror of the environment is used if the config names none', async (t) => {
  const [ofEnvironment, ofConfig] = [await mirror(t), await mirror(t)];
  process.env['RUNNER_DATA_MIRROR'] = `${ofEnvironment.url}/sets`;
  assert.equal((await archiveOfSet('maps', {})).url, `${ofEnvironment.url}/sets/maps.zip`);
  const { url } = await archiveOfSet('maps', { mirror: `${ofConfig.url}/sets` });
  assert.equal(url, `${ofConfig.url}/sets/maps.zip`);
});

test('a mirror’s checksum is requested once per process', async (t) => {
  const { url, requests } = await mirror(t);
  const sources = [1, 2, 3].map(() => source({ mirror: `${url}/sets` }));
  for (const one of sources) assert.deepEqual(await one.identity(), { set: 'horse2zebra', sha256: checksum(ZIP) });
  await sources[2]!.prepare!(quietWork());
  assert.deepEqual(requests, ['/sets/horse2zebra.zip.sha256', '/sets/horse2zebra.zip']);
});

test('a mirror’s password is not stored, and a recorded checksum is found with another password', async (t) => {
  const { url, requests } = await mirror(t);
  const withPassword = (word: string) => ({ mirror: `${url.replace('://', `://bob:${word}@`)}/sets` });
  await source(withPassword('SECRET')).prepare!(quietWork());
  requests.length = 0;
  await source(withPassword('other')).prepare!(quietWork());
  assert.deepEqual(requests, []);
  const left = await contentsOf(cache.dir());
  assert.ok(left.length > 0 && !left.some((text) => /SECRET/.test(text)));
});

test('an invalid mirror in the environment is refused, and the message does not contain its password', async () => {
  process.env['RUNNER_DATA_MIRROR'] = 'ftp://bob:SECRET@host/sets';
  const [problem] = await problemsOf(source().identity());
  assert.match(problem!.message, /RUNNER_DATA_MIRROR must be .* found "ftp:\/\/host\/sets"/);
});

test('a path as the mirror in the environment is refused', async () => {
  process.env['RUNNER_DATA_MIRROR'] = '/data/sets';
  const [problem] = await problemsOf(source().identity());
  assert.match(problem!.message, /RUNNER_DATA_MIRROR must be .* found "\/data\/sets"/);
});

test('a mirror without a valid checksum file must serve the authors’ archive', async (t) => {
  for (const served of [undefined, '', '<html>not found</html>', 'x'.repeat(1e6), KNOWN.slice(1)]) {
    const { url, files } = await mirror(t);
    if (served === undefined) delete files['/sets/horse2zebra.zip.sha256'];
    else files['/sets/horse2zebra.zip.sha256'] = served;
    assert.equal((await archiveOfSet('horse2zebra', { mirror: `${url}/sets` })).sha256, KNOWN);
  }
});

test('a given checksum takes precedence over the mirror’s', async (t) => {
  const { url, requests } = await mirror(t);
  const given = { mirror: `${url}/sets`, sha256: 'AB'.repeat(32) };
  assert.equal((await archiveOfSet('horse2zebra', given)).sha256, 'ab'.repeat(32));
  assert.deepEqual(requests, []);
});

test('an unexpected archive is refused with a cure that accepts it, and leaves nothing', async (t) => {
  const { url, files } = await mirror(t);
  delete files['/sets/horse2zebra.zip.sha256'];
  const set = source({ mirror: `${url}/sets` });
  const [problem] = await problemsOf(set.prepare!(quietWork()));
  assert.match(problem!.code, /^wrong-(size|checksum)$/);
  assert.match(problem!.cure ?? '', /set dataset\.sha256 to its checksum, or put horse2zebra\.zip\.sha256/);
  assert.equal(await find(await archiveOfSet('horse2zebra', { mirror: `${url}/sets` })), undefined);
});

test('a mirror without the set is a problem that says how to use another', async (t) => {
  const { url } = await serve(t, {});
  const [problem] = await problemsOf(source({ mirror: `${url}/sets` }).prepare!(quietWork()));
  assert.match(problem!.message, /404/);
  assert.match(problem!.cure ?? '', /RUNNER_DATA_MIRROR or dataset\.mirror/);
  const [withdrawn] = await problemsOf(source({ name: 'cityscapes', mirror: url }).prepare!(quietWork()));
  assert.match(withdrawn!.cure ?? '', /Withdrawn by the authors/);
});

test('files that are missing or changed in the cache are a problem with a cure', async (t) => {
  const { url } = await mirror(t);
  const set = () => source({ mirror: `${url}/sets` });
  await set().prepare!(quietWork());
  const { dir } = (await find(await archiveOfSet('horse2zebra', { mirror: `${url}/sets` })))!;
  await writeFile(join(dir, 'horse2zebra/trainA/1.jpg'), 'z');
  const [image] = await set().list('trainA');
  const [changed] = await problemsOf(image!.read());
  assert.match(changed!.message, /^horse2zebra in the cache is damaged: trainA\/1\.jpg is missing or changed/);
  assert.equal(
    changed!.cure,
    `To list all damage: runner data verify. To get it again: runner data get horse2zebra --again --mirror ${url}/sets.`,
  );
  await rm(join(dir, 'horse2zebra/trainB'), { recursive: true });
  const [gone] = await problemsOf(set().list('trainA'));
  assert.match(gone!.message, /trainB\/1\.jpg is missing/);
  await rm(join(dir, 'horse2zebra/testB'), { recursive: true });
  await rm(join(dir, 'horse2zebra/trainA'), { recursive: true });
  const [all] = await problemsOf(set().list('trainA'));
  assert.match(all!.message, / and 2 more files are missing/);
  await put(dir, { 'horse2zebra/testB/1.jpg': 'd' });
  const [two] = await problemsOf(set().list('trainA'));
  assert.match(two!.message, / and 1 more file are missing/);
});

test('the problem of a failed download names a cached archive of the set, and the option that uses it', async (t) => {
  const { url } = await mirror(t);
  await source({ mirror: `${url.replace('://', '://bob:SECRET@')}/sets` }).prepare!(quietWork());
  const { url: empty } = await serve(t, {});
  const [problem] = await problemsOf(source({ mirror: empty }).prepare!(quietWork()));
  const use = `--set dataset.mirror=${url}/sets or --set dataset.sha256=${checksum(ZIP)}`;
  const hint = `The cache has a horse2zebra from ${url}/sets, with another checksum than the authors’: use it with ${use}.`;
  assert.ok(problem!.cure!.endsWith(hint), problem!.cure);
  await source({ mirror: `${url}/sets` }).prepare!(quietWork());
  await source({ sha256: checksum(ZIP) }).prepare!(quietWork());
});

test('a mirror’s login page is reported as a web page, not as another archive', async (t) => {
  const { url } = await mirror(t, Buffer.from('<!DOCTYPE html><html><body>Please log in.</body></html>'));
  for (const sha256 of [null, KNOWN]) {
    const [problem] = await problemsOf(source({ mirror: `${url}/sets`, sha256 }).prepare!(quietWork()));
    assert.equal(problem!.code, 'not-an-archive');
    assert.doesNotMatch(problem!.cure ?? '', /sha256/);
  }
});

test('an archive without the four folders is refused', async (t) => {
  const { url } = await mirror(t, zip({ 'horse2zebra/trainA/1.jpg': 'a', 'horse2zebra/other/1.jpg': 'b' }));
  const set = source({ mirror: `${url}/sets` });
  const [problem] = await problemsOf(set.prepare!(quietWork()));
  assert.match(problem!.message, /there is no folder horse2zebra\/trainB in http.*zip/);
});

test('the manual lists every set correctly', async () => {
  const text = await readFile(fileURLToPath(new URL('../../../../docs/data.md', import.meta.url)), 'utf8');
  const rows = [...text.matchAll(/^\| `(\w*2\w*|maps|cityscapes|facades)` +\|(.*)\|$/gm)].map(([, name, rest]) => [
    name,
    ...rest!.split('|').map((cell) => cell.trim()),
  ]);
  const expected = SET_NAMES.map((name) => {
    const { a, b, bytes, counts } = SETS[name];
    const megabytes = String(Math.round(bytes / 1e6));
    return [name, a, b, `${counts.trainA}, ${counts.trainB}`, `${counts.testA}, ${counts.testB}`, megabytes];
  });
  assert.deepEqual(rows, expected);
});

test('the plugin in the manual equals the example file', async () => {
  const at = (path: string) => readFile(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8');
  assert.ok((await at('docs/data.md')).includes(`\`\`\`js\n${await at('examples/url-index.mjs')}\`\`\``));
});
