import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { cp, rename, rm, utimes } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Config } from '../../src/registry/config.js';
import { bytesOnDisk } from '../../src/pipeline/storage/disk-usage.js';
import { foldersIn, lastUse as lastUseOf, markUsed, storeEntries } from '../../src/pipeline/storage/store-entries.js';
import { acquireLease } from '../../src/support/leases.js';
import { fitStore, parseStoreLimit } from '../../src/pipeline/storage/store-limit.js';
import { removeEntry } from '../../src/pipeline/storage/remove-entry.js';
import { acquireLock } from '../../src/support/lock.js';
import { filesBelow, whatIsFlushed } from '../flushed.js';
import { config, Rig } from '../rig.js';

const DAY = 24 * 3_600_000;
const MB = 1_000_000;

/** An experiment with another preparation for each limit. */
const limited = (limit: number): Config => config({ dataset: { ...config().dataset, limit } });
const until = (stage: string) => ({ selection: { force: [], until: stage } });

/** A stage whose result depends on the images. */
function leaving(dir: string, images: number) {
  writeFileSync(join(dir, 'data.txt'), `${images}`);
  return { status: 'done' as const, outputs: {} };
}

describe('the store of shared results', () => {
  let rig: Rig;
  let seen: readonly string[];
  beforeEach(async () => {
    rig = await Rig.create();
    rig.stages({
      prepare: {
        run: ({ dir, earlier }) => {
          seen = earlier;
          writeFileSync(join(dir, 'data'), Buffer.alloc(MB, 1));
          return { status: 'done', outputs: {} };
        },
      },
    });
  });
  afterEach(() => rig.remove());

  /** Prepares for a run that is then deleted, so that no run needs the result. @returns the result's folder */
  async function prepare(limit: number, changes: Parameters<Rig['run']>[1] = {}): Promise<string> {
    const outcome = await rig.run(limited(limit), { ...until('prepare'), ...changes });
    assert.ok(outcome.status === 'done' || outcome.status === 'up-to-date', JSON.stringify(outcome));
    await rm(outcome.plan.runDir, { recursive: true, force: true });
    return outcome.stages[0]!.dir;
  }

  /** Sets a result's last use to that long ago. */
  function age(dir: string, milliseconds: number): void {
    const then = new Date(Date.now() - milliseconds);
    utimesSync(join(dir, 'stage.json'), then, then);
  }

  const lastUse = (dir: string) => Date.now() - statSync(join(dir, 'stage.json')).mtimeMs;
  const notes = (level: string) =>
    rig.events.flatMap((event) => (event.kind === 'note' && event.level === level ? [event.text] : []));

  describe('records the use of a result', () => {
    test('by a run that finds it up to date, and finds it intact afterwards', async () => {
      const dir = await prepare(1);
      age(dir, DAY);
      await rig.run(limited(1), until('prepare'));
      assert.equal(rig.reasons()['prepare'], 'skip: up to date');
      assert.ok(lastUse(dir) < DAY / 2);
    });

    test('by a run in which another stage runs', async () => {
      const dir = await prepare(1);
      age(dir, DAY);
      await rig.run(limited(1));
      assert.deepEqual(rig.ran, ['learn', 'judge']);
      assert.ok(lastUse(dir) < DAY / 2);
    });

    test('but not by a dry run', async () => {
      const dir = await prepare(1);
      age(dir, DAY);
      await rig.run(limited(1), { dryRun: true });
      assert.ok(lastUse(dir) > DAY / 2);
    });

    test('or, if the use cannot be written, counts it as used when it was built', async () => {
      const dir = join(rig.dir, 'without-a-record');
      mkdirSync(dir);
      const made = new Date(Date.now() - DAY);
      utimesSync(dir, made, made);
      await markUsed(dir);
      assert.ok(Math.abs((await lastUseOf(dir))! - made.getTime()) < 1000);
      assert.deepEqual(readdirSync(dir), [], 'nothing is made up');
      assert.equal(await lastUseOf(join(rig.dir, 'not-there')), undefined);
    });
  });

  describe('lists its results', () => {
    test('with their folders, the least recently used first, and ignores other names', async () => {
      const [a, b, c] = [await prepare(1), await prepare(2), await prepare(3)];
      age(a, 2 * DAY);
      age(b, 3 * DAY);
      age(c, DAY);
      mkdirSync(`${a}.not-its-name`);
      const entries = await storeEntries(rig.runs);
      assert.deepEqual(
        entries.map(({ dir }) => dir),
        [b, a, c],
      );
      for (const { dir, name, type, fingerprint, setAside, record } of entries) {
        assert.deepEqual([name, type], [`.store/prepare/${basename(dir)}`, 'prepare']);
        assert.deepEqual([fingerprint, setAside, record?.fingerprint], [basename(dir), false, basename(dir)]);
      }
    });

    test('and counts one that was set aside as used at that time, or later', async () => {
      const dir = await prepare(1);
      age(dir, DAY);
      const aside = `${dir}.01234567`;
      await rename(dir, aside);
      const since = statSync(aside).ctimeMs;
      const only = async () => {
        const [entry, ...more] = await storeEntries(rig.runs);
        assert.deepEqual([more, entry!.setAside, entry!.fingerprint], [[], true, basename(dir)]);
        return entry!.lastUsed;
      };
      assert.equal(await only(), since);
      // Whole seconds: file systems and Node round fractions.
      const later = new Date(1000 * Math.round((since + DAY) / 1000));
      utimesSync(join(aside, 'stage.json'), later, later);
      assert.equal(await only(), later.getTime());
      await rm(join(aside, 'stage.json'));
      // That has changed the folder's ctime.
      assert.equal(await only(), statSync(aside).ctimeMs);
    });

    test('and is empty if there is no store, or a file in its place', async () => {
      const runs = join(rig.dir, 'other');
      assert.deepEqual(await storeEntries(runs), []);
      mkdirSync(runs);
      writeFileSync(join(runs, '.store'), '');
      assert.deepEqual(await storeEntries(runs), []);
      const unreadable = foldersIn(join(rig.dir, 'x'.repeat(300)));
      await assert.rejects(unreadable, { code: 'ENAMETOOLONG' }, 'what cannot be read is no empty folder');
    });
  });

  test('flushes every file of a result to the disk before it publishes it', async () => {
    rig.stages({
      prepare: {
        run: ({ dir }) => {
          mkdirSync(join(dir, 'images', 'A'), { recursive: true });
          for (const file of ['data', 'images/A/1']) writeFileSync(join(dir, file), 'x');
          return { status: 'done', outputs: {} };
        },
      },
    });
    const published = () =>
      readdirSync(join(rig.runs, '.store', 'prepare')).some((name) => /^[0-9a-f]{64}$/.test(name));
    let dir = '';
    const flushed = await whatIsFlushed(
      async () => (dir = await prepare(1)),
      () => !published(),
    );
    const names = filesBelow(dir).map((file) => relative(dir, file));
    assert.deepEqual(names.sort(), ['data', 'images/A/1', 'stage.json']);
    for (const name of names) assert.ok(flushed.hasWhile(join(dir, name)), `${name} is flushed before the rename`);
  });

  describe('gives a stage its earlier results', () => {
    test('the newest first, eight at most', async () => {
      const dirs: string[] = [];
      for (let limit = 1; limit <= 10; limit++) dirs.push(await prepare(limit));
      assert.deepEqual(seen, dirs.slice(1, 9).reverse());
    });

    test('but none that is unfinished, damaged, set aside or of its own fingerprint', async () => {
      const [broken, whole, forced] = [await prepare(1), await prepare(2), await prepare(3)];
      writeFileSync(join(broken, 'data'), 'cut');
      mkdirSync(join(dirname(broken), 'f'.repeat(64)));
      await prepare(3, { selection: { force: ['prepare'], until: 'prepare' } });
      assert.deepEqual(seen, [whole]);
      await prepare(4);
      assert.deepEqual(seen, [forced, whole]);
    });

    test('and keeps them while the stage runs', async () => {
      const old = await prepare(1);
      age(old, DAY);
      let during: unknown;
      rig.stages({
        prepare: {
          run: async ({ earlier }) => {
            await fitStore(rig.runs, 0);
            during = earlier.map((dir) => existsSync(join(dir, 'data')));
            return { status: 'done', outputs: {} };
          },
        },
      });
      await prepare(2);
      assert.deepEqual(during, [true]);
      await fitStore(rig.runs, 0);
      assert.ok(!existsSync(old), 'afterwards it can go');
    });
  });

  describe('is kept below its limit', () => {
    test('by removing the least recently used first, with a note', async () => {
      const [a, b, c] = [await prepare(1), await prepare(2), await prepare(3)];
      age(a, 2 * DAY);
      age(b, 3 * DAY);
      age(c, DAY);
      const d = await prepare(4, { storeLimit: 3.5 * MB });
      assert.deepEqual([a, b, c, d].map(existsSync), [true, false, true, true]);
      const [note, ...more] = notes('info');
      assert.deepEqual(more, []);
      const day = new Date(Date.now() - 3 * DAY).toISOString().slice(0, 10);
      const what = `prepare/${basename(b).slice(0, 8)} (1 MB, last used ${day})`;
      assert.ok(note!.includes(`removed ${what}, 1 MB in all`), note);
      assert.deepEqual(notes('warning'), []);
    });

    test('but keeps results that a run needs to resume, directly or through other shared stages, until its own are set aside', async () => {
      let images = 1;
      rig.stages({
        prepare: { identity: () => Promise.resolve({ images }), run: ({ dir }) => leaving(dir, images) },
        refine: {
          scope: 'shared',
          reads: ['dataset.limit'],
          consumes: ['data'],
          provides: 'finer',
          run: ({ dir }) => leaving(dir, images),
        },
        learn: { consumes: ['finer'], provides: 'networks' },
      });
      const stages = {
        prepare: { type: 'prepare', needs: [] },
        refine: { type: 'refine', needs: ['prepare'] },
        learn: { type: 'learn', needs: ['refine'] },
      };
      await rig.run(config({ stages }));
      const entries = await storeEntries(rig.runs);
      for (const { dir } of entries) age(dir, DAY);
      await fitStore(rig.runs, 0);
      assert.deepEqual(
        entries.map(({ dir }) => existsSync(dir)),
        [true, true],
      );
      images = 2;
      await rig.run(config({ stages }));
      assert.equal(rig.event('set-aside').stage, 'learn');
      for (const { dir } of await storeEntries(rig.runs)) age(dir, DAY);
      await fitStore(rig.runs, 0);
      assert.ok(entries.every(({ dir }) => !existsSync(dir)));
      assert.equal((await rig.run(config({ stages }))).status, 'up-to-date');
    });

    test('but keeps the latest result that a run has prepared and not consumed yet', async () => {
      let images = 1;
      const identity = () => Promise.resolve({ images });
      rig.stages({ prepare: { identity, run: () => ({ status: 'done', outputs: {} }) } });
      await rig.run(config(), until('prepare'));
      images = 2;
      await rig.run(config(), until('prepare'));
      const entries = await storeEntries(rig.runs);
      for (const { dir } of entries) age(dir, DAY);
      await fitStore(rig.runs, 0);
      const left = await storeEntries(rig.runs);
      assert.deepEqual([entries.length, left.map(({ record }) => record?.parts.files)], [2, [{ images: 2 }]]);
    });

    test('but keeps results used in the last hour, and the one just built', async () => {
      const old = await prepare(1);
      age(old, 50 * 60_000);
      const built = await prepare(2, { storeLimit: 0 });
      assert.ok(existsSync(old) && existsSync(built));
      const [warning] = notes('warning');
      assert.match(
        warning!,
        /^runs\/\.store holds 2 MB, more than its limit of 0 bytes .*in use: prepare\/.{8} \(1 MB, /,
      );
      assert.match(warning!, /`runner clean`/);
    });

    test('but keeps results that a process has locked or leased', async () => {
      const [locked, held] = [await prepare(1), await prepare(2)];
      age(locked, DAY);
      age(held, DAY);
      const lock = await acquireLock(`${locked}.lock`);
      const release = await acquireLease(held);
      await fitStore(rig.runs, 0);
      assert.ok(existsSync(locked), 'locked');
      assert.ok(existsSync(held), 'held');
      assert.ok(lock.ok);
      await lock.release();
      await release();
      await fitStore(rig.runs, 0);
      assert.deepEqual([locked, held].map(existsSync), [false, false]);
      assert.deepEqual(readdirSync(dirname(held)), [], 'nothing is left of them');
    });

    test('but keeps the results of a running run that none of its stages has consumed yet', async () => {
      let dir = '';
      rig.stages({
        prepare: { run: (context) => ((dir = context.dir), { status: 'done', outputs: {} }) },
        other: {
          scope: 'shared',
          run: async () => {
            dir = (await storeEntries(rig.runs))[0]!.dir;
            age(dir, DAY);
            await fitStore(rig.runs, 0);
            return { status: 'done', outputs: { kept: existsSync(dir) } };
          },
        },
      });
      const { prepare, learn } = config().stages;
      const stages = { prepare: prepare!, other: { type: 'other', needs: ['prepare'] }, learn: learn! };
      await rig.run(config({ stages }));
      assert.deepEqual(rig.ran, ['prepare', 'other', 'learn']);
      assert.ok(existsSync(dir));
    });

    test('but keeps a result that is marked as used during its removal', async () => {
      const dir = await prepare(1);
      const aside = `${dir}.copy`;
      await cp(dir, aside, { recursive: true });
      const [entry] = await storeEntries(rig.runs);
      for (let turns = 0; turns < 60; turns++) {
        if (!existsSync(dir)) await cp(aside, dir, { recursive: true });
        age(dir, DAY);
        const mark = async () => {
          // At ever later points of the removal.
          for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
          const now = new Date();
          return utimes(join(dir, 'stage.json'), now, now).then(
            () => true,
            () => false,
          );
        };
        const [end, marked] = await Promise.all([removeEntry(entry!), mark()]);
        assert.equal(existsSync(join(dir, 'data')), end === 'kept');
        if (marked) assert.equal(end, 'kept', `marked after ${turns} turns`);
      }
    });

    test('and a run whose result was removed rebuilds it', async () => {
      const dir = await prepare(1);
      rig.stages({
        first: {
          scope: 'shared',
          run: async () => {
            await rename(dir, `${dir}.00000000`);
            return { status: 'done', outputs: {} };
          },
        },
      });
      const stages = { first: { type: 'first', needs: [] }, ...config().stages };
      const outcome = await rig.run({ ...limited(1), stages });
      assert.equal(outcome.status, 'done');
      assert.deepEqual(rig.ran, ['first', 'prepare', 'learn', 'judge']);
    });

    test('by removing leftovers of dead processes first', async () => {
      const dir = await prepare(1);
      age(dir, DAY);
      const left = join(dirname(dir), '.tmp-0123456789abcdef-01234567');
      mkdirSync(left);
      writeFileSync(join(left, 'data'), Buffer.alloc(MB));
      await fitStore(rig.runs, 1.5 * MB);
      assert.deepEqual([dir, left].map(existsSync), [true, false]);
    });
  });

  test('has a limit that is a size or none', () => {
    const limitOf = (text?: string) => {
      const parsed = parseStoreLimit(text);
      return parsed.ok ? parsed.value : parsed.problems[0]!.message;
    };
    assert.deepEqual([limitOf(), limitOf('50GB'), limitOf('none')], [100e9, 50e9, Infinity]);
    assert.equal(limitOf('lots'), 'RUNNER_STORE_LIMIT takes a size such as 50GB, or none for no limit; found "lots".');
  });

  test('counts the disk usage of files, without the targets of links', async () => {
    const dir = await prepare(1);
    const bytes = await bytesOnDisk(dir);
    assert.ok(bytes >= MB && bytes < 1.1 * MB, String(bytes));
    assert.equal(await bytesOnDisk(join(dir, 'nothing')), 0);
  });
});
