import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Rig } from './rig.js';

const nobody = 2 ** 22 + 1;

test('of two set-ups at once, the second waits, says so, and does nothing twice', async (t) => {
  const rig = new Rig(t);
  rig.givePython('sleep 1');
  const first = rig.start();
  while (!first.stderr().includes('downloading')) await sleep(20);
  const second = rig.start();
  const [one, two] = await Promise.all([first.ended, second.ended]);
  assert.deepEqual([one.code, two.code], [0, 0]);
  assert.match(two.stderr, new RegExp(`another set-up \\(process ${first.child.pid}.*waiting`));
  assert.deepEqual(rig.calls(), ['pip', 'unpack', 'g++', 'g++']);
});

test('the lock of a set-up that has died is taken over', (t) => {
  const rig = new Rig(t);
  const lock = rig.lock(nobody);
  const { code, stderr } = rig.run();
  assert.equal(code, 0, stderr);
  assert.match(stderr, new RegExp(`process ${nobody}\\) was cut off; this one takes over`));
  assert.ok(!existsSync(lock));
});

test('a lock held on another computer is waited for, and the file to remove is named', async (t) => {
  const rig = new Rig(t);
  const lock = rig.lock(nobody, 'elsewhere');
  const waiting = rig.start();
  while (!waiting.stderr().includes('remove ')) await sleep(20);
  assert.ok(waiting.stderr().includes(`if elsewhere is no longer running it, remove ${lock}`));
  rmSync(lock);
  assert.equal((await waiting.ended).code, 0);
});

test('a set-up that was killed is finished by the next one', async (t) => {
  const rig = new Rig(t);
  rig.giveCompiler('g++', 'sleep 1');
  const cut = rig.start();
  while (!cut.stderr().includes('compiling')) await sleep(20);
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
  const { child, ended, stderr } = rig.start();
  while (!stderr().includes('downloading')) await sleep(20);
  child.kill('SIGINT');
  assert.equal((await ended).code, 130);
  assert.ok(!existsSync(join(rig.cache, 'setup.lock')));
  rig.givePython();
  assert.equal(rig.run().code, 0);
});
