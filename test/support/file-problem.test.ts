import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fileProblem } from '../../src/support/file-problem.js';

test('a trouble of the file system is told with its path and a way out', async () => {
  const file = fileURLToPath(import.meta.url);
  const error: unknown = await readdir(file).catch((reason: unknown) => reason);
  const problem = fileProblem(error, 'The command');
  assert.equal(
    problem?.message,
    `The command could not go on: a folder was expected and something else is there (${file}).`,
  );
  assert.ok(problem.cure);
});

test('a bug stays a bug', () => {
  assert.equal(fileProblem(new TypeError('x is not a function'), 'The command'), undefined);
});
