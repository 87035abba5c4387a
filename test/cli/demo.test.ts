import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadTensorFlow } from '../../src/engine/native.js';
import type { DemoFacts } from '../../src/web/demo-facts.js';
import { GENERATORS, generatorOf, write } from '../export/rig.js';
import { Running } from '../rig.js';
import { commandLine } from './rig.js';

before(() => loadTensorFlow());

const bin = fileURLToPath(new URL('../../src/app/command.js', import.meta.url));

const factsOf = (dir: string) => JSON.parse(readFileSync(join(dir, 'demo.json'), 'utf8')) as DemoFacts;

/** The command line in a folder with a bundle. */
async function setup(t: TestContext) {
  const { cwd, runner } = await commandLine(t);
  await write('weights', generatorOf(GENERATORS['ResNet']!), join(cwd, 'bundle'));
  return { cwd, runner };
}

test('a bundle’s page is written into a folder, again and again, but not over other files', async (t) => {
  const { cwd, runner } = await setup(t);
  for (let i = 0; i < 2; i++) {
    const { code, out } = await runner('demo', 'bundle', '--out', 'page', '--no-serve');
    assert.equal(code, 0);
    assert.match(out, /written: page$/m);
  }
  assert.ok(readdirSync(join(cwd, 'page')).includes('index.html'));
  assert.deepEqual(factsOf(join(cwd, 'page')).examples, []);

  mkdirSync(join(cwd, 'photos'));
  writeFileSync(join(cwd, 'photos/mine.jpg'), 'mine');
  const { code, err } = await runner('demo', 'bundle', '--out', 'photos', '--no-serve');
  assert.equal(code, 1);
  assert.match(err, /has other files than those of a demo/);
  assert.deepEqual(readdirSync(join(cwd, 'photos')), ['mine.jpg']);
  assert.deepEqual(readdirSync(cwd).sort(), ['bundle', 'page', 'photos']);
});

test('a run’s page has what was exported, with its test images as examples, as many as are wanted', async (t) => {
  const { cwd, runner } = await commandLine(t);
  const config = {
    name: 'day2night',
    dataset: { type: 'synthetic', train: 2, test: 3, image_size: 16 },
    generator: { type: 'resnet', blocks: 1, width: 4 },
    discriminator: { type: 'patchgan', width: 4, layers: 1 },
    train: { epochs: 1, samples: 0 },
    evaluate: { metrics: [] },
    export: { formats: [{ type: 'web', precision: 'float32' }] },
  };
  writeFileSync(join(cwd, 'tiny.yaml'), JSON.stringify(config));
  const ran = await runner('run', 'tiny.yaml');
  assert.equal(ran.code, 0, ran.err + ran.out);
  const { code, err } = await runner('demo', 'day2night', '--out', 'page', '--no-serve', '--examples', '2');
  assert.equal(code, 0, err);
  const facts = factsOf(join(cwd, 'page'));
  assert.deepEqual(facts.domains, ['day', 'night']);
  assert.deepEqual(
    facts.examples.map(({ file, domain }) => [file, domain]),
    [
      ['examples/A-1.png', 'A'],
      ['examples/A-2.png', 'A'],
      ['examples/B-1.png', 'B'],
      ['examples/B-2.png', 'B'],
    ],
  );
  assert.ok('examples/B-2.png' in facts.files, 'browsers keep them, too');
  const model = readFileSync(join(cwd, 'page/AtoB/model.json'), 'utf8');
  assert.doesNotMatch(model, /float16/, 'of the export, which has another precision');
  assert.equal(
    (await runner('demo', 'day2night', '--out', 'page', '--no-serve', '--examples', '0', '--domains', 'sun, moon'))
      .code,
    0,
  );
  assert.deepEqual(factsOf(join(cwd, 'page')).examples, []);
  assert.deepEqual(factsOf(join(cwd, 'page')).domains, ['sun', 'moon']);
  assert.equal((await runner('demo', 'day2night', '--domains', 'sun')).code, 2);
});

test('the page is served until Ctrl-C', async (t) => {
  const { cwd } = await setup(t);
  const child = spawn(process.execPath, [bin, 'demo', 'bundle'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const running = new Running(child);
  await running.says(/http:\/\/127\.0\.0\.1:\d+/);
  const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(running.output)!;
  assert.match(await (await fetch(address)).text(), /<title>A → B<\/title>/);
  child.kill('SIGINT');
  const { code } = await running.ended;
  assert.equal(code, 0);
  await assert.rejects(fetch(address));
});

test('a port that is taken is an error for people, before anything is served', async (t) => {
  const { runner } = await setup(t);
  const holder = createServer().listen(0, '127.0.0.1');
  t.after(() => holder.close());
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const { code, err } = await runner('demo', 'bundle', '--port', String(port));
  assert.equal(code, 1);
  assert.match(err, new RegExp(`Port ${port} is taken`));
});
