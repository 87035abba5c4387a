import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.js';
import { keysOf } from '../../src/config/sections.js';
import { builtins } from '../../src/app/builtins.js';
import { commandLine } from './rig.js';

test('init writes a config with a comment for every section and option, which loads as it is', async (t) => {
  const { cwd, runner } = await commandLine(t);
  const { code, out } = await runner('init', 'zebras');
  assert.equal(code, 0);
  assert.match(out, /^Wrote zebras\.yaml.*\nNext: runner run zebras\.yaml\n$/);

  const text = await readFile(join(cwd, 'zebras.yaml'), 'utf8');
  assert.ok(text.startsWith('# yaml-language-server: $schema=./runner.schema.json\n'));
  const expected = keysOf(builtins()).filter((key) => key !== 'extends' && key !== 'plugins');
  for (const key of expected) assert.match(text, new RegExp(`^# .*\n${key}:`, 'm'));
  assert.ok(JSON.parse(await readFile(join(cwd, 'runner.schema.json'), 'utf8')));

  const loaded = await loadConfig({ file: 'zebras.yaml', overrides: [], components: builtins(), cwd });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  assert.equal(loaded.value.config.name, 'zebras');
  assert.equal(loaded.value.config.dataset.type, 'synthetic');
});

test('all but the small sizes that init writes is the default', async (t) => {
  const { cwd, runner } = await commandLine(t);
  await runner('init', 'zebras');
  await runner('init', 'other', '--force');
  const load = async (overrides: string[]) => {
    const loaded = await loadConfig({ file: 'zebras.yaml', overrides, components: builtins(), cwd });
    assert.ok(loaded.ok);
    return loaded.value.config;
  };
  const config = await load([
    'dataset.image_size=256',
    'generator.width=64',
    'discriminator.width=64',
    'train.epochs=40',
  ]);
  await writeFile(join(cwd, 'zebras.yaml'), '{}');
  assert.deepEqual(config, await load([]));
});

test('init overwrites files only with --force', async (t) => {
  const { cwd, runner } = await commandLine(t);
  await runner('init', 'zebras');
  const again = await runner('init', 'zebras.yaml');
  assert.equal(again.code, 2);
  assert.match(again.err, /zebras\.yaml already exists\.\n {4}Choose another name, or add --force/);
  assert.equal((await runner('init', 'zebras', '--force')).code, 0);
  assert.ok((await readFile(join(cwd, 'zebras.yaml'), 'utf8')).includes('name: zebras\n'));
});

test('init refuses names that cannot name a run', async (t) => {
  const { runner } = await commandLine(t);
  for (const name of ['../x', 'a b', '.hidden', '', 'x'.repeat(65)]) {
    const { code, err } = await runner('init', name);
    assert.equal(code, 2, name);
    assert.match(err, /is not a valid experiment name/);
  }
});
