import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { damageTo, sealFiles } from '../../src/pipeline/sealed-files.js';
import { temporary } from '../export/rig.js';

function result(t: TestContext): string {
  const dir = temporary(t);
  mkdirSync(join(dir, 'networks', 'inner'), { recursive: true });
  writeFileSync(join(dir, 'table'), '1234');
  writeFileSync(join(dir, 'networks', 'G'), '12');
  writeFileSync(join(dir, 'networks', 'inner', 'F'), '');
  writeFileSync(join(dir, 'log'), 'not of the result');
  return dir;
}

describe('the files of a result', () => {
  test('are recorded with their sizes; those of a folder, one by one', async (t) => {
    const dir = result(t);
    assert.deepEqual(await sealFiles(dir, ['table', 'networks']), {
      table: 4,
      [join('networks', 'G')]: 2,
      [join('networks', 'inner', 'F')]: 0,
    });
  });

  test('are intact while all exist with their sizes, whatever happens to other files', async (t) => {
    const dir = result(t);
    const sealed = await sealFiles(dir, ['table', 'networks']);
    rmSync(join(dir, 'log'));
    assert.equal(await damageTo(dir, sealed), undefined);
  });

  test('are damaged if one is missing, or has another size', async (t) => {
    const dir = result(t);
    const sealed = await sealFiles(dir, ['table', 'networks']);
    writeFileSync(join(dir, 'table'), '123');
    assert.equal(await damageTo(dir, sealed), 'table is not as it was written');
    writeFileSync(join(dir, 'table'), '1234');
    rmSync(join(dir, 'networks'), { recursive: true });
    assert.match((await damageTo(dir, sealed))!, /^networks.(G|inner.F) is gone$/);
    writeFileSync(join(dir, 'networks'), 'a file where a folder was');
    assert.match((await damageTo(dir, sealed))!, /^networks.(G|inner.F) is gone$/);
  });
});
