import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { program } from '../../src/app/program.js';
import { printError } from '../../src/cli/print-problems.js';
import { commandLine } from './rig.js';

test('the help is printed without arguments', async (t) => {
  const { runner } = await commandLine(t);
  const { code, out, err } = await runner();
  assert.equal(code, 0);
  assert.equal(err, '');
  assert.match(out, /^Usage: runner .*\n\nA declarative experiment runner/);
  assert.match(out, /Configs:\n {2}init /);
});

test('--version and --help succeed on stdout', async (t) => {
  const { runner } = await commandLine(t);
  assert.match((await runner('--version')).out, /^\d+\.\d+\.\d+\n$/);
  const { code, out } = await runner('explain', '--help');
  assert.equal(code, 0);
  assert.match(out, /^Usage: runner explain/);
});

test('an unknown command or option gets a suggestion, and exit code 2', async (t) => {
  const { runner } = await commandLine(t);
  const command = await runner('lisst');
  assert.deepEqual([command.code, command.out], [2, '']);
  assert.match(command.err, /unknown command 'lisst'\n\(Did you mean list\?\)/);
  const option = await runner('init', 'x', '--forse');
  assert.equal(option.code, 2);
  assert.match(option.err, /unknown option '--forse'\n\(Did you mean --force\?\)/);
});

test('a missing argument and one too many are exit code 2', async (t) => {
  const { runner } = await commandLine(t);
  assert.equal((await runner('init')).code, 2);
  assert.equal((await runner('list', 'generator', 'metric')).code, 2);
});

test('problems are printed with place, lines, cure and count, and no stack', async (t) => {
  const { cwd, runner } = await commandLine(t);
  await writeFile(join(cwd, 'a.yaml'), 'seed: 1\nplugins: [./b.mjs, ./c.mjs]');
  const { err } = await runner('list', '--config', 'a.yaml');
  const path = (name: string) => join(cwd, name);
  assert.equal(
    err,
    `a.yaml:2:11: error: There is no plugin file ${path('b.mjs')}.\n` +
      '    1 | seed: 1\n    2 | plugins: [./b.mjs, ./c.mjs]\n      |           ^^^^^^^\n' +
      `a.yaml:2:20: error: There is no plugin file ${path('c.mjs')}.\n` +
      '    1 | seed: 1\n    2 | plugins: [./b.mjs, ./c.mjs]\n      |                    ^^^^^^^\n' +
      '2 problems.\n',
  );
});

test('colours are for terminals, unless NO_COLOR is set', async (t) => {
  const plain = await commandLine(t);
  const terminal = await commandLine(t, { tty: true });
  const noColour = await commandLine(t, { tty: true, env: { NO_COLOR: '1' } });
  assert.ok(!(await plain.runner('explain', 'nothing-like-it')).err.includes('\u001b'));
  assert.ok((await terminal.runner('explain', 'nothing-like-it')).err.includes('\u001b[31merror'));
  assert.ok(!(await noColour.runner('explain', 'nothing-like-it')).err.includes('\u001b'));
});

test('a bug is reported as such, with its stack', () => {
  let text = '';
  const stderr = { write: (part: string) => (text += part) } as unknown as NodeJS.WritableStream;
  const code = printError(new TypeError('x is undefined'), { stdout: stderr, stderr, cwd: '/', env: {}, program });
  assert.equal(code, 1);
  assert.match(text, /^This is a bug in runner.*\nTypeError: x is undefined\n\s+at /);
});
