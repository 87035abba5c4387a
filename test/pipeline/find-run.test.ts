import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { findRun, runNames } from '../../src/pipeline/find-run.js';
import { temporary } from '../export/rig.js';

/** Creates a folder of runs, with other files and folders among them. */
function runs(t: TestContext, ...names: readonly string[]): string {
  const root = temporary(t);
  for (const name of [...names, '.store']) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'config.yaml'), 'name: toy\n');
  }
  mkdirSync(join(root, 'toy-no-config'));
  writeFileSync(join(root, 'toy-a-file'), '');
  return root;
}

describe('runs', () => {
  test('are the visible folders with a config', async (t) => {
    assert.deepEqual((await runNames(runs(t, 'toy-11112222', 'other-33334444'))).sort(), [
      'other-33334444',
      'toy-11112222',
    ]);
    assert.deepEqual(await runNames(join(temporary(t), 'none')), []);
  });

  test('are found by a path, by their name, and by the beginning of their name', async (t) => {
    const root = runs(t, 'toy-11112222', 'toy-11113333');
    const dir = join(root, 'toy-11112222');
    for (const [text, cwd] of [
      ['toy-11112222', temporary(t)],
      [dir, temporary(t)],
      ['.', dir],
      ['toy-11112', temporary(t)],
    ] as const) {
      assert.deepEqual(await findRun(text, root, cwd), { ok: true, value: dir }, text);
    }
  });

  test('are found by the beginning of the hash in their name, of four digits at least', async (t) => {
    const root = runs(t, 'toy-1a2b3c4d', 'toy-1a2b9999', 'beef-00000000');
    const find = async (text: string) => {
      const found = await findRun(text, root, temporary(t));
      return found.ok ? found.value : found.problems[0]!.code;
    };
    assert.equal(await find('1a2b3'), join(root, 'toy-1a2b3c4d'));
    assert.equal(await find('1a2b'), 'ambiguous-run');
    assert.equal(await find('1a2'), 'unknown-run');
    assert.equal(await find('beef'), join(root, 'beef-00000000'), 'the beginning of a name comes first');
  });

  test('are not guessed: the error lists those with an ambiguous beginning, or those most like an unknown name', async (t) => {
    const root = runs(t, 'toy-11112222', 'toy-11113333');
    const problem = async (text: string, where = root) => {
      const outcome = await findRun(text, where, temporary(t));
      assert.ok(!outcome.ok);
      return [outcome.problems[0]!.code, outcome.problems[0]!.cure];
    };
    const [code, cure] = await problem('toy-1111');
    assert.equal(code, 'ambiguous-run');
    assert.match(cure!, /^Name one of: toy-1111(2222, toy-11113333|3333, toy-11112222)\.$/);
    assert.deepEqual(await problem('toy-11112223'), ['unknown-run', 'Did you mean "toy-11112222"?']);
    assert.match((await problem('nothing-alike'))[1]!, /^Runs there: toy-1111\d+, toy-1111\d+\.$/);
    assert.deepEqual(await problem('toy', runs(t)), ['unknown-run', 'Runs there: none.']);
  });
});
