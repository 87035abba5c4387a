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

test('the authors’ server is asked for the archive that is known; nothing is asked to know that', async () => {
  assert.deepEqual(await archiveOfSet('horse2zebra', {}), {
    name: 'horse2zebra',
    url: `${AUTHORS_SERVER}/horse2zebra.zip`,
    sha256: KNOWN,
    bytes: 116_867_962,
  });
  assert.deepEqual(await source().identity(), { set: 'horse2zebra', sha256: KNOWN });
});

test('a mirror is fetched from, checked, unpacked, and then nothing asks the network', async (t) => {
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

test('says where it comes from', async (t) => {
  const { url } = await mirror(t);
  const set = source({ mirror: `${url}/sets` });
  await set.prepare!(quietWork());
  const { obtained, folder, ...said } = (await set.provenance!()) as { obtained: string; folder: string };
  assert.deepEqual(said, {
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

test('the mirror of the environment counts where the config names none', async (t) => {
  const [ofEnvironment, ofConfig] = [await mirror(t), await mirror(t)];
  process.env['RUNNER_DATA_MIRROR'] = `${ofEnvironment.url}/sets`;
  assert.equal((await archiveOfSet('maps', {})).url, `${ofEnvironment.url}/sets/maps.zip`);
  const { url } = await archiveOfSet('maps', { mirror: `${ofConfig.url}/sets` });
  assert.equal(url, `${ofConfig.url}/sets/maps.zip`);
});

test('a mirror is asked for its checksum once, however often a run wants to know', async (t) => {
  const { url, requests } = await mirror(t);
  const sources = [1, 2, 3].map(() => source({ mirror: `${url}/sets` }));
  for (const one of sources) assert.deepEqual(await one.identity(), { set: 'horse2zebra', sha256: checksum(ZIP) });
  await sources[2]!.prepare!(quietWork());
  assert.deepEqual(requests, ['/sets/horse2zebra.zip.sha256', '/sets/horse2zebra.zip']);
});

test('a mirror’s password is not kept, nor does it count: what was served is known with another one, too', async (t) => {
  const { url, requests } = await mirror(t);
  const withPassword = (word: string) => ({ mirror: `${url.replace('://', `://bob:${word}@`)}/sets` });
  await source(withPassword('SECRET')).prepare!(quietWork());
  requests.length = 0;
  await source(withPassword('other')).prepare!(quietWork());
  assert.deepEqual(requests, []);
  const left = await contentsOf(cache.dir());
  assert.ok(left.length > 0 && !left.some((text) => /SECRET/.test(text)));
});

test('a mirror in the environment that is no address is told, without its password', async () => {
  process.env['RUNNER_DATA_MIRROR'] = 'ftp://bob:SECRET@host/sets';
  const [problem] = await problemsOf(source().identity());
  assert.match(problem!.message, /RUNNER_DATA_MIRROR must be .* found "ftp:\/\/host\/sets"/);
});

test('a mirror in the environment that is no address is told', async () => {
  process.env['RUNNER_DATA_MIRROR'] = '/data/sets';
  const [problem] = await problemsOf(source().identity());
  assert.match(problem!.message, /RUNNER_DATA_MIRROR must be .* found "\/data\/sets"/);
});

test('of a mirror that says nothing, or something else, the archive must be the known one', async (t) => {
  for (const said of [undefined, '', '<html>not found</html>', 'x'.repeat(1e6), KNOWN.slice(1)]) {
    const { url, files } = await mirror(t);
    if (said === undefined) delete files['/sets/horse2zebra.zip.sha256'];
    else files['/sets/horse2zebra.zip.sha256'] = said;
    assert.equal((await archiveOfSet('horse2zebra', { mirror: `${url}/sets` })).sha256, KNOWN);
  }
});

test('a checksum that is given goes before what the mirror says', async (t) => {
  const { url, requests } = await mirror(t);
  const given = { mirror: `${url}/sets`, sha256: 'AB'.repeat(32) };
  assert.equal((await archiveOfSet('horse2zebra', given)).sha256, 'ab'.repeat(32));
  assert.deepEqual(requests, []);
});

test('another archive than expected is refused with what would accept it, and nothing stays', async (t) => {
  const { url, files } = await mirror(t);
  delete files['/sets/horse2zebra.zip.sha256'];
  const set = source({ mirror: `${url}/sets` });
  const [problem] = await problemsOf(set.prepare!(quietWork()));
  assert.match(problem!.code, /^wrong-(size|checksum)$/);
  assert.match(problem!.cure ?? '', /set dataset\.sha256 to its checksum, or put horse2zebra\.zip\.sha256/);
  assert.equal(await find(await archiveOfSet('horse2zebra', { mirror: `${url}/sets` })), undefined);
});

test('a mirror without the set says so, and how to use another', async (t) => {
  const { url } = await serve(t, {});
  const [problem] = await problemsOf(source({ mirror: `${url}/sets` }).prepare!(quietWork()));
  assert.match(problem!.message, /404/);
  assert.match(problem!.cure ?? '', /RUNNER_DATA_MIRROR or dataset\.mirror/);
  const [withdrawn] = await problemsOf(source({ name: 'cityscapes', mirror: url }).prepare!(quietWork()));
  assert.match(withdrawn!.cure ?? '', /Withdrawn by the authors/);
});

test('files that have gone from the cache, or were changed there, are told with the cure', async (t) => {
  const { url } = await mirror(t);
  const set = () => source({ mirror: `${url}/sets` });
  await set().prepare!(quietWork());
  const { dir } = (await find(await archiveOfSet('horse2zebra', { mirror: `${url}/sets` })))!;
  await writeFile(join(dir, 'horse2zebra/trainA/1.jpg'), 'z');
  const [image] = await set().list('trainA');
  const [changed] = await problemsOf(image!.read());
  assert.match(
    changed!.message,
    /^horse2zebra in the cache is not as it was unpacked: trainA\/1\.jpg is missing or changed/,
  );
  assert.equal(
    changed!.cure,
    `To see all that is: runner data verify. To get it again: runner data get horse2zebra --again --mirror ${url}/sets.`,
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

test('when a download fails, the same set of a mirror that is here is told, with what uses it', async (t) => {
  const { url } = await mirror(t);
  await source({ mirror: `${url.replace('://', '://bob:SECRET@')}/sets` }).prepare!(quietWork());
  const { url: empty } = await serve(t, {});
  const [problem] = await problemsOf(source({ mirror: empty }).prepare!(quietWork()));
  const use = `--set dataset.mirror=${url}/sets or --set dataset.sha256=${checksum(ZIP)}`;
  const told = `A horse2zebra from ${url}/sets is here, of another checksum than the authors’: use it with ${use}.`;
  assert.ok(problem!.cure!.endsWith(told), problem!.cure);
  await source({ mirror: `${url}/sets` }).prepare!(quietWork());
  await source({ sha256: checksum(ZIP) }).prepare!(quietWork());
});

test('a mirror’s login page is told as such, and not taken for another archive', async (t) => {
  const { url } = await mirror(t, Buffer.from('<!DOCTYPE html><html><body>Please log in.</body></html>'));
  for (const sha256 of [null, KNOWN]) {
    const [problem] = await problemsOf(source({ mirror: `${url}/sets`, sha256 }).prepare!(quietWork()));
    assert.equal(problem!.code, 'not-an-archive');
    assert.doesNotMatch(problem!.cure ?? '', /sha256/);
  }
});

test('an archive without the four folders is told', async (t) => {
  const { url } = await mirror(t, zip({ 'horse2zebra/trainA/1.jpg': 'a', 'horse2zebra/other/1.jpg': 'b' }));
  const set = source({ mirror: `${url}/sets` });
  const [problem] = await problemsOf(set.prepare!(quietWork()));
  assert.match(problem!.message, /there is no folder horse2zebra\/trainB in http.*zip/);
});

test('the manual lists every set as it is', async () => {
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

test('the manual’s plugin is the example', async () => {
  const at = (path: string) => readFile(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8');
  assert.ok((await at('docs/data.md')).includes(`\`\`\`js\n${await at('examples/url-index.mjs')}\`\`\``));
});
