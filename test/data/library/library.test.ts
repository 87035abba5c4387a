import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { describe, test, type TestContext } from 'node:test';
import { entries, find, obtain, remove, verify, type ArchiveSpec } from '../../../src/data/library/library.js';
import { sha, tgz, zip } from '../archives.js';
import { temporaryFolder } from '../folder.js';
import { send, serve } from '../remote/server.js';
import { quietWork } from '../quiet-work.js';
import { filesIn, FAST_RETRIES, temporaryCache, problemOf } from './rig.js';

const module = new URL('../../../src/data/library/library.js', import.meta.url).href;

/** A process that obtains an archive, leases it, and keeps running. */
function holder(t: TestContext, spec: ArchiveSpec) {
  const script = `
    import { obtain } from ${JSON.stringify(module)};
    const work = { signal: new AbortController().signal, progress() {}, note() {} };
    await obtain(${JSON.stringify(spec)}, work, { lease: true });
    console.log('leased');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

const archive = zip({ name: 'trainA/a.jpg', content: 'horse' }, { name: 'trainB/b.jpg', content: 'zebra' });
const sum = sha(archive);
const settings = { retryPolicy: FAST_RETRIES };

describe('an archive at an address', () => {
  test('is downloaded, unpacked and published once, and found from then on', async (t) => {
    const library = temporaryCache(t);
    const server = await serve(t, (request, response) => send(request, response, archive));
    const spec = { name: 'horse2zebra', url: `${server.url}/horse2zebra.zip` };
    assert.equal(await find(spec), undefined);
    const work = quietWork();
    const entry = await obtain(spec, work);
    const folder = `horse2zebra-${sum.slice(0, 16)}`;
    assert.equal(entry.dir, join(library, folder, 'files'));
    assert.equal(readFileSync(join(entry.dir, 'trainB/b.jpg'), 'utf8'), 'zebra');
    const { obtained, ...record } = entry.record;
    assert.ok(Math.abs(Date.now() - Date.parse(obtained)) < 60_000);
    assert.deepEqual(record, {
      name: 'horse2zebra',
      url: spec.url,
      sha256: sum,
      bytes: archive.length,
      files: [
        { path: 'trainA/a.jpg', bytes: 5, sha256: sha('horse') },
        { path: 'trainB/b.jpg', bytes: 5, sha256: sha('zebra') },
      ],
    });
    // The archive itself is not kept.
    const known = readdirSync(join(library, '.known')).map((file) => join('.known', file));
    const files = ['files/trainA/a.jpg', 'files/trainB/b.jpg', 'record.json'].map((file) => join(folder, file));
    assert.deepEqual(filesIn(library), [...known, ...files]);
    assert.deepEqual(
      [...new Set(work.progressReports.map(({ phase }) => phase))],
      ['downloading horse2zebra.zip', 'unpacking horse2zebra.zip'],
    );
    assert.deepEqual(await find(spec), entry);
    assert.deepEqual(await obtain(spec, quietWork()), entry);
    assert.deepEqual(await find({ name: 'horse2zebra', sha256: sum.toUpperCase() }), entry);
    assert.deepEqual(await find({ name: 'another name', sha256: sum }), entry);
    assert.equal(server.requests.length, 1);
  });

  test('has its checksum recorded at first use, and another archive there is refused unless its checksum is given', async (t) => {
    const library = temporaryCache(t);
    let content = archive;
    const server = await serve(t, (request, response) => send(request, response, content, { etag: sha(content) }));
    const spec = { name: 'set', url: `${server.url}/set.zip` };
    await remove(await obtain(spec, quietWork()));
    content = zip({ name: 'trainA/a.jpg', content: 'donkey' });
    const { code, message, cure } = await problemOf(obtain(spec, quietWork()));
    assert.equal(code, 'archive-changed');
    assert.ok(message.includes(`was ${sum} and is ${sha(content)} now`), message);
    assert.ok(cure!.includes(`sha256: ${sha(content)}`));
    assert.deepEqual(
      filesIn(library).filter((file) => !file.startsWith('.known')),
      [],
    );
    const entry = await obtain({ ...spec, sha256: sha(content) }, quietWork());
    assert.equal(entry.record.sha256, sha(content));
    assert.deepEqual(await find(spec), entry);
  });

  test('that equals one at another address is stored once', async (t) => {
    const library = temporaryCache(t);
    const server = await serve(t, (request, response) => send(request, response, archive));
    const first = await obtain({ name: 'set', url: `${server.url}/a` }, quietWork());
    const second = await obtain({ name: 'set', url: `${server.url}/b` }, quietWork());
    assert.deepEqual(second, first);
    assert.equal((await entries()).length, 1);
    assert.equal(
      filesIn(library).some((file) => file.startsWith('.downloads')),
      false,
    );
  });

  test('never has its password recorded', async (t) => {
    const library = temporaryCache(t);
    const server = await serve(t, (request, response) => send(request, response, archive));
    const url = `${server.url.replace('//', '//me:geheim@')}/set.zip?token=abc`;
    const { record } = await obtain({ name: 'set', url }, quietWork());
    assert.equal(record.url, `${server.url}/set.zip?...`);
    for (const file of filesIn(library)) assert.doesNotMatch(readFileSync(join(library, file), 'utf8'), /geheim|token/);
  });

  const bad = {
    'wrong-checksum': { content: zip({ name: 'a', content: 'other' }), sha256: sum },
    'wrong-size': { content: archive, bytes: 7 },
    'not-an-archive': { content: Buffer.from('<!doctype html><title>Log in</title>') },
    'unsafe-archive': { content: tgz({ name: 'ok' }, { name: '../evil', content: 'x' }) },
    'damaged-archive': { content: archive.subarray(0, 100) },
    'unsupported-archive': { content: Buffer.from('just a text') },
  };
  for (const [code, { content, ...known }] of Object.entries(bad)) {
    test(`that is refused (${code}) leaves nothing behind`, async (t) => {
      const library = temporaryCache(t);
      const server = await serve(t, (request, response) => send(request, response, content));
      const spec = { name: 'set', url: `${server.url}/set.zip`, ...known };
      assert.equal((await problemOf(obtain(spec, quietWork(), settings))).code, code);
      assert.deepEqual(filesIn(library), []);
      assert.equal(await find(spec), undefined);
    });
  }

  test('that cannot be downloaded completely leaves a partial download, which is resumed', async (t) => {
    const library = temporaryCache(t);
    const part = () => join(library, filesIn(library).find((file) => file.endsWith('.part')) ?? '.part');
    let whole = false;
    const server = await serve(t, (request, response) => {
      send(request, response, archive, whole ? {} : { breaks: { at: 100, part } });
    });
    const spec = { name: 'set', url: `${server.url}/set.zip` };
    assert.equal((await problemOf(obtain(spec, quietWork(), settings))).code, 'download-failed');
    assert.deepEqual(
      filesIn(library).map((file) => file.replace(/\w{24}/, 'KEY')),
      ['.downloads/KEY/set.zip.part', '.downloads/KEY/set.zip.part.json'],
    );
    whole = true;
    await obtain(spec, quietWork(), settings);
    assert.equal(server.requests.at(-1)!.range, 'bytes=100-');
    assert.equal(
      filesIn(library).some((file) => file.startsWith('.downloads')),
      false,
    );
  });

  test('is downloaded once when two callers obtain it at once', async (t) => {
    temporaryCache(t);
    const server = await serve(t, (request, response) => void setTimeout(() => send(request, response, archive), 200));
    const spec = { name: 'set', url: `${server.url}/set.zip` };
    const works = [quietWork(), quietWork()];
    const [one, other] = await Promise.all(works.map((work) => obtain(spec, work)));
    assert.deepEqual(one, other);
    assert.equal(server.requests.length, 1);
    const notes = works.flatMap((work) => work.notes);
    assert.equal(notes.length, 1);
    assert.match(notes[0]!, /^set is being fetched by process \d+, since .*; waiting for it\.$/);
  });

  test('is no longer waited for after an abort', async (t) => {
    temporaryCache(t);
    const server = await serve(t, () => undefined);
    const spec = { name: 'set', url: `${server.url}/set.zip` };
    const [first, second] = [new AbortController(), new AbortController()];
    const fetching = obtain(spec, quietWork(first.signal));
    const waiting = obtain(spec, quietWork(second.signal));
    setTimeout(() => second.abort(), 50);
    await assert.rejects(waiting, { name: 'AbortError' });
    first.abort();
    await assert.rejects(fetching, { name: 'AbortError' });
  });
});

describe('a local archive', () => {
  test('is unpacked and published, and stays where it is', async (t) => {
    const library = temporaryCache(t);
    const dir = await temporaryFolder(t);
    const file = join(dir, 'my.tgz');
    const content = tgz({ name: 'a.jpg', content: 'a' });
    writeFileSync(file, content);
    utimesSync(file, 1e9, 1e9);
    const spec = { name: 'mine', file };
    assert.equal(await find(spec), undefined);
    const entry = await obtain(spec, quietWork());
    assert.equal(entry.record.url, null);
    assert.equal(entry.record.sha256, sha(content));
    assert.deepEqual(await find(spec), entry);
    assert.ok(readFileSync(file).equals(content));
    assert.deepEqual(
      filesIn(library).filter((path) => path.startsWith('.downloads') || path.startsWith('.tmp')),
      [],
    );
  });

  test('that has changed counts as another archive', async (t) => {
    temporaryCache(t);
    const file = join(await temporaryFolder(t), 'my.zip');
    writeFileSync(file, archive);
    utimesSync(file, 1e9, 1e9);
    await obtain({ name: 'mine', file }, quietWork());
    writeFileSync(file, zip({ name: 'b', content: 'new' }));
    assert.equal(await find({ name: 'mine', file }), undefined);
    const { record } = await obtain({ name: 'mine', file }, quietWork());
    assert.equal(record.files[0]!.path, 'b');
    assert.equal((await entries()).length, 2);
  });

  test('that is missing, a folder, or has another checksum is refused', async (t) => {
    const library = temporaryCache(t);
    const dir = await temporaryFolder(t);
    const file = join(dir, 'my.zip');
    const missing = await problemOf(obtain({ name: 'mine', file }, quietWork()));
    assert.equal(missing.code, 'archive-missing');
    assert.ok(missing.message.includes(file));
    assert.equal((await problemOf(obtain({ name: 'mine', file: dir }, quietWork()))).code, 'archive-missing');
    writeFileSync(file, archive);
    const other = await problemOf(obtain({ name: 'mine', file, sha256: 'f'.repeat(64) }, quietWork()));
    assert.equal(other.code, 'wrong-checksum');
    assert.ok(other.message.includes(sum) && other.message.includes(file));
    assert.deepEqual(filesIn(library), []);
  });
});

describe('the library', () => {
  test('lists its entries with their sizes', async (t) => {
    const library = temporaryCache(t);
    assert.deepEqual(await entries(), []);
    const dir = await temporaryFolder(t);
    for (const name of ['b', 'a']) {
      writeFileSync(join(dir, name), zip({ name, content: name.repeat(1000) }));
      await obtain({ name, file: join(dir, name) }, quietWork());
    }
    mkdirSync(join(library, 'stranger'));
    const all = await entries();
    assert.deepEqual(
      all.map(({ record }) => record.name),
      ['a', 'b'],
    );
    assert.ok(all[0]!.bytesOnDisk > 1000 && all[0]!.bytesOnDisk < 2000);
    await remove(all[0]!);
    assert.deepEqual(
      (await entries()).map(({ record }) => record.name),
      ['b'],
    );
    assert.deepEqual(readdirSync(join(library, '.tmp')), []);
  });

  test('finds missing, changed and unknown files, and names ten of them', async (t) => {
    temporaryCache(t);
    const file = join(await temporaryFolder(t), 'set.zip');
    writeFileSync(
      file,
      zip(...Array.from({ length: 20 }, (_, i) => ({ name: `t/${i + 10}.jpg`, content: `${i + 10}` }))),
    );
    const entry = await obtain({ name: 'set', file }, quietWork());
    const work = quietWork();
    assert.deepEqual(await verify(entry, work), []);
    assert.deepEqual(work.progressReports.at(-1), { phase: 'checking set', unit: 'bytes', done: 40, total: 40 });
    for (let i = 10; i < 22; i++) rmSync(join(entry.dir, `t/${i}.jpg`));
    writeFileSync(join(entry.dir, 't/25.jpg'), '99');
    writeFileSync(join(entry.dir, 't/26.jpg'), 'longer');
    writeFileSync(join(entry.dir, 'new.jpg'), '');
    writeFileSync(join(entry.dir, '.DS_Store'), '');
    const problems = await verify(entry, quietWork());
    assert.deepEqual(
      problems.map(({ code, message }) => [code, message]),
      [
        [
          'files-missing',
          `set: missing ${Array.from({ length: 10 }, (_, i) => `t/${i + 10}.jpg`).join(', ')} and 2 more.`,
        ],
        ['files-changed', 'set: changed since it was unpacked: t/25.jpg, t/26.jpg.'],
        ['files-strange', 'set: not of the archive: new.jpg.'],
      ],
    );
    assert.ok(problems[0]!.cure!.includes(dirname(entry.dir)));
  });

  test('refuses to remove or replace an entry that a process has leased', async (t) => {
    temporaryCache(t);
    const file = join(await temporaryFolder(t), 'set.zip');
    writeFileSync(file, archive);
    const spec = { name: 'set', file, sha256: sum };
    const child = holder(t, spec);
    await once(child.stdout, 'data');
    const entry = (await find(spec))!;
    for (const attempt of [remove(entry), obtain(spec, quietWork(), { again: true })]) {
      const { code, message } = await problemOf(attempt);
      assert.equal(code, 'in-use');
      assert.ok(message.startsWith(`set is being used by process ${child.pid}, since `), message);
    }
    assert.deepEqual(await verify(entry, quietWork()), []);
    child.kill('SIGKILL');
    await once(child, 'close');
    await obtain(spec, quietWork(), { again: true });
    await remove(entry);
    assert.equal(await find(spec), undefined);
  });

  test('repairs an entry whose record is gone', async (t) => {
    temporaryCache(t);
    const file = join(await temporaryFolder(t), 'set.zip');
    writeFileSync(file, archive);
    const entry = await obtain({ name: 'set', file }, quietWork());
    rmSync(join(dirname(entry.dir), 'record.json'));
    rmSync(join(entry.dir, 'trainA'), { recursive: true });
    const again = await obtain({ name: 'set', file }, quietWork());
    assert.deepEqual(await verify(again, quietWork()), []);
  });

  test('reports a cache folder that cannot be written', async (t) => {
    temporaryCache(t);
    const file = join(await temporaryFolder(t), 'set.zip');
    writeFileSync(file, archive);
    process.env['XDG_CACHE_HOME'] = file;
    const { code, message, cure } = await problemOf(obtain({ name: 'set', file }, quietWork()));
    assert.equal(code, 'cache-folder');
    assert.ok(message.includes(file));
    assert.match(cure!, /XDG_CACHE_HOME/);
  });
});
