import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topics } from '../../src/cli/topics.js';
import { KEYS } from '../../src/config/sections.js';
import { builtins } from '../../src/app/builtins.js';
import { commandLine } from './rig.js';

test('explain lists every key of a config', async (t) => {
  const { runner } = await commandLine(t);
  const { out } = await runner('explain');
  assert.ok(KEYS.length > 10);
  for (const key of KEYS) assert.match(out, new RegExp(`^ {2}${key} `, 'm'));
});

test('explain tells an option’s meaning, range and default', async (t) => {
  const { runner } = await commandLine(t);
  const { out } = await runner('explain', 'train.epochs');
  assert.equal(
    out,
    'train.epochs\n  How many times to go through the images.\n  a whole number from 1 to 1000000; default 40\n',
  );
});

test('explain tells a component’s summary, use and options', async (t) => {
  const { runner } = await commandLine(t);
  const { out } = await runner('explain', 'generator.resnet');
  assert.match(out, /generator: \{type: resnet, \.\.\.\}/);
  assert.match(out, /^ {2}blocks {2}auto or a whole number from 1 to 64; default auto$/m);
});

test('explain marks what is required', async (t) => {
  const { runner } = await commandLine(t);
  assert.match((await runner('explain', 'dataset.folder')).out, /^ {2}path {2}a path \(required\)$/m);
});

test('an option of several components is told for each', async (t) => {
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

test('an unknown key is answered with the nearest one', async (t) => {
  const { runner } = await commandLine(t);
  const { code, err } = await runner('explain', 'train.epoch');
  assert.equal(code, 2);
  assert.match(err, /nothing called "train\.epoch" in a config\.\n {4}Did you mean "train\.epochs"\?/);
});

test('everything that can be explained can be printed', async (t) => {
  const { runner } = await commandLine(t);
  const keys = [...topics(builtins()).keys()];
  for (const key of [...KEYS, 'generator.unet', 'train.epochs']) assert.ok(keys.includes(key), key);
  for (const key of keys) {
    const { code, out } = await runner('explain', key);
    assert.equal(code, 0, key);
    assert.ok(out.startsWith(key), `${key}: ${out}`);
    assert.ok(!/undefined|\[object|another value/.test(out), `${key}: ${out}`);
  }
});
