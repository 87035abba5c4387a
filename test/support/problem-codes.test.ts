import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isProblemCode, PROBLEM_CODES } from '../../src/support/problem-codes.js';

test('every code of a problem is in docs/json.md, with its meaning', () => {
  const rows = readFileSync('docs/json.md', 'utf8').matchAll(/^\| `([\w-]+)` +\| (\S.*?) +\|$/gm);
  const listed = new Map([...rows].map(([, code, meaning]) => [code, meaning]));
  const missing = Object.entries(PROBLEM_CODES).filter(([code, meaning]) => listed.get(code) !== meaning);
  assert.deepEqual(missing, []);
});

test('a name of Object’s prototype is not a problem code', () => {
  assert.ok(isProblemCode('unknown-key'));
  assert.ok(!isProblemCode('constructor'));
});
