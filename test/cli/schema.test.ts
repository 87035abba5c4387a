import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.js';
import { builtins } from '../../src/app/builtins.js';
import { commandLine } from './rig.js';

const configs = readdirSync('configs').filter((name) => name.endsWith('.yaml'));

async function editorSchema(t: Parameters<typeof commandLine>[0]): Promise<ValidateFunction> {
  const { cwd, runner } = await commandLine(t);
  assert.equal((await runner('schema', '--out', 's.json')).code, 0);
  // `strictTypes` and `strictRequired` frown on schemas in pieces (if, then), which is what these are.
  const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
  return ajv.compile(JSON.parse(await readFile(join(cwd, 's.json'), 'utf8')) as object);
}

test('every shipped config fits the schema for editors, and loads', async (t) => {
  const fits = await editorSchema(t);
  assert.ok(configs.includes('quickstart.yaml') && configs.includes('horse2zebra.yaml'));
  for (const name of configs) {
    const file = join('configs', name);
    assert.ok(fits(parse(readFileSync(file, 'utf8'))), `${name}: ${JSON.stringify(fits.errors)}`);
    const loaded = await loadConfig({ file, overrides: [], components: builtins() });
    assert.ok(loaded.ok, `${name}: ${JSON.stringify(loaded)}`);
    assert.deepEqual(loaded.value.notes, [], name);
  }
});

test('what init writes fits the schema for editors', async (t) => {
  const fits = await editorSchema(t);
  const { cwd, runner } = await commandLine(t);
  await runner('init', 'x');
  assert.ok(fits(parse(await readFile(join(cwd, 'x.yaml'), 'utf8'))), JSON.stringify(fits.errors));
});

test('the schema for editors takes what run takes', async (t) => {
  const fits = await editorSchema(t);
  const right = [
    'generator: resnet',
    'generator: {type: resnet, blocks: auto}',
    'generator: {blocks: 6}',
    'loss: {lambda: {forward: 3}}',
    'stages: {export: null, again: {type: evaluate, needs: [train]}}',
    'tracking: {tensorboard: null}',
    'tracking: {team: {type: mlflow, experiment: ours}, other: mlflow}',
    'stages: {again: evaluate}',
    'loss: {adversarial: {type: least-squares}}',
    'evaluate: {metrics: [psnr, {type: ssim, window: 7, name: fine}]}',
    'evaluate: {metrics: {ssim: {window: 7}}}',
    'export: {formats: [{type: tfjs, name: web}]}',
    'extends: other.yaml\ndataset: {type: folder}',
  ];
  for (const text of right) assert.ok(fits(parse(text)), `${text}: ${JSON.stringify(fits.errors)}`);
});

test('the schema for editors refuses what is wrong', async (t) => {
  const fits = await editorSchema(t);
  const wrong = [
    'trian: {}',
    'generator: {type: unett}',
    'generator: {type: resnet, depth: 3}',
    'generator: {widht: 3}',
    'train: {epochs: 0}',
    'dataset: {flip: "yes"}',
    'loss: {lambda: "10"}',
    'loss: {adversarial: lsgan}',
    'evaluate: {metrics: [psnrr]}',
    'evaluate: {metrics: [{type: psnrr}]}',
    'evaluate: {metrics: [{type: ssim, window: 0}]}',
    'evaluate: {metrics: [{type: psnr, window: 7}]}',
    'evaluate: {metrics: [{window: 7}]}',
    'evaluate: {metrics: ssim}',
    'loss: {adversarial: {type: lsgan}}',
    'loss: {adversarial: {type: bce, smothing: 1}}',
    'tracking: {tensorbord: {}}',
    'tracking: {team: {type: mlflow, experimnt: ours}}',
    'stages: {again: evaluat}',
    'stages: {train: {need: [preprocess]}}',
  ];
  for (const text of wrong) assert.ok(!fits(parse(text)), text);
});

test('schema --out - prints, and a plugin’s components are in it', async (t) => {
  const { cwd, runner } = await commandLine(t);
  await writeFile(join(cwd, 'a.yaml'), 'plugins: [./p.mjs]');
  const plugin = `{ generator: { mine: { summary: 'x', schema: { properties: {} }, create() {} } } }`;
  await writeFile(join(cwd, 'p.mjs'), `export default ${plugin};`);
  const { out } = await runner('schema', '--out', '-', '--config', 'a.yaml');
  assert.ok(out.includes('"mine"') && JSON.parse(out));
  assert.ok(!(await runner('schema', '--out', '-')).out.includes('"mine"'));
});
