import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtins } from '../../src/app/builtins.js';
import { changedOptions } from '../../src/config/changed-options.js';
import { loadConfig } from '../../src/config/load.js';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporary } from '../export/rig.js';
import type { TestContext } from 'node:test';

async function changesOf(t: TestContext, yaml: string): Promise<Record<string, unknown[]>> {
  const dir = temporary(t);
  await writeFile(join(dir, 'own.yaml'), yaml);
  const components = builtins();
  const loaded = await loadConfig({ file: 'own.yaml', overrides: [], components, cwd: dir });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const changes = changedOptions(loaded.value.config, components);
  return Object.fromEntries(changes.map(({ path, value, before }) => [path, [value, before]]));
}

test('a config with nothing but a name has no changed options, whatever auto has become', async (t) => {
  assert.deepEqual(await changesOf(t, 'name: own\n'), {});
});

test('changed options have their value and the default, also the types of components', async (t) => {
  const changes = await changesOf(
    t,
    'name: own\ngenerator: {type: resnet}\nloss: {lambda: 5}\ntrain: {epochs: 7}\nschedule: {type: linear}\n',
  );
  assert.deepEqual(Object.keys(changes), ['generator.type', 'schedule.type', 'loss.lambda', 'train.epochs']);
  assert.deepEqual(changes['train.epochs'], [7, 40]);
  assert.deepEqual(changes['generator.type'], ['resnet', 'unet']);
  assert.deepEqual(changes['loss.lambda'], [{ forward: 5, backward: 5 }, 10]);
});

test('a value that auto would have given as well is no change, and another one is', async (t) => {
  const size = 'dataset: {image_size: 64, load_size: ';
  assert.deepEqual(Object.keys(await changesOf(t, `name: own\n${size}72}\n`)), ['dataset.image_size']);
  assert.deepEqual(Object.keys(await changesOf(t, `name: own\n${size}64}\n`)), [
    'dataset.image_size',
    'dataset.load_size',
  ]);
});
