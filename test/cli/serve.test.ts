import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { loadTensorFlow } from '../../src/engine/native.js';
import { GENERATORS, generatorOf, write } from '../export/rig.js';
import { commandLine } from './rig.js';

before(() => loadTensorFlow());

test('a run that is not there is named, each of several', async (t) => {
  const { runner } = await commandLine(t);
  const { code, err } = await runner('serve', 'zebra', 'mine=horse@best');
  assert.equal(code, 2);
  assert.match(err, /zebra/);
  assert.match(err, /horse/);
  assert.doesNotMatch(err, /mine=|@best/);
});

test('a port that is taken is refused before anything is loaded', async (t) => {
  const { cwd, runner } = await commandLine(t);
  mkdirSync(join(cwd, 'bundle'));
  writeFileSync(join(cwd, 'bundle/generator.json'), '{}');
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { code, err } = await runner('serve', 'bundle', '--port', String(port));
  assert.equal(code, 2);
  assert.match(err, new RegExp(`Port ${port} is taken`));
});

test('values that cannot be are refused', async (t) => {
  const { runner } = await commandLine(t);
  for (const [option, value] of [
    ['--port', '65536'],
    ['--port', 'http'],
    ['--size', 'large'],
    ['--max-megapixels', '0'],
    ['--max-mb', '-1'],
    ['--queue', '0'],
  ] as const) {
    const { code, err } = await runner('serve', 'bundle', option, value);
    assert.equal(code, 2, `${option} ${value}`);
    assert.match(err, new RegExp(`${option} takes`));
  }
});

test('two bundles that would be one model are refused, and a name helps', async (t) => {
  const { cwd, runner } = await commandLine(t);
  await write('weights', generatorOf(GENERATORS['ResNet']!), join(cwd, 'bundle'));
  const { code, out, err } = await runner('serve', 'bundle', 'bundle', '--port', '0');
  assert.equal(code, 1);
  assert.match(out, /requests to http:\/\/127[.]0[.]0[.]1:\d+ get 503/);
  assert.match(err, /bundle and bundle would both be served as toy-12345678, version 1/);
  assert.match(err, /runner serve bundle other=bundle/);
});
