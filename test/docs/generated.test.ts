import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const sources = fileURLToPath(new URL('../../src/', import.meta.url));

test('docs/reference.md and the tables of docs/migration.md are what the sources say', async () => {
  const check = ['scripts/docs.mjs', '--check', '--from', sources];
  // It names what is stale.
  await assert.doesNotReject(promisify(execFile)(process.execPath, check, { cwd: root }));
});
