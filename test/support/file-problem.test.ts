import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { diskFullCode } from '../../src/support/disk-full.js';
import { fileProblem } from '../../src/support/file-problem.js';

test('an error of the file system is reported with its path and a cure', async () => {
  const file = fileURLToPath(import.meta.url);
  const error: unknown = await readdir(file).catch((reason: unknown) => reason);
  const problem = fileProblem(error, 'The command');
  assert.equal(
    problem?.message,
    `The command could not go on: a folder was expected and something else is there (${file}).`,
  );
  assert.ok(problem.cure);
});

test('a bug is not a problem of the file system', () => {
  assert.equal(fileProblem(new TypeError('x is not a function'), 'The command'), undefined);
});

test('a full disk is recognised by the file system’s code and by TensorFlow’s message', () => {
  for (const [code, words] of Object.entries({ ENOSPC: 'No space left on device', EDQUOT: 'Disk quota exceeded' })) {
    const native = new Error(`Session fail to run with error: /x/variables.data; ${words}`);
    for (const error of [Object.assign(new Error('write'), { code }), native]) {
      assert.equal(diskFullCode(error), code);
      assert.equal(fileProblem(error, 'The command')?.code, 'disk-full');
    }
  }
  assert.equal(diskFullCode(Object.assign(new Error('read'), { code: 'EIO' })), undefined);
  assert.equal(diskFullCode(new Error('There is space')), undefined);
});
