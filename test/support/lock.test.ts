import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { acquireLock, adviceOnHolder, lockHolder } from '../../src/support/lock.js';

describe('a lock', () => {
  let dir: string;
  let path: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'lock-'));
    path = join(dir, 'lock');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
  const leave = (changes: object) => {
    const holder = {
      id: 'x',
      pid: dead,
      host: hostname(),
      start: '2020-01-01T00:00:00Z',
      process: 'boot/1',
      ...changes,
    };
    writeFileSync(path, JSON.stringify(holder));
  };

  test('is had by one, who is named, until it is given back', async () => {
    const first = await acquireLock(path);
    assert.ok(first.ok);
    const second = await acquireLock(path);
    assert.ok(!second.ok);
    assert.equal(second.holder.pid, process.pid);
    await first.release();
    assert.deepEqual(readdirSync(dir), []);
    assert.ok((await acquireLock(path)).ok);
  });

  test('that cannot be written, as on a full disk, leaves nothing behind', async (t) => {
    t.mock.method(fs.promises, 'writeFile', (file: string) => {
      writeFileSync(file, '');
      return Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    });
    syncBuiltinESMExports();
    t.after(() => {
      t.mock.restoreAll();
      syncBuiltinESMExports();
    });
    await assert.rejects(acquireLock(path), { code: 'ENOSPC' });
    assert.deepEqual(readdirSync(dir), []);
  });

  test('of several that come at once, one gets it', async () => {
    const attempts = await Promise.all(Array.from({ length: 20 }, () => acquireLock(path)));
    assert.equal(attempts.filter(({ ok }) => ok).length, 1);
  });

  test('of a dead process is taken over, by one of several', async () => {
    // Often, because what could go wrong is a matter of a moment.
    for (let round = 0; round < 15; round++) {
      leave({ id: `x${round}` });
      const attempts = await Promise.all(Array.from({ length: 20 }, () => acquireLock(path)));
      const [won, ...others] = attempts.filter(({ ok }) => ok);
      assert.ok(won?.ok && others.length === 0);
      assert.equal(won.tookOver?.id, `x${round}`);
      assert.deepEqual(readdirSync(dir), ['lock']);
      assert.equal((await lockHolder(path))?.pid, process.pid);
    }
  });

  test('of a process that died while taking over is taken over in turn', async () => {
    leave({});
    writeFileSync(`${path}.after-x`, readFileSync(path, 'utf8').replace('"x"', '"y"'));
    const attempt = await acquireLock(path);
    assert.ok(attempt.ok);
    assert.equal(attempt.tookOver?.id, 'y');
    assert.deepEqual(readdirSync(dir), ['lock']);
  });

  test('whose process number belongs to another process now is free', async () => {
    leave({ pid: process.pid });
    assert.ok((await acquireLock(path)).ok);
  });

  test('of another machine is respected: nobody can look whether its holder lives', async () => {
    leave({ host: 'elsewhere' });
    assert.ok(!(await acquireLock(path)).ok);
  });

  test('of another machine comes with advice for when that machine is gone', async () => {
    leave({ host: 'elsewhere' });
    const attempt = await acquireLock(path);
    assert.ok(!attempt.ok);
    assert.equal(
      adviceOnHolder(path, attempt.holder),
      `If elsewhere does not run it any more, remove the file ${path}.`,
    );
    assert.equal(adviceOnHolder(path, { ...attempt.holder, host: hostname() }), undefined);
  });

  test('that cannot be read is being written, unless it is old: then it is free', async () => {
    writeFileSync(path, '{"id":');
    assert.ok(!(await acquireLock(path)).ok);
    const before = new Date(Date.now() - 60_000);
    utimesSync(path, before, before);
    assert.ok((await acquireLock(path)).ok);
  });
});
