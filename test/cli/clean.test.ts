import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { program } from '../../src/app/program.js';
import { main } from '../../src/cli/main.js';
import { entries } from '../../src/data/library/library.js';
import { leaseUntilExit } from '../../src/data/library/entry-leases.js';
import { markWeightsUsed } from '../../src/evaluation/extractors/weights-cache.js';
import { loadFacts, saveFacts } from '../../src/data/sources/hash-cache.js';
import { findUnused, removeUnused } from '../../src/housekeeping/find-unused.js';
import { storeEntries } from '../../src/pipeline/storage/store-entries.js';
import { acquireLease } from '../../src/support/leases.js';
import { acquireLock } from '../../src/support/lock.js';
import { config, Rig } from '../rig.js';

const DAY = 24 * 3_600_000;

interface Report {
  readonly bytes: number;
  readonly freed: number;
  readonly items: readonly { kind: string; path: string; bytes: number; what: string; why: string; removed: boolean }[];
}

describe('runner clean', () => {
  let rig: Rig;
  const cache = process.env['XDG_CACHE_HOME'];
  beforeEach(async () => {
    rig = await Rig.create();
    process.env['XDG_CACHE_HOME'] = join(rig.dir, 'cache');
    rig.stages({
      prepare: {
        reads: ['dataset'],
        run: ({ dir }) => {
          writeFileSync(join(dir, 'data'), Buffer.alloc(100_000, 1));
          return { status: 'done', outputs: { trainA: 3, testB: 2 } };
        },
      },
    });
  });
  afterEach(async () => {
    if (cache === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = cache;
    await rig.remove();
  });

  /** @param answer what somebody at a terminal types */
  async function clean(argv: readonly string[] = [], answer?: string) {
    const [stdout, stderr] = [new PassThrough().setEncoding('utf8'), new PassThrough().setEncoding('utf8')];
    const stdin = Object.assign(new PassThrough(), { isTTY: answer !== undefined });
    if (answer !== undefined) stdin.end(answer);
    const terminal = Object.assign(stdout, { isTTY: answer !== undefined });
    const io = { stdout: terminal, stderr, stdin, cwd: rig.dir, env: { NO_COLOR: '1' }, program };
    const code = await main(['clean', ...argv], io);
    return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
  }

  async function report(...argv: string[]): Promise<Report> {
    return JSON.parse((await clean(['--json', ...argv])).out) as Report;
  }

  /** A result of a run that is gone, last used some days ago. */
  async function unused(limit: number, days = 2): Promise<string> {
    const dataset = { ...config().dataset, limit };
    const outcome = await rig.run(config({ dataset }), { selection: { force: [], until: 'prepare' } });
    assert.ok(outcome.status === 'done');
    rmSync(outcome.plan.runDir, { recursive: true });
    const then = new Date(Date.now() - days * DAY);
    const entries = await storeEntries(rig.runs);
    const { dir } = entries.find(({ record }) =>
      new RegExp(`"limit":${limit}[,}]`).test(JSON.stringify(record?.parts.config)),
    )!;
    utimesSync(join(dir, 'stage.json'), then, then);
    return dir;
  }

  test('reports that there is nothing to remove if there are no runs or all is in use', async () => {
    assert.match((await clean()).out, /nothing to remove/);
    assert.ok(!existsSync(rig.runs), 'nothing is made');
    await rig.run();
    const [entry] = await storeEntries(rig.runs);
    utimesSync(join(entry!.dir, 'stage.json'), 0, 0);
    const { code, out } = await clean(['--yes']);
    assert.deepEqual([code, out], [0, 'There is nothing to remove: everything is in use.\n']);
    assert.equal((await rig.run()).status, 'up-to-date');
  });

  test('lists what it would remove and why, and removes nothing until confirmed', async () => {
    const dir = await unused(7, 12);
    const { code, out } = await clean();
    assert.equal(code, 0);
    const [, run] = /made by run (toy\S+):/.exec(out)!;
    const path = `runs/.store/prepare/${basename(dir).slice(0, 12)}…`;
    assert.match(out, /^Prepared results that no run uses {2}1\d\d kB\n/);
    assert.match(
      out,
      new RegExp(
        `1\\d\\d kB  prepare, synthetic, 16 px, 5 images, made by run ${run}: no run uses it, last used 12 days ago\n +${path}\n`,
      ),
    );
    assert.match(out, /Nothing is removed yet. To remove it: runner clean --yes\n$/);
    assert.ok(existsSync(dir));
    assert.match((await clean(['--yes'])).out, /Freed 1\d\d kB\.\n$/);
    assert.deepEqual(readdirSync(dirname(dir)), []);
  });

  test('asks at a terminal, and takes only y for yes', async () => {
    const dir = await unused(1);
    for (const answer of ['\n', 'n\n', '']) {
      assert.match((await clean([], answer)).out, /Remove it \(1\d\d kB\)\? \[y\/N\] [^]*Nothing is removed\.\n$/);
      assert.ok(existsSync(dir));
    }
    assert.match((await clean([], 'y\n')).out, /Freed 1\d\d kB/);
    assert.ok(!existsSync(dir));
  });

  test('keeps what is recent, held or locked, and beyond a limit only removes the least recently used', async () => {
    const [a, b, c] = [await unused(1, 2), await unused(2, 9), await unused(3, 5)];
    const listed = async (...argv: string[]) => (await report(...argv)).items.map(({ path }) => path);
    assert.deepEqual(await listed(), [b, c, a]);
    assert.deepEqual(await listed('--keep-days', '4'), [b, c]);
    assert.deepEqual(await listed('--store-limit', '250kB'), [b]);
    assert.deepEqual(await listed('--store-limit', 'none'), []);
    utimesSync(join(a, 'stage.json'), new Date(), new Date());
    const release = await acquireLease(b);
    const lock = await acquireLock(`${c}.lock`);
    assert.deepEqual(await listed('--keep-days', '0'), []);
    assert.ok(lock.ok);
    await lock.release();
    await release();
    assert.deepEqual(await listed(), [b, c]);
  });

  test('removes what runs have set aside and what is damaged, and never what they need', async () => {
    await rig.run();
    await rig.run(config({ evaluate: { samples: 9, metrics: [] } }));
    const [runDir] = await rig.runDirs();
    const checkpoints = join(runDir!, 'learn', 'checkpoints');
    for (const name of ['damaged-step-00000005', '.building-step-00000009', 'step-00000007']) {
      mkdirSync(join(checkpoints, name), { recursive: true });
    }
    // Somebody's own.
    mkdirSync(join(runDir!, 'notes.deadbeef'));
    const live = [
      'learn',
      'judge',
      'config.yaml',
      'journal.jsonl',
      'notes.deadbeef',
      'learn/checkpoints/step-00000007',
    ];
    const { items } = await report('--yes');
    assert.deepEqual(
      items.map(({ kind, removed }) => [kind, removed]),
      [
        ['set-aside', true],
        ['checkpoint', true],
        ['leftover', true],
      ],
    );
    assert.match(items[0]!.what, /^judge of run toy-/);
    assert.deepEqual(readdirSync(checkpoints), ['step-00000007']);
    assert.deepEqual(
      live.map((name) => existsSync(join(runDir!, name))),
      live.map(() => true),
    );
    assert.equal((await rig.run(config({ evaluate: { samples: 9, metrics: [] } }))).status, 'up-to-date');
  });

  test('skips a run that a process uses, and says so', async () => {
    await rig.run();
    await rig.run(config({ evaluate: { samples: 9, metrics: [] } }));
    const [runDir] = await rig.runDirs();
    const lock = await acquireLock(join(runDir!, 'lock'));
    const { out } = await clean(['--yes']);
    assert.match(out, new RegExp(`^Run toy-.* is left alone: it is being worked on by process ${process.pid}`));
    assert.ok(readdirSync(runDir!).some((name) => name.startsWith('judge.')));
    assert.ok(lock.ok);
    await lock.release();
    await clean(['--yes']);
    assert.ok(!readdirSync(runDir!).some((name) => name.startsWith('judge.')));
  });

  test('skips a run that a process has started to use since', async () => {
    await rig.run();
    await rig.run(config({ evaluate: { samples: 9, metrics: [] } }));
    const [runDir] = await rig.runDirs();
    const { items } = await findUnused({ runsRoot: rig.runs });
    assert.equal(items.length, 1);
    const lock = await acquireLock(join(runDir!, 'lock'));
    const { removed, kept } = await removeUnused(items);
    assert.deepEqual([removed, kept], [[], items]);
    assert.ok(existsSync(items[0]!.path));
    assert.ok(lock.ok);
    await lock.release();
  });

  test('removes a forced result’s predecessor, and what dead processes left in the store', async () => {
    await rig.run();
    await rig.run(config(), { selection: { force: ['prepare'] } });
    const store = join(rig.runs, '.store', 'prepare');
    const aside = readdirSync(store).find((name) => name.includes('.'))!;
    const dead = JSON.stringify({
      id: 'x',
      pid: 2 ** 22 + 1,
      host: (await import('node:os')).hostname(),
      start: '',
      process: '',
    });
    writeFileSync(join(store, `${'0'.repeat(64)}.lock`), dead);
    mkdirSync(join(store, `.tmp-${'0'.repeat(16)}-01234567`));
    mkdirSync(join(store, `.tmp-${'1'.repeat(16)}-01234567`));
    const building = await acquireLock(join(store, `${'1'.repeat(64)}.lock`));
    const before = await report();
    assert.deepEqual(
      before.items.map(({ kind, path }) => [kind, basename(path)]),
      [
        ['leftover', `${'0'.repeat(64)}.lock`],
        ['leftover', `.tmp-${'0'.repeat(16)}-01234567`],
      ],
      'what was set aside just now may be in use',
    );
    await clean(['--yes']);
    assert.ok(building.ok);
    await building.release();
    assert.deepEqual(
      readdirSync(store)
        .filter((name) => !/^[0-9a-f]{64}$/.test(name))
        .sort(),
      [`.tmp-${'1'.repeat(16)}-01234567`, aside].sort(),
    );
  });

  test('removes weights of extractors that were not used lately, and downloads of them that nobody goes on with', async () => {
    const dir = join(rig.dir, 'cache', 'cyclegan-runner', 'extractors');
    mkdirSync(join(dir, '.downloading-a1'), { recursive: true });
    for (const name of ['used.whl', 'old.whl', 'graph.pb.part']) writeFileSync(join(dir, name), 'weights');
    for (const name of ['old.whl', 'graph.pb.part', '.downloading-a1']) utimesSync(join(dir, name), 1e9, 1e9);
    const names = async (...argv: string[]) => (await report(...argv)).items.map(({ path }) => basename(path)).sort();
    const downloading = await acquireLock(join(dir, 'used.whl.lock'));
    assert.ok(downloading.ok);
    assert.deepEqual(await names(), ['old.whl']);
    await downloading.release();
    assert.deepEqual(await names(), ['.downloading-a1', 'graph.pb.part', 'old.whl']);
    await markWeightsUsed(join(dir, 'old.whl'));
    assert.deepEqual(await names('--yes'), ['.downloading-a1', 'graph.pb.part']);
    assert.deepEqual(readdirSync(dir).sort(), ['old.whl', 'used.whl']);
    assert.match((await clean(['--keep-days', '0'])).out, /Weights of extractors not used lately/);
  });

  test('keeps weights that are used, and a download that goes on, while somebody reads what would be removed', async () => {
    const dir = join(rig.dir, 'cache', 'cyclegan-runner', 'extractors');
    mkdirSync(dir, { recursive: true });
    for (const name of ['old.whl', 'graph.pb.part']) {
      writeFileSync(join(dir, name), 'weights');
      utimesSync(join(dir, name), 1e9, 1e9);
    }
    const { items } = await findUnused({ runsRoot: join(rig.dir, 'runs') });
    const weights = items.filter(({ path }) => path.startsWith(dir));
    assert.equal(weights.length, 2);
    await markWeightsUsed(join(dir, 'old.whl'));
    const goingOn = await acquireLock(join(dir, 'graph.pb.lock'));
    assert.ok(goingOn.ok);
    const { kept, removed } = await removeUnused(weights);
    await goingOn.release();
    assert.deepEqual([kept.length, removed.length], [2, 0]);
    assert.deepEqual(readdirSync(dir).sort(), ['graph.pb.part', 'old.whl']);
  });

  test('removes hashes of images in folders that are gone', async () => {
    const gone = join(rig.dir, 'gone');
    const kept = new Map([['a.png', [1, 2, 'a'.repeat(64)] as const]]);
    for (const root of [rig.dir, gone]) await saveFacts(root, 'hashes', kept);
    const { items } = await report('--yes');
    assert.deepEqual(
      items.map(({ kind, what, removed }) => [kind, what, removed]),
      [['hashes', `hashes of the images in ${gone}`, true]],
    );
    assert.deepEqual([(await loadFacts(rig.dir, 'hashes')).size, (await loadFacts(gone, 'hashes')).size], [1, 0]);
  });

  test('removes hashes of images that were not used lately, whatever folder they are of', async () => {
    await saveFacts(rig.dir, 'hashes', new Map());
    const hashes = join(rig.dir, 'cache', 'cyclegan-runner', 'hashes');
    writeFileSync(join(hashes, 'damaged.jsonl'), '[2,');
    const age = () => readdirSync(hashes).forEach((name) => utimesSync(join(hashes, name), 1e9, 1e9));
    age();
    // To look them up is to use them.
    await loadFacts(rig.dir, 'hashes');
    assert.deepEqual(
      (await report()).items.map(({ what }) => what),
      ['hashes of the images in an unknown folder'],
    );
    age();
    assert.match(
      (await clean()).out,
      /^Remembered hashes of images {2}\S+ \S+\n +\S+ \S+ {2}hashes of the images in 2 folders: they are computed again when needed\n\n/,
    );
    assert.equal((await report('--yes')).items.length, 2);
    assert.deepEqual(readdirSync(hashes), []);
  });

  test('leaves a data set alone that a process holds, however long ago it took it', async () => {
    const folder = join(rig.dir, 'cache', 'cyclegan-runner', 'datasets', 'set-0123456789abcdef');
    mkdirSync(join(folder, 'files'), { recursive: true });
    const record = { name: 'set', url: null, sha256: 'x', bytes: 1, obtained: new Date(0).toISOString(), files: [] };
    writeFileSync(join(folder, 'record.json'), JSON.stringify(record));
    utimesSync(join(folder, 'record.json'), 0, 0);
    const { items } = await findUnused({ runsRoot: rig.runs });
    assert.equal(items.length, 1);
    const [entry] = await entries();
    assert.ok(await leaseUntilExit(entry!));
    assert.deepEqual((await report('--yes', '--datasets', '--keep-days', '0')).items, []);
    assert.deepEqual((await removeUnused(items)).kept, items);
    assert.ok(existsSync(folder));
  });

  test('lists data sets that were not used lately, and removes them only when told so', async () => {
    const library = join(rig.dir, 'cache', 'cyclegan-runner', 'datasets');
    const dataset = (name: string, days: number): string => {
      const folder = join(library, `${name}-0123456789abcdef`);
      mkdirSync(join(folder, 'files'), { recursive: true });
      const time = new Date(Date.now() - days * DAY);
      const record = { name, url: null, sha256: 'x', bytes: 1, obtained: time.toISOString(), files: [] };
      writeFileSync(join(folder, 'record.json'), JSON.stringify(record));
      utimesSync(join(folder, 'record.json'), time, time);
      return folder;
    };
    const [old, recent] = [dataset('old', 40), dataset('recent', 20)];
    const { out } = await clean(['--yes']);
    assert.match(
      out,
      /^Data sets not used lately {2}\d+ kB {2}stay, unless you add --datasets\n.* old, 0 files: [^]*\n\nEverything else is in use\.\n$/,
    );
    assert.deepEqual([old, recent].map(existsSync), [true, true]);
    // Looking at it was no use of it.
    const stays = (text: string) => /^1 data set .*$/m.exec(text)?.[0];
    assert.equal(stays(out), undefined);
    assert.match(
      stays((await clean(['--datasets'])).out)!,
      /^1 data set stays \(\d+ kB\): used in the last 30 days; .* add --keep-days 0\.$/,
    );
    const { items } = await report('--yes', '--datasets');
    assert.deepEqual(
      items.map(({ path, removed }) => [path, removed]),
      [[old, true]],
    );
    assert.deepEqual([old, recent].map(existsSync), [false, true]);
    await clean(['--yes', '--datasets', '--keep-days', '10']);
    assert.ok(!existsSync(recent));
    dataset('new', 0);
    assert.match(
      stays((await clean(['--datasets', '--keep-days', '0'])).out)!,
      /: in use, or used in the last hour\.$/,
    );
    assert.deepEqual((await report('--datasets', '--keep-days', '0')).items, [], 'in use, maybe');
  });

  test('removes downloads that nobody has gone on with, and half-unpacked archives, but not from under a process', async () => {
    const library = join(rig.dir, 'cache', 'cyclegan-runner', 'datasets');
    const download = (key: string, hours: number): string => {
      const folder = join(library, '.downloads', key);
      mkdirSync(folder, { recursive: true });
      const time = new Date(Date.now() - hours * 3_600_000);
      writeFileSync(join(folder, 'maps.zip.part'), 'PK');
      utimesSync(join(folder, 'maps.zip.part'), time, time);
      return folder;
    };
    const [old, recent, busy] = [download('a', 30), download('b', 2), download('c', 30)];
    const [dead, living] = ['d', 'c'].map((key) => join(library, '.tmp', `${key}-01234567`));
    for (const folder of [dead!, living!]) mkdirSync(folder, { recursive: true });
    const lock = await acquireLock(join(library, '.locks', 'c'));
    const { items } = await report('--yes');
    assert.deepEqual(
      items.map(({ kind, path, what }) => [kind, path, what]),
      [
        ['leftover', dead, 'a half-unpacked archive'],
        ['download', old, 'the beginning of maps.zip'],
      ],
    );
    assert.deepEqual([old, recent, busy, dead!, living!].map(existsSync), [false, true, true, false, true]);
    assert.ok(lock.ok);
    await lock.release();
  });

  test('reports an item that it cannot remove, and removes the others', async () => {
    const [stuck, other] = [await unused(1), await unused(2, 5)];
    // In place of a lock file.
    mkdirSync(`${stuck}.lock`);
    const { code, err } = await clean(['--yes']);
    assert.equal(code, 1);
    assert.match(err, /error: /);
    assert.ok(!existsSync(other));
    assert.ok(existsSync(stuck));
  });

  test('a wrong option is exit code 2', async () => {
    const wrong = [
      ['--keep-days', 'few'],
      ['--keep-days', '-1'],
      ['--store-limit', 'small'],
      ['--runs', ''],
    ];
    for (const argv of wrong) {
      const { code, err } = await clean(argv);
      assert.equal(code, 2, argv.join(' '));
      assert.match(err, new RegExp(`${argv[0]} takes a`));
    }
  });
});
