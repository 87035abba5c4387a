import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { topics } from '../../src/cli/topics.js';
import { keysOf } from '../../src/config/sections.js';
import { builtins } from '../../src/app/builtins.js';
import { commandLine } from './rig.js';

test('explain lists every key of a config', async (t) => {
  const { runner } = await commandLine(t);
  const { out } = await runner('explain');
  const keys = keysOf(builtins());
  assert.ok(keys.length > 10);
  for (const key of keys) assert.match(out, new RegExp(`^ {2}${key} `, 'm'));
});

test('explain shows an option’s meaning, range and default', async (t) => {
  const { runner } = await commandLine(t);
  const { out } = await runner('explain', 'train.epochs');
  assert.equal(
    out,
    'train.epochs\n  How many times to go through the images.\n  a whole number from 1 to 1000000; default 40\n',
  );
});

test('explain shows a component’s summary, use and options', async (t) => {
  const { runner } = await commandLine(t);
  const { out } = await runner('explain', 'generator.resnet');
  assert.match(out, /generator: \{type: resnet, \.\.\.\}/);
  assert.match(out, /^ {2}blocks {2}auto or a whole number from 1 to 64; default auto$/m);
});

test('explain marks required options', async (t) => {
  const { runner } = await commandLine(t);
  assert.match((await runner('explain', 'dataset.folder')).out, /^ {2}path {2}a path \(required\)$/m);
});

test('explain shows an option of several components for each', async (t) => {
  const { runner } = await commandLine(t);
  const { out } = await runner('explain', 'generator.width');
  assert.ok(out.includes('generator.unet.width') && out.includes('generator.resnet.width'));
});

test('a component can be named by its place in a config', async (t) => {
  const { runner } = await commandLine(t);
  for (const key of ['tracking.tensorboard', 'stages.train', 'loss.adversarial.bce', 'evaluate.metrics.psnr']) {
    assert.equal((await runner('explain', key)).code, 0, key);
  }
});

test('an option of a component that a list names is explained by either of its names', async (t) => {
  const { runner } = await commandLine(t);
  for (const key of ['metric.ssim.window', 'evaluate.metrics.ssim.window']) {
    const { code, out } = await runner('explain', key);
    assert.equal(code, 0, key);
    assert.match(out, /an odd number from 3 to 4095; default 11/, key);
  }
  assert.match((await runner('explain', 'metric.ssim')).out, /evaluate: \{metrics: \[ssim, \{type: ssim, \.\.\.\}\]\}/);
});

test('an option of the loss is explained by the method that has it, the config’s where one is given', async (t) => {
  const { cwd, runner } = await commandLine(t);
  const all = (await runner('explain', 'loss')).out;
  assert.match(all, /^Options of the method cyclegan$[^]*^ {2}identity [^]*^Options of the method pix2pix$/m);
  const lambda = (await runner('explain', 'loss.lambda')).out;
  assert.match(
    lambda,
    /^loss\.lambda \(method cyclegan\)$[^]*default 10$[^]*^loss\.lambda \(method pix2pix\)$[^]*default 100$/m,
  );
  await writeFile(join(cwd, 'base.yaml'), 'method: {type: pix2pix}');
  await writeFile(join(cwd, 'a.yaml'), 'extends: base.yaml');
  const own = (await runner('explain', 'loss', '--config', 'a.yaml')).out;
  assert.match(own, /^Options of the method pix2pix$/m);
  assert.doesNotMatch(own, /cyclegan|identity/);
  assert.equal((await runner('explain', 'loss.identity', '--config', 'a.yaml')).code, 2);
  const { methods } = (JSON.parse((await runner('explain', 'loss', '--json')).out) as [{ methods: object }])[0];
  assert.deepEqual(Object.keys(methods), ['cyclegan', 'pix2pix', 'cut', 'fastcut']);
});

test('the section of a plugin’s stage is explained like those of the built-in ones', async (t) => {
  const { cwd, runner } = await commandLine(t);
  const fields = "version: 1, scope: 'run', engine: false, reads: ['fid'], consumes: [], create: () => ({})";
  const images = "images: { description: 'How many.', type: 'integer', default: 9 }";
  const section = `{ key: 'fid', description: 'How far apart.', properties: { ${images} } }`;
  const stage = `{ summary: 'x', schema: { properties: {} }, section: ${section}, ${fields} }`;
  await writeFile(join(cwd, 'fid.mjs'), `export default { stage: { fid: ${stage} } };`);
  await writeFile(join(cwd, 'a.yaml'), 'plugins: [./fid.mjs]');
  const { out } = await runner('explain', 'fid', '--config', 'a.yaml');
  assert.equal(out, 'fid\n  How far apart.\n\nOptions\n  images  a whole number; default 9\n      How many.\n');
  assert.match((await runner('explain', '--config', 'a.yaml')).out, /^ {2}fid +How far apart\.$/m);
  assert.equal((await runner('explain', 'fid.images', '--config', 'a.yaml')).code, 0);
});

test('explain suggests the nearest key for an unknown one', async (t) => {
  const { runner } = await commandLine(t);
  const { code, err } = await runner('explain', 'train.epoch');
  assert.equal(code, 2);
  assert.match(err, /A config has no key or component "train\.epoch"\.\n {4}Did you mean "train\.epochs"\?/);
});

test('everything that can be explained can be printed', async (t) => {
  const { runner } = await commandLine(t);
  const keys = [...topics(builtins()).keys()];
  for (const key of [...keysOf(builtins()), 'generator.unet', 'train.epochs']) assert.ok(keys.includes(key), key);
  for (const key of keys) {
    const { code, out } = await runner('explain', key);
    assert.equal(code, 0, key);
    assert.ok(out.startsWith(key), `${key}: ${out}`);
    assert.ok(!/undefined|\[object|another value/.test(out), `${key}: ${out}`);
  }
});
