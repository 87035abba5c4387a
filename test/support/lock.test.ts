import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { lifeSocketPath, openLifeSocket } from '#setup/life-socket.mjs';
import { bootOf, pidNamespace, processIdentity } from '#setup/process-identity.mjs';
import { acquireLock, adviceOnHolder, lockHolder } from '../../src/support/lock.js';

describe('a lock', () => {
  let dir: string;
  let path: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'lock-'));
    path = join(dir, 'lock');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  /** Without the sockets of held locks, which exist in containers. */
  const lasting = () => readdirSync(dir).filter((name) => !name.endsWith('.life'));

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

  test('has one holder, which is reported, until it is released', async () => {
    const first = await acquireLock(path);
    assert.ok(first.ok);
    const second = await acquireLock(path);
    assert.ok(!second.ok);
    assert.equal(second.holder.pid, process.pid);
    await first.release();
    assert.deepEqual(readdirSync(dir), []);
    assert.ok((await acquireLock(path)).ok);
  });

  test('leaves nothing behind if it cannot be written, as on a full disk', async (t) => {
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

  test('is acquired by one of several processes at once', async () => {
    const attempts = await Promise.all(Array.from({ length: 20 }, () => acquireLock(path)));
    assert.equal(attempts.filter(({ ok }) => ok).length, 1);
  });

  test('is taken over from a dead process, by one of several', async () => {
    // Repeated, because a race lasts only a moment.
    for (let round = 0; round < 15; round++) {
      leave({ id: `x${round}` });
      const attempts = await Promise.all(Array.from({ length: 20 }, () => acquireLock(path)));
      const [won, ...others] = attempts.filter(({ ok }) => ok);
      assert.ok(won?.ok && others.length === 0);
      assert.equal(won.tookOver?.id, `x${round}`);
      assert.deepEqual(lasting(), ['lock']);
      assert.equal((await lockHolder(path))?.pid, process.pid);
    }
  });

  test('is taken over from a process that died while taking over', async () => {
    leave({});
    writeFileSync(`${path}.after-x`, readFileSync(path, 'utf8').replace('"x"', '"y"'));
    const attempt = await acquireLock(path);
    assert.ok(attempt.ok);
    assert.equal(attempt.tookOver?.id, 'y');
    assert.deepEqual(lasting(), ['lock']);
  });

  test('is free if its process id now belongs to another process', async () => {
    leave({ pid: process.pid });
    assert.ok((await acquireLock(path)).ok);
  });

  test('is respected if its holder is on another machine, where it cannot be checked', async () => {
    leave({ host: 'elsewhere' });
    assert.ok(!(await acquireLock(path)).ok);
  });

  test('comes with advice if its holder is on another machine', async () => {
    leave({ host: 'elsewhere' });
    const attempt = await acquireLock(path);
    assert.ok(!attempt.ok);
    assert.equal(
      adviceOnHolder(path, attempt.holder),
      `If elsewhere does not run it any more, remove the file ${path}.`,
    );
    assert.equal(adviceOnHolder(path, { ...attempt.holder, host: hostname() }), undefined);
  });

  const me = processIdentity(process.pid)!;
  const boot = bootOf(me)!;
  /** The holder is in a container whose processes are not visible here. */
  const other = { host: 'elsewhere', process: `${boot}/1`, namespace: 'pid:[1]' };

  test('is taken over from a dead process of this machine, even if the host name changed', async () => {
    for (const namespace of [pidNamespace(), undefined]) {
      leave({ host: 'elsewhere', process: `${boot}/1`, namespace });
      const attempt = await acquireLock(path);
      assert.ok(attempt.ok && attempt.tookOver?.host === 'elsewhere');
      await attempt.release();
    }
  });

  test('is respected if its process lives on this machine, even if the host name changed', async () => {
    leave({ host: 'elsewhere', pid: process.pid, process: me, namespace: pidNamespace() });
    const attempt = await acquireLock(path);
    assert.ok(!attempt.ok);
    assert.equal(adviceOnHolder(path, attempt.holder), undefined);
  });

  test('is respected while its process lives in another container of this machine, and then taken over', async () => {
    const life = lifeSocketPath(path, 'x');
    const lib = import.meta.resolve('#setup/life-socket.mjs');
    const program = `const { openLifeSocket } = await import(${JSON.stringify(lib)});
      await openLifeSocket(${JSON.stringify(life)}); console.log('open'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 2] });
    await once(holder.stdout!, 'data');
    leave(other);
    holder.kill('SIGSTOP');
    for (let i = 0; i < 3; i++) assert.ok(!(await acquireLock(path)).ok);
    holder.kill('SIGKILL');
    await once(holder, 'close');
    const attempt = await acquireLock(path);
    assert.ok(attempt.ok && attempt.tookOver?.namespace === 'pid:[1]');
    await attempt.release();
    assert.deepEqual(readdirSync(dir), []);
  });

  const unshare = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child'];
  const cannot = spawnSync(unshare[0]!, [...unshare.slice(1), 'true']).status !== 0 && 'no namespaces can be made here';

  test('is respected while a process in its own PID namespace holds it', { skip: cannot }, async (t) => {
    const lib = new URL('../../src/support/lock.js', import.meta.url).href;
    const program = `const { acquireLock } = await import(${JSON.stringify(lib)});
      await acquireLock(${JSON.stringify(path)}); console.log('taken'); setInterval(() => {}, 1000);`;
    const command = [...unshare.slice(1), process.execPath, '--input-type=module', '-e', program];
    const holder = spawn(unshare[0]!, command, { stdio: ['ignore', 'pipe', 2] });
    t.after(() => holder.kill('SIGKILL'));
    await once(holder.stdout!, 'data');
    assert.ok(!(await acquireLock(path)).ok);
    holder.kill('SIGKILL');
    await once(holder, 'close');
    const attempt = await acquireLock(path);
    assert.ok(attempt.ok && attempt.tookOver?.id !== undefined);
    await attempt.release();
    assert.deepEqual(readdirSync(dir), []);
  });

  test('is respected, with advice, if its holder is in another container and cannot be checked', async () => {
    leave({ ...other, pid: process.pid });
    const attempt = await acquireLock(path);
    assert.ok(!attempt.ok);
    assert.match(adviceOnHolder(path, attempt.holder)!, /^If elsewhere does not run it any more, remove the file /);
  });

  test('has a socket that is removed when closed, even at a long path', async () => {
    const deep = join(dir, 'x'.repeat(150), 'y'.repeat(150), 'lock');
    const life = await openLifeSocket(lifeSocketPath(deep, 'abcdefabcdef'));
    assert.ok(life !== undefined);
    assert.deepEqual(readdirSync(join(deep, '..')), ['.abcdefabcdef.life']);
    life.close();
    assert.deepEqual(readdirSync(join(deep, '..')), []);
  });

  test('counts as being written if it cannot be read, and as free if it is also old', async () => {
    writeFileSync(path, '{"id":');
    assert.ok(!(await acquireLock(path)).ok);
    const before = new Date(Date.now() - 60_000);
    utimesSync(path, before, before);
    assert.ok((await acquireLock(path)).ok);
  });
});
