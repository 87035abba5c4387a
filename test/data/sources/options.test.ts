import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { loadConfig } from '../../../src/config/load.js';
import { builtins } from '../../../src/app/builtins.js';
import { put, temporaryFolder } from './rig.js';

/** What is said of a data set's section. */
async function said(t: TestContext, dataset: string): Promise<readonly string[]> {
  const dir = await temporaryFolder(t);
  await put(dir, { 'a.yaml': `dataset: ${dataset}\n` });
  const loaded = await loadConfig({ file: join(dir, 'a.yaml'), overrides: [], components: builtins(), cwd: dir });
  return loaded.ok ? [] : loaded.problems.map(({ message }) => message);
}

for (const source of ['type: folder, path: set', 'type: archive, path: set.zip']) {
  const of = (t: TestContext, domains: string) => said(t, `{${source}, domains: ${domains}}`);
  test(`domains are two names of folders: ${source}`, async (t) => {
    for (const fine of ['[horses, zebras]', '[..., a.b]', '["a b", ä]', 'null'])
      assert.deepEqual(await of(t, fine), []);
  });
  test(`domains are no paths, and not the same twice: ${source}`, async (t) => {
    const not = (i: number, found: string) =>
      `dataset.domains, item ${i}: expected the name of a folder, not a path, found the string ${found}.`;
    assert.deepEqual(await of(t, '[., ..]'), [not(1, '"."'), not(2, '".."')]);
    assert.deepEqual(await of(t, '[trainA, trainA/]'), [not(2, '"trainA/"')]);
    assert.deepEqual(await of(t, '[a, b/c]'), [not(2, '"b/c"')]);
    assert.equal((await of(t, '[a, a]')).length, 1);
    assert.match((await of(t, '[a]'))[0]!, /expected a list of two different names of folders/);
  });
}

test('an address that will not do is told without its password', async (t) => {
  const [message] = await said(t, '{type: cyclegan, name: maps, mirror: "ftp://bob:SECRET@host"}');
  assert.match(message!, /^dataset\.mirror: .* found the string "ftp:\/\/\*\*\*@host"/);
});
