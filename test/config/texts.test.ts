import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withFiles } from './rig.js';

const YAML = 'dataset: {type: folder, path: x}';

/** The arguments that a shell parses from a command line in a message. */
function typedAfterSet(cure: string | undefined): string {
  const command = /--set (?:'(?:[^']|'\\'')*'|\S+(?<!\.))/.exec(cure ?? '')?.[0];
  assert.ok(command !== undefined, `no --set in: ${cure}`);
  const [, argument] = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' }).split('\n');
  return argument!;
}

const ODD = ['a,b', 'a, b/c', 'photos #1', '[old]/photos', '{x}', 'a: b', '@home', '2024', '1,2,x', 'true'];
ODD.push('&photos', '*photos', '!photos', '- photos', 'photos,', 'größe,ü', '"a",b', '%1', '`x`', '| x', '#1', 'null');

for (const text of ODD) {
  test(`the problem of a path that --set reads differently shows a quoted form that works: ${text}`, async (t) => {
    const { load, dir } = await withFiles(t, { 'a.yaml': YAML });
    const { problems } = await load('a.yaml', [`dataset.path=${text}`]);
    assert.ok(problems.length > 0);
    for (const { cure, place } of problems) {
      assert.equal(place?.file, '--set');
      const { value, texts } = await load('a.yaml', [typedAfterSet(cure)]);
      assert.deepEqual(texts, []);
      assert.equal(value!.config.dataset['path'], join(dir, 'cwd', text));
    }
  });
}

for (const text of [
  'my photos',
  'photos [2024]',
  'photos (1)',
  'a#b',
  'a:b',
  'größe',
  '写真',
  'a=b',
  'x.y',
  "it's, new",
]) {
  test(`a path that needs no quotes is read as typed: ${text}`, async (t) => {
    const { load, dir } = await withFiles(t, { 'a.yaml': YAML });
    const { value, texts } = await load('a.yaml', [`dataset.path=${text}`]);
    assert.deepEqual(texts, []);
    assert.equal(value!.config.dataset['path'], join(dir, 'cwd', text));
  });
}

test('numbers with commas are a grid or a list, unless a file has that name', async (t) => {
  const { load, dir } = await withFiles(t, { 'a.yaml': YAML });
  const cure = async () => (await load('a.yaml', ['dataset.path=1,2'])).problems[0]!.cure!;
  assert.doesNotMatch(await cure(), /text/);
  mkdirSync(join(dir, 'cwd', '1,2'), { recursive: true });
  assert.match(await cure(), /If it is one text, such as a path: --set 'dataset\.path="1,2"'\./);
});

test('the problem of a path that YAML reads differently in a file suggests quotes', async (t) => {
  const problems = async (yaml: string) => (await (await withFiles(t, { 'a.yaml': yaml })).load('a.yaml')).texts;
  assert.deepEqual(await problems('dataset:\n  type: folder\n  path: 2024'), [
    'a.yaml:3:9 wrong-type: dataset.path: expected a path, found 2024. -> If it is a text, put it in quotes: "2024".',
  ]);
  assert.deepEqual(await problems('dataset: {type: folder, path: a,b c}'), [
    'a.yaml:1:33 unknown-key: Unknown key "b c" in dataset (type folder). -> If it belongs to the value before it, put that in quotes: path: "a,b c".',
  ]);
  const [nested] = await problems('dataset:\n  type: folder\n  path: a: b');
  assert.match(nested!, /^a\.yaml:3:.* bad-yaml: .* Put a text that contains YAML syntax in quotes\.$/);
  // In a file `#` starts a comment, and a key without a value elsewhere is no part of another value.
  assert.deepEqual(await problems('dataset: {type: folder, path: a} # 1'), []);
  assert.match((await problems('zzz:\ndataset: {type: folder, path: a}'))[0]!, /Known here/);
});
