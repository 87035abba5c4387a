import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { lifeSocketPath } from '#setup/life-socket.mjs';
import { bootOf, processIdentity } from '#setup/process-identity.mjs';
import { Rig } from './rig.js';

const nobody = 2 ** 22 + 1;
const boot = bootOf(processIdentity(process.pid)!)!;

test('of two set-ups at once, the second waits, reports it, and repeats nothing', async (t) => {
  const rig = new Rig(t);
  rig.givePython('sleep 1');
  const first = rig.start();
  await first.said('downloading');
  const second = rig.start();
  const [one, two] = await Promise.all([first.ended, second.ended]);
  assert.deepEqual([one.code, two.code], [0, 0]);
  assert.match(two.stderr, new RegExp(`another set-up \\(process ${first.child.pid}.*waiting`));
  assert.deepEqual(rig.calls(), ['pip', 'unpack', 'g++', 'g++']);
});

test('the lock of a set-up that has died is taken over', (t) => {
  const rig = new Rig(t);
  const lock = rig.lock({ pid: nobody });
  const { code, stderr } = rig.run();
  assert.equal(code, 0, stderr);
  assert.match(stderr, new RegExp(`process ${nobody}\\) was cut off; this one takes over`));
  assert.ok(!existsSync(lock));
});

test('a lock whose process id now belongs to another process is taken over', (t) => {
  const rig = new Rig(t);
  rig.lock({ pid: process.pid, identity: 'another boot/1' });
  const { code, stderr } = rig.run();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /takes over/);
});

test('a lock whose set-up was killed is held as long as the program that it ran still writes', async (t) => {
  const rig = new Rig(t);
  const npm = spawn('sleep', ['1000']);
  t.after(() => npm.kill('SIGKILL'));
  const child = { pid: npm.pid!, process: processIdentity(npm.pid!)! };
  rig.lock({ pid: nobody, identity: 'boot/1' }, { child });
  const waiting = rig.start();
  await waiting.said('waiting for it');
  npm.kill();
  const { code, stderr } = await waiting.ended;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /takes over/);
});

test('the lock of a set-up of an older version is waited for while that lives, and taken over then', async (t) => {
  const rig = new Rig(t);
  const older = spawn('sleep', ['1000']);
  t.after(() => older.kill('SIGKILL'));
  const lock = rig.olderLock({ pid: older.pid!, identity: processIdentity(older.pid!)! });
  const waiting = rig.start();
  await waiting.said(`another set-up (process ${older.pid}, since 2020-01-01T00:00:00.000Z) is at work`);
  older.kill();
  const { code, stderr } = await waiting.ended;
  assert.equal(code, 0, stderr);
  assert.match(stderr, new RegExp(`process ${older.pid}\\) was cut off; this one takes over`));
  assert.ok(!existsSync(lock));
});

test('the lock of a set-up in another container of this machine is taken over when that ends', async (t) => {
  const rig = new Rig(t);
  const lock = rig.lock(
    { pid: nobody, identity: `${boot}/1`, namespace: 'pid:[1]' },
    { id: 'c0ffee', host: 'elsewhere' },
  );
  const program = `const { openLifeSocket } = await import(${JSON.stringify(import.meta.resolve('#setup/life-socket.mjs'))});
    await openLifeSocket(${JSON.stringify(lifeSocketPath(lock, 'c0ffee'))}); console.log('open'); setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 2] });
  t.after(() => other.kill('SIGKILL'));
  await once(other.stdout!, 'data');
  const waiting = rig.start();
  await waiting.said(`if elsewhere is no longer running it, remove ${lock}`);
  other.kill('SIGKILL');
  const { code, stderr } = await waiting.ended;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /was cut off; this one takes over/);
  assert.deepEqual(readdirSync(rig.cache), ['engines']);
});

test('a lock that a power cut left empty or cut off is taken over', (t) => {
  for (const text of ['', '{"id":"x","proc', 'null', '{"id":"../x"}']) {
    const rig = new Rig(t);
    const lock = rig.lock({ pid: nobody });
    writeFileSync(lock, text);
    utimesSync(lock, 1, 1);
    const { code, stderr } = rig.run();
    assert.equal(code, 0, stderr);
    assert.match(stderr, /a lock that cannot be read; this one takes over/);
    assert.deepEqual(readdirSync(rig.cache), ['engines']);
  }
});

test('a lock that is just being written is not taken over', async (t) => {
  const rig = new Rig(t);
  const lock = rig.lock({ pid: nobody });
  writeFileSync(lock, '');
  const waiting = rig.start();
  await sleep(1000);
  rig.lock({ pid: nobody }, { host: 'elsewhere' });
  await waiting.said('remove ');
  rmSync(lock);
  const { code, stderr } = await waiting.ended;
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /takes over/);
});

test('of two that find a dead lock, the one that claimed it first has it', async (t) => {
  const rig = new Rig(t);
  const lock = rig.lock({ pid: nobody });
  rig.lock({ pid: nobody }, { id: 'y', host: 'elsewhere', file: 'setup.lock.after-x' });
  const waiting = rig.start();
  await waiting.said('waiting for it');
  assert.ok(existsSync(lock));
  rmSync(lock);
  const { code, stderr } = await waiting.ended;
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /takes over/);
});

test('a set-up that died while it took over is succeeded, and nothing of it is left', (t) => {
  const rig = new Rig(t);
  rig.lock({ pid: nobody });
  rig.lock({ pid: nobody, identity: 'y' }, { id: 'y', file: 'setup.lock.after-x' });
  const { code, stderr } = rig.run();
  assert.equal(code, 0, stderr);
  assert.deepEqual(readdirSync(rig.cache), ['engines']);
});

test('after a long wait for a process that lives, the file to remove is named', async (t) => {
  const rig = new Rig(t);
  const source = readFileSync(join(rig.root, 'setup/lock.mjs'), 'utf8');
  rig.write('setup/lock.mjs', source.replace(/LONG_MS = .*;/, 'LONG_MS = 0;'));
  const lock = rig.lock({ pid: process.pid });
  const waiting = rig.start();
  await waiting.said('remove ');
  assert.ok(waiting.stderr().includes(`still waiting for process ${process.pid}`));
  assert.ok(waiting.stderr().includes(`remove ${lock}`));
  rmSync(lock);
  assert.equal((await waiting.ended).code, 0);
});

test('a lock held on another computer is waited for, and the file to remove is named', async (t) => {
  const rig = new Rig(t);
  const lock = rig.lock({ pid: nobody }, { host: 'elsewhere' });
  const waiting = rig.start();
  await waiting.said('remove ');
  assert.ok(waiting.stderr().includes(`if elsewhere is no longer running it, remove ${lock}`));
  rmSync(lock);
  assert.equal((await waiting.ended).code, 0);
});

test('a set-up that was killed is finished by the next one', async (t) => {
  const rig = new Rig(t);
  rig.giveCompiler('g++', 'sleep 1');
  const cut = rig.start();
  await cut.said('compiling');
  cut.child.kill('SIGKILL');
  await once(cut.child, 'exit');
  rig.giveCompiler('g++');
  const { code, stderr } = rig.run();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /takes over/);
  assert.match(stderr, /was downloaded before/);
  assert.equal(rig.calls().filter((call) => call === 'pip').length, 1);
});

test('Ctrl-C leaves no lock behind', async (t) => {
  const rig = new Rig(t);
  rig.givePython('sleep 5');
  const { child, ended, said } = rig.start();
  await said('downloading');
  child.kill('SIGINT');
  assert.equal((await ended).code, 130);
  assert.ok(!existsSync(join(rig.cache, 'setup.lock')));
  rig.givePython();
  assert.equal(rig.run().code, 0);
});

test('a lock of a dead set-up of this machine is taken over, whatever the host was called then', (t) => {
  const rig = new Rig(t);
  const lock = rig.lock({ pid: nobody, identity: `${boot}/1` }, { host: 'elsewhere' });
  const { code, stderr } = rig.run();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /was cut off; this one takes over/);
  assert.ok(!existsSync(lock));
});
