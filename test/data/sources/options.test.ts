import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { loadConfig } from '../../../src/config/load.js';
import { builtins } from '../../../src/app/builtins.js';
import type { Problem } from '../../../src/support/problem.js';
import { put, temporaryFolder } from './rig.js';

/** The messages about a data set's section. */
async function messagesOf(t: TestContext, dataset: string): Promise<readonly string[]> {
  return (await problemsOf(t, `dataset: ${dataset}\n`)).map(({ message }) => message);
}

async function problemsOf(t: TestContext, yaml: string): Promise<readonly Problem[]> {
  const dir = await temporaryFolder(t);
  await put(dir, { 'a.yaml': yaml });
  const loaded = await loadConfig({ file: join(dir, 'a.yaml'), overrides: [], components: builtins(), cwd: dir });
  return loaded.ok ? [] : loaded.problems;
}

for (const source of ['type: folder, path: set', 'type: archive, path: set.zip']) {
  const of = (t: TestContext, domains: string) => messagesOf(t, `{${source}, domains: ${domains}}`);
  test(`domains must be two names of folders: ${source}`, async (t) => {
    for (const fine of ['[horses, zebras]', '[..., a.b]', '["a b", ä]', 'null'])
      assert.deepEqual(await of(t, fine), []);
  });
  test(`domains must not be paths or equal names: ${source}`, async (t) => {
    const not = (i: number, found: string) =>
      `dataset.domains, item ${i}: expected the name of a folder, not a path, found the string ${found}.`;
    assert.deepEqual(await of(t, '[., ..]'), [not(1, '"."'), not(2, '".."')]);
    assert.deepEqual(await of(t, '[trainA, trainA/]'), [not(2, '"trainA/"')]);
    assert.deepEqual(await of(t, '[a, b/c]'), [not(2, '"b/c"')]);
    assert.equal((await of(t, '[a, a]')).length, 1);
    assert.match((await of(t, '[a]'))[0]!, /expected a list of two different names of folders/);
  });
}

test('the message about an invalid address does not contain its password', async (t) => {
  const [message] = await messagesOf(t, '{type: cyclegan, name: maps, mirror: "ftp://bob:SECRET@host"}');
  assert.match(message!, /^dataset\.mirror: .* found the string "ftp:\/\/\*\*\*@host"/);
});

test('data known to be unpaired is refused at the method that needs pairs, or at the option that turns pairs off', async (t) => {
  const refused = async (yaml: string) =>
    (await problemsOf(t, yaml)).map(({ message, cure, place }) => [place?.line, place?.column, message, cure]);
  const scenes = 'The method needs pairs, and the synthetic images of A and B show different scenes.';
  const cure = 'Set dataset.paired: true.';
  assert.deepEqual(await refused('seed: 1\nmethod: pix2pix\n'), [[2, 1, `method: ${scenes}`, cure]]);
  assert.deepEqual(await refused('method: pix2pix\ndataset: {paired: false}\n'), [
    [2, 19, `dataset.paired: ${scenes}`, cure],
  ]);
  assert.deepEqual(await refused('method: pix2pix\ndataset: {type: cyclegan, name: horse2zebra}\n'), [
    [
      ...[2, 33, 'dataset.name: The method needs pairs, and horse2zebra has none.'],
      'Take a set of pairs (maps, cityscapes, facades), or a method that needs none (method: cyclegan).',
    ],
  ]);
});

test('your own images are pairs under a method that needs pairs, and nothing is said of it under another one', async (t) => {
  const paired = async (method: string, source: string) => {
    const dir = await temporaryFolder(t);
    await put(dir, { 'a.yaml': `method: ${method}\ndataset: {type: ${source}, path: x}\n` });
    const loaded = await loadConfig({ file: join(dir, 'a.yaml'), overrides: [], components: builtins(), cwd: dir });
    assert.ok(loaded.ok);
    return loaded.value.config.dataset['paired'];
  };
  for (const source of ['folder', 'list', 'archive']) {
    assert.deepEqual([await paired('pix2pix', source), await paired('cyclegan', source)], [true, undefined], source);
  }
});

test('paired data, and data that may be paired, is accepted', async (t) => {
  for (const dataset of ['{paired: true}', '{type: cyclegan, name: maps}', '{type: folder, path: x}']) {
    assert.deepEqual(await problemsOf(t, `method: pix2pix\ndataset: ${dataset}\n`), [], dataset);
  }
  const another = `{type: cyclegan, name: horse2zebra, sha256: ${'a'.repeat(64)}}`;
  assert.deepEqual(await problemsOf(t, `method: pix2pix\ndataset: ${another}\n`), []);
});
