import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { zip } from '../data/archives.js';
import { put } from '../data/files.js';
import { ownCache } from '../data/sources/rig.js';
import { commandLine } from './rig.js';

ownCache();

const PLUGIN = `import { readFile } from 'node:fs/promises';
export default { dataset: { mine: {
  summary: 'x',
  schema: { properties: { index: { type: 'string', format: 'path', description: 'x' } }, required: ['index'] },
  create: ({ index }) => ({ identity: () => readFile(index, 'utf8'), list: async () => [] }),
} } };`;

const FILES = {
  'empty/readme.txt': 'x',
  'one/A/1.jpg': 'x',
  'one/B/1.jpg': 'y',
  'bad.zip': zip({ name: '../evil', content: 'x' }),
  'flat.zip': zip({ name: '1.jpg', content: 'x' }),
  'gone.csv': 'file,domain\nnot-there.jpg,A\nnor-this.jpg,A\nnot-b.jpg,B\nnor-b.jpg,B\n',
  'wrong.csv': 'file,domain\na.jpg,C\n',
  'mine.mjs': PLUGIN,
};

/** What is wrong with a data set, the option that it is about, and how the message goes on after place and option. */
const cases: readonly (readonly [dataset: string, value: string, message: RegExp])[] = [
  ['type: folder\n  path: nowhere', 'nowhere', /dataset\.path: there is no folder/],
  ['type: folder\n  path: bad.zip', 'bad.zip', /dataset\.path: .* is a file/],
  ['type: folder\n  path: empty', 'empty', /dataset\.path: .* is not laid out/],
  ['type: archive\n  path: none.zip', 'none.zip', /dataset\.path: there is no file/],
  ['type: archive\n  path: bad.zip', 'bad.zip', /bad\.zip was not unpacked/],
  ['type: archive\n  path: flat.zip', 'flat.zip', /dataset\.path: .* is not laid out/],
  ['type: archive\n  path: flat.zip\n  sha256: ' + 'ab'.repeat(32), 'abab', /dataset\.sha256: .* another checksum/],
  ['type: archive\n  url: http://127.0.0.1:9/set.zip', 'http', /127\.0\.0\.1:9/],
  ['type: list\n  path: none.csv', 'none.csv', /dataset\.path: there is no file/],
  ['type: list\n  path: gone.csv', 'gone.csv', /4 of the 4 files .* are missing/],
  ['type: mine\n  index: nowhere.json', 'nowhere.json', /dataset\.index: .*nowhere\.json is not there/],
];

for (const [dataset, value, message] of cases) {
  test(`a data set's problem has its place in the config: ${dataset.replaceAll(/\s+/g, ' ').slice(0, 60)}`, async (t) => {
    const yaml = `plugins: [mine.mjs]\ndataset:\n  ${dataset}\n`;
    const { code, err } = await prepared(t, yaml);
    assert.notEqual(code, 0);
    const lines = yaml.split('\n');
    const line = lines.findIndex((text) => text.includes(`: ${value}`));
    const place = `a.yaml:${line + 1}:${lines[line]!.indexOf(value) + 1}: error: `;
    const [head, ...rest] = err.slice(Math.max(0, err.indexOf(place))).split('\n');
    assert.ok(head!.startsWith(place), err);
    assert.match(head!.slice(place.length), message);
    assert.ok(rest.join('\n').includes(`${line + 1} | ${lines[line]}`), err);
  });
}

test('a problem of a data set from --set has that as its place', async (t) => {
  const { err } = await prepared(t, 'dataset: {type: folder, path: one}', '--set', 'dataset.path=nowhere');
  assert.match(
    err,
    /^--set: error: dataset\.path: there is no folder .*nowhere\.\n +--set dataset\.path=nowhere\n +\^+/m,
  );
});

test('a mistake in a list has its place there', async (t) => {
  const { err } = await prepared(t, 'dataset: {type: list, path: wrong.csv}');
  assert.match(err, /^error: .*wrong\.csv:2: unknown domain "C"/m);
});

async function prepared(t: TestContext, yaml: string, ...more: readonly string[]) {
  const { cwd, runner } = await commandLine(t);
  await put(cwd, { ...FILES, 'a.yaml': yaml });
  return runner('run', join(cwd, 'a.yaml'), '--until', 'preprocess', '--runs', join(cwd, 'runs'), ...more);
}
