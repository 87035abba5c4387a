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

  /** Without the sockets of locks that are held, which there are in containers. */
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
      assert.deepEqual(lasting(), ['lock']);
      assert.equal((await lockHolder(path))?.pid, process.pid);
    }
  });

  test('of a process that died while taking over is taken over in turn', async () => {
    leave({});
    writeFileSync(`${path}.after-x`, readFileSync(path, 'utf8').replace('"x"', '"y"'));
    const attempt = await acquireLock(path);
    assert.ok(attempt.ok);
    assert.equal(attempt.tookOver?.id, 'y');
    assert.deepEqual(lasting(), ['lock']);
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

  const me = processIdentity(process.pid)!;
  const boot = bootOf(me)!;
  /** Of a container whose processes cannot be seen from here. */
  const other = { host: 'elsewhere', process: `${boot}/1`, namespace: 'pid:[1]' };

  test('of a dead process of this machine is taken over, whatever the host was called then', async () => {
    for (const namespace of [pidNamespace(), undefined]) {
      leave({ host: 'elsewhere', process: `${boot}/1`, namespace });
      const attempt = await acquireLock(path);
      assert.ok(attempt.ok && attempt.tookOver?.host === 'elsewhere');
      await attempt.release();
    }
  });

  test('of a living process of this machine is respected, whatever the host was called then', async () => {
    leave({ host: 'elsewhere', pid: process.pid, process: me, namespace: pidNamespace() });
    const attempt = await acquireLock(path);
    assert.ok(!attempt.ok);
    assert.equal(adviceOnHolder(path, attempt.holder), undefined);
  });

  test('of a process in another container of this machine is respected while that lives, and taken over then', async () => {
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

  test('that a process took in a container of its own is respected while that lives', { skip: cannot }, async (t) => {
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

  test('of another container is respected, with advice, where nothing tells whether its process lives', async () => {
    leave({ ...other, pid: process.pid });
    const attempt = await acquireLock(path);
    assert.ok(!attempt.ok);
    assert.match(adviceOnHolder(path, attempt.holder)!, /^If elsewhere does not run it any more, remove the file /);
  });

  test('has a socket that is gone when it is closed, also where the way to it is long', async () => {
    const deep = join(dir, 'x'.repeat(150), 'y'.repeat(150), 'lock');
    const life = await openLifeSocket(lifeSocketPath(deep, 'abcdefabcdef'));
    assert.ok(life !== undefined);
    assert.deepEqual(readdirSync(join(deep, '..')), ['.abcdefabcdef.life']);
    life.close();
    assert.deepEqual(readdirSync(join(deep, '..')), []);
  });

  test('that cannot be read is being written, unless it is old: then it is free', async () => {
    writeFileSync(path, '{"id":');
    assert.ok(!(await acquireLock(path)).ok);
    const before = new Date(Date.now() - 60_000);
    utimesSync(path, before, before);
    assert.ok((await acquireLock(path)).ok);
  });
});
