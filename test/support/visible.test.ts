import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from '../../src/app/program.js';
import { BadImages } from '../../src/data/prepare/bad-images.js';
import { printProblems } from '../../src/cli/print-problems.js';
import type { ProblemError } from '../../src/support/problem.js';
import { printable, visible } from '../../src/support/visible.js';

const NAME = 'trainA/\u001b[2J\nerror: \u202egpj.jpg';
const SEEN = 'trainA/\\u001b[2J\\nerror: \\u202egpj.jpg';

test('a name is printed with its control characters escaped, and all readable ones unchanged', () => {
  assert.equal(visible(NAME), SEEN);
  assert.equal(visible('größe 🦓 \t.jpg'), 'größe 🦓 \\u0009.jpg');
});

test('a message keeps its newlines and tabs', () => {
  assert.equal(printable('one:\n\ttwo\r\u009b3m'), 'one:\n\ttwo\\u000d\\u009b3m');
});

test('an image’s name cannot add a line to the list of bad images', () => {
  const bad = new BadImages('trainA', 10, 0);
  const add = () => bad.add({ split: 'trainA', name: NAME, reason: 'is empty' }, 1);
  assert.throws(add, (error: ProblemError) => {
    assert.ok(error.problems[0]!.message.endsWith(`\n    ${SEEN} is empty`), error.problems[0]!.message);
    return true;
  });
});

test('problems are printed without control characters from names', () => {
  let text = '';
  const write = (more: string) => ((text += more), true);
  const stderr = { write, isTTY: false } as unknown as NodeJS.WriteStream;
  const io = { stdout: stderr, stderr, cwd: '/', env: { NO_COLOR: '1' }, program };
  const place = { file: '/a\u001b.yaml', line: 1, column: 1, excerpt: '  1 | \u001b]0;x\u0007' };
  printProblems([{ code: 'test:x', message: 'one\n\u001b[2Jtwo', cure: 'three\u0008', place }], io);
  assert.equal(text, 'a\\u001b.yaml:1:1: error: one\n\\u001b[2Jtwo\n      1 | \\u001b]0;x\\u0007\n    three\\u0008\n');
});
