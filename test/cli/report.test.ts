import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { writeWholeRun } from '../report/run/run-folder.js';
import { commandLine } from './rig.js';

describe('runner report', () => {
  test('writes the page into the run’s folder and says its size', async (t) => {
    const { cwd, runner } = await commandLine(t);
    const dir = await writeWholeRun(join(cwd, 'runs'), 'toy-12345678');
    const { code, out } = await runner('report', 'toy');
    assert.equal(code, 0);
    assert.match(out, /^runs\/toy-12345678\/report\.html {2}\d+ kB\n$/);
    assert.match(await readFile(join(dir, 'report.html'), 'utf8'), /<h1>toy-12345678<\/h1>/);
  });

  test('writes it elsewhere with --out, and leaves the run’s folder as it was', async (t) => {
    const { cwd, runner } = await commandLine(t);
    const dir = await writeWholeRun(join(cwd, 'runs'), 'toy-12345678');
    const before = await readdir(dir);
    assert.equal((await runner('report', 'toy', '--out', 'pages/own.html')).code, 0);
    assert.match(await readFile(join(cwd, 'pages/own.html'), 'utf8'), /<h1>toy-12345678<\/h1>/);
    assert.deepEqual(await readdir(dir), before);
  });

  test('knows the runs that there are', async (t) => {
    const { cwd, runner } = await commandLine(t);
    await writeWholeRun(join(cwd, 'runs'), 'toy-12345678');
    const { code, err } = await runner('report', 'tou-12345678');
    assert.equal(code, 2);
    assert.match(err, /no run "tou-12345678"[^]*Did you mean "toy-12345678"/);
  });
});
