import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { makeFolder, writeFileAtomic } from '../../src/support/files.js';
import { whatIsFlushed } from '../flushed.js';

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'files-'));
  t.after(() => rmSync(dir, { recursive: true }));
  return dir;
}

test('a folder is created with its parents, by several callers at once, and may exist', async (t) => {
  const dir = join(folder(t), 'a', 'b', 'c');
  await Promise.all([makeFolder(dir), makeFolder(dir), makeFolder(`${dir}/`)]);
  await makeFolder(dir);
  assert.ok(statSync(dir).isDirectory());
});

test('a file in place of a folder is reported', async (t) => {
  const file = join(folder(t), 'file');
  writeFileSync(file, '');
  for (const path of [file, join(file, 'a', 'b')]) {
    await assert.rejects(makeFolder(path), { code: 'EEXIST', path: file });
  }
});

// Node's recursive mkdir loops forever there.
test('a path where no folder can be created is reported', async () => {
  if (!existsSync('/proc/self')) return;
  for (const attempt of [() => makeFolder('/proc/nope/a/b'), () => writeFileAtomic('/proc/nope/a/file', '')]) {
    await assert.rejects(attempt, { code: 'ENOENT', syscall: 'mkdir', path: '/proc/nope' });
  }
});

test('a file is flushed to the disk before it replaces the old one', async (t) => {
  const path = join(folder(t), 'file');
  writeFileSync(path, 'old');
  const flushed = await whatIsFlushed(
    () => writeFileAtomic(path, 'new'),
    () => readFileSync(path, 'utf8') === 'old',
  );
  assert.equal(readFileSync(path, 'utf8'), 'new');
  assert.ok(flushed.hasWhile(path));
});
