import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtins } from '../../src/app/builtins.js';
import { commandLine } from './rig.js';

test('list names every component with its summary', async (t) => {
  const { runner } = await commandLine(t);
  const { code, out } = await runner('list');
  assert.equal(code, 0);
  for (const [kind, registry] of Object.entries(builtins())) {
    const components = [...(registry as Iterable<[string, { summary: string }]>)];
    assert.ok(components.length > 0, kind);
    for (const [name, { summary }] of components) {
      assert.ok(
        out.split('\n').some((line) => line.startsWith(`  ${name} `) && line.endsWith(summary)),
        name,
      );
    }
  }
});

test('list KIND lists only that kind', async (t) => {
  const { runner } = await commandLine(t);
  const { out } = await runner('list', 'generator');
  assert.ok(out.includes('  resnet ') && !out.includes('patchgan'));
});

test('list suggests the nearest kind for an unknown one', async (t) => {
  const { runner } = await commandLine(t);
  const { code, err } = await runner('list', 'generators');
  assert.equal(code, 2);
  assert.match(err, /no kind of component "generators".*\n {4}Did you mean "generator"\?/);
});

test('--config adds the components of its plugins', async (t) => {
  const { cwd, runner } = await commandLine(t);
  await writeFile(join(cwd, 'a.yaml'), 'plugins: [./p.mjs]');
  const plugin = `{ metric: { mine: { summary: 'Mine.', schema: { properties: {} }, create() {} } } }`;
  await writeFile(join(cwd, 'p.mjs'), `export default ${plugin};`);
  assert.match((await runner('list', 'metric', '--config', 'a.yaml')).out, /^ {2}mine +Mine\.$/m);
});

test('--config with a file that is not there is a mistake', async (t) => {
  const { runner } = await commandLine(t);
  const { code, err } = await runner('list', '--config', 'no.yaml');
  assert.equal(code, 2);
  assert.match(err, /There is no file .*no\.yaml/);
});
