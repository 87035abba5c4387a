import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { find, obtain } from '../../src/data/library/library.js';
import { checksum, serve, zip } from '../data/sources/archives.js';
import { Running } from '../rig.js';
import { until, WITHIN } from '../until.js';
import { commandLine } from './rig.js';

const BIN = fileURLToPath(new URL('../../src/app/command.js', import.meta.url));
const NAMES = ['trainA/1.jpg', 'trainB/2.jpg', 'testA/3.jpg', 'testB/4.jpg'];
const ARCHIVE = zip(Object.fromEntries(NAMES.map((name) => [`horse2zebra/${name}`, name])));

/** A command line with a cache of its own, and a mirror that has horse2zebra. */
async function withMirror(t: TestContext) {
  const { cwd, runner } = await commandLine(t);
  const before = process.env;
  process.env = { ...before, XDG_CACHE_HOME: join(cwd, 'cache'), RUNNER_DATA_MIRROR: '' };
  t.after(() => void (process.env = before));
  const server = await serve(t, {
    '/horse2zebra.zip': ARCHIVE,
    '/horse2zebra.zip.sha256': `${checksum(ARCHIVE)}  horse2zebra.zip\n`,
  });
  const get = (...argv: string[]) => runner('data', 'get', 'horse2zebra', '--mirror', server.url, ...argv);
  const here = async () => {
    const { out } = await runner('data', 'list', '--json');
    const { sets } = JSON.parse(out) as { sets: { name: string; here: { dir: string; files: number }[] }[] };
    return sets.find(({ name }) => name === 'horse2zebra')!.here;
  };
  return { cwd, runner, server, get, here };
}

test('data lists all sets, and which are downloaded', async (t) => {
  const { cwd, runner, get } = await withMirror(t);
  const before = await runner('data');
  assert.equal(before.code, 0);
  assert.match(before.out, /\n {2}horse2zebra +117 MB {2}horses, zebras\n {2}apple2orange +78 MB {2}apples, oranges\n/);
  assert.doesNotMatch(before.out, /here:/);
  await get();
  const { out } = await runner('data', 'list');
  const found =
    /horse2zebra +117 MB .*\n +here: 4 files, [\d.]+ (?:kB|bytes), got just now from http.*\n +(\S+)\n/.exec(out);
  assert.ok(found, out);
  assert.ok(found[1]!.startsWith(cwd) && existsSync(join(found[1]!, 'horse2zebra', 'trainA', '1.jpg')), found[1]);
});

test('data get downloads once, shows its progress, and downloads again with --again', async (t) => {
  const { server, get, here } = await withMirror(t);
  const downloads = () => server.requests.filter((path) => path === '/horse2zebra.zip').length;
  const first = await get();
  assert.equal(first.code, 0, first.err);
  assert.match(first.out, /horse2zebra {2}downloading horse2zebra\.zip {2}\[[#-]+\] .* bytes/);
  assert.match(first.out, /horse2zebra is here\. 4 files of an archive of [\d.]+ (?:kB|bytes), in /);
  const second = await get();
  assert.deepEqual([second.code, downloads()], [0, 1]);
  assert.match(second.out, /^horse2zebra is here already, got just now\. 4 files .*\nTo download it again: --again\n$/);
  writeFileSync(join((await here())[0]!.dir, 'horse2zebra', 'trainA', '1.jpg'), 'scribbled');
  server.files['/horse2zebra.zip'] = Buffer.from('no longer an archive');
  assert.equal((await get('--again')).code, 1);
  assert.equal((await here()).length, 1, 'what is here stays until the new one is');
  server.files['/horse2zebra.zip'] = ARCHIVE;
  assert.equal((await get('--again')).code, 0);
  assert.equal(downloads(), 3);
  assert.equal(readFileSync(join((await here())[0]!.dir, 'horse2zebra', 'trainA', '1.jpg'), 'utf8'), 'trainA/1.jpg');
});

test('data get takes an archive of this machine only if it is the set', async (t) => {
  const { cwd, runner, here } = await withMirror(t);
  writeFileSync(join(cwd, 'mine.zip'), ARCHIVE);
  const wrong = await runner('data', 'get', 'horse2zebra', '--from', 'mine.zip');
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, new RegExp(`${checksum(ARCHIVE)}[^]*dataset\\.type: archive`));
  assert.deepEqual(await here(), []);
  assert.equal((await runner('data', 'get', 'horse2zebra', '--from', 'none.zip')).code, 1);
});

test('data verify lists changed files', async (t) => {
  const { runner, get, here } = await withMirror(t);
  assert.match((await runner('data', 'verify')).out, /no data set in the cache/);
  await get();
  const whole = await runner('data', 'verify', 'horse2zebra');
  assert.equal(whole.code, 0);
  assert.match(whole.out, /horse2zebra: all 4 files are unchanged\.\n$/);
  writeFileSync(join((await here())[0]!.dir, 'horse2zebra', 'trainA', '1.jpg'), 'scribbled');
  const broken = await runner('data', 'verify');
  assert.equal(broken.code, 1);
  assert.match(broken.err, /trainA\/1\.jpg/);
  assert.match(broken.out + broken.err, /runner data get horse2zebra --again/);
});

test('data remove deletes the files', async (t) => {
  const { runner, get, here } = await withMirror(t);
  await get();
  const [entry] = await here();
  const { code, out } = await runner('data', 'remove', 'horse2zebra');
  assert.equal(code, 0);
  assert.match(out, /^Removed horse2zebra \([\d.]+ (?:kB|bytes)\): /);
  assert.ok(!existsSync(entry!.dir));
  const again = await runner('data', 'remove', 'horse2zebra');
  assert.equal(again.code, 2);
  assert.match(again.err, /horse2zebra is not downloaded/);
});

test('a wrong name or address is exit code 2', async (t) => {
  const { runner } = await withMirror(t);
  for (const [expected, ...argv] of [
    [/no data set "horse2zebr"[^]*Did you mean "horse2zebra"\?/, 'get', 'horse2zebr'],
    [/no data set "pets"[^]*dataset\.type: folder/, 'verify', 'pets'],
    [/http:\/\/ or https:\/\/; found "ftp:\/\/x"/, 'get', 'maps', '--mirror', 'ftp://x'],
    [/both given/, 'get', 'maps', '--mirror', 'http://x', '--from', 'y'],
    [/unknown command 'gett'\n\(Did you mean get\?\)/, 'gett', 'maps'],
  ] as const) {
    const { code, err } = await runner('data', ...argv);
    assert.equal(code, 2, err);
    assert.match(err, expected);
  }
});

test('Ctrl-C stops a download, which the same command resumes', async (t) => {
  const { cwd } = await withMirror(t);
  const half = Math.floor(ARCHIVE.length / 2);
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    if (request.url !== '/horse2zebra.zip') return void response.end(checksum(ARCHIVE));
    const { range } = request.headers;
    ranges.push(range);
    const whole = { 'accept-ranges': 'bytes', etag: '"1"' };
    if (range === undefined) {
      response.writeHead(200, { ...whole, 'content-length': ARCHIVE.length }).write(ARCHIVE.subarray(0, half));
      return;
    }
    const start = Number(/\d+/.exec(range)![0]);
    const part = `bytes ${start}-${ARCHIVE.length - 1}/${ARCHIVE.length}`;
    response.writeHead(206, { ...whole, 'content-range': part }).end(ARCHIVE.subarray(start));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void (server.closeAllConnections(), server.close()));
  const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const start = () => {
    const argv = [BIN, 'data', 'get', 'horse2zebra', '--mirror', mirror];
    return new Running(spawn(process.execPath, argv, { cwd, stdio: ['ignore', 'pipe', 'pipe'] }));
  };

  const first = start();
  await until('half of the archive', { within: WITHIN.process, look: () => partsIn(cwd), is: (part) => part === half });
  first.process.kill('SIGINT');
  const stopped = await first.ended;
  assert.equal(stopped.code, 130, stopped.output);
  assert.match(stopped.output, /Stopped\. The partial download is kept: the same command resumes it\.\n$/);
  assert.equal(partsIn(cwd), half);

  const second = await start().ended;
  assert.equal(second.code, 0, second.output);
  assert.match(second.output, /horse2zebra is here/);
  assert.deepEqual(ranges, [undefined, `bytes=${half}-`]);
});

/** Bytes of downloads that are under way. */
function partsIn(cwd: string): number {
  const folder = join(cwd, 'cache', 'cyclegan-runner', 'datasets', '.downloads');
  if (!existsSync(folder)) return 0;
  const files = readdirSync(folder, { recursive: true }).map(String);
  return files
    .filter((file) => file.endsWith('.part'))
    .reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}

test('a data set that a run takes counts as used', async (t) => {
  const { server, get, here } = await withMirror(t);
  await get();
  const record = join((await here())[0]!.dir, '..', 'record.json');
  utimesSync(record, 0, 0);
  const spec = { name: 'horse2zebra', url: `${server.url}/horse2zebra.zip`, sha256: checksum(ARCHIVE) };
  await find(spec);
  assert.equal(statSync(record).mtimeMs, 0, 'to look whether it is there is no use');
  const nothing = () => undefined;
  await obtain(spec, { signal: new AbortController().signal, progress: nothing, note: nothing });
  assert.ok(statSync(record).mtimeMs > 0);
});
