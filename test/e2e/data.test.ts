import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { contentsOf } from '../data/files.js';
import { checksum, startServer, zip } from '../data/sources/archives.js';
import { Experiment, type Finished } from './rig.js';

const CONFIG = `
name: tiny
dataset: {type: cyclegan, name: horse2zebra, image_size: 16, load_size: 18}
discriminator: {layers: 1}
`;

/** Images of a named set, as small as they get. */
async function smallSet(): Promise<Buffer> {
  const files: Record<string, Uint8Array> = {};
  for (const [split, colour] of Object.entries({ trainA: 'brown', trainB: 'white', testA: 'sienna', testB: 'ivory' })) {
    for (const side of [20, 24, 28]) {
      const image = sharp({ create: { width: side, height: side, channels: 3, background: colour } });
      files[`horse2zebra/${split}/${side}.jpg`] = await image.jpeg().toBuffer();
    }
  }
  return zip(files);
}

describe('a data set with a name, from nothing', () => {
  let experiment: Experiment;
  let server: Awaited<ReturnType<typeof startServer>>;
  let archive: Buffer;
  let first: Finished;
  before(async () => {
    experiment = await Experiment.create(CONFIG);
    archive = await smallSet();
    server = await startServer({
      '/horse2zebra.zip': archive,
      '/horse2zebra.zip.sha256': `${checksum(archive)}  horse2zebra.zip\n`,
    });
    experiment.env['XDG_CACHE_HOME'] = join(experiment.dir, 'cache');
    experiment.env['RUNNER_DATA_MIRROR'] = server.url;
    first = await experiment.run('run', 'tiny.yaml', '--until', 'preprocess');
  });
  after(async () => {
    server.close();
    await experiment.remove();
  });

  test('is downloaded, unpacked and prepared', () => {
    assert.equal(first.code, 0, first.stdout + first.stderr);
    assert.match(first.stdout, /downloading horse2zebra/i);
    assert.match(first.stdout, /trainA 3, trainB 3, testA 3, testB 3/);
    assert.deepEqual(new Set(server.requests), new Set(['/horse2zebra.zip', '/horse2zebra.zip.sha256']));
  });

  test('leaves a record of where its images come from', async () => {
    const store = join(experiment.dir, 'runs', '.store', 'preprocess');
    const [entry] = (await readdir(store)).filter((name) => /^[0-9a-f]+$/.test(name));
    const { source } = JSON.parse(await readFile(join(store, entry!, 'index.json'), 'utf8')) as {
      source: Record<string, unknown>;
    };
    assert.deepEqual([source['set'], source['A'], source['sha256']], ['horse2zebra', 'horses', checksum(archive)]);
    assert.equal(source['url'], `${server.url}/horse2zebra.zip`);
  });

  test('needs no network the second time', async () => {
    server.requests.length = 0;
    const again = await experiment.run('run', 'tiny.yaml', '--until', 'preprocess');
    assert.match(again.stdout, /up to date/);
    const larger = await experiment.run('run', 'tiny.yaml', '--until', 'preprocess', '--set', 'dataset.load_size=20');
    assert.equal(larger.code, 0, larger.stdout + larger.stderr);
    assert.match(larger.stdout, /trainA 3, trainB 3, testA 3, testB 3 \(training at 20x20/);
    assert.deepEqual(server.requests, []);
  });

  test('gives the same run from any source', async () => {
    experiment.env['RUNNER_DATA_MIRROR'] = '';
    const mirror = `dataset.mirror=${server.url}`;
    const moved = await experiment.run('run', 'tiny.yaml', '--until', 'preprocess', '--set', mirror);
    experiment.env['RUNNER_DATA_MIRROR'] = server.url;
    assert.match(moved.stdout, /up to date/, moved.stdout + moved.stderr);
    assert.equal((await experiment.runDirs()).length, 2);
  });

  test('never shows or records a password', async () => {
    const withPassword = server.url.replace('://', '://bob:SECRET@');
    const archive = `dataset={type: archive, url: ${withPassword}/horse2zebra.zip, image_size: 16, load_size: 18}`;
    const run = (...changes: string[]) =>
      experiment.run('run', 'tiny.yaml', '--until', 'preprocess', ...changes.flatMap((change) => ['--set', change]));
    experiment.env['RUNNER_DATA_MIRROR'] = withPassword;
    const finished = [
      await run('dataset.load_size=22'),
      await run('dataset.load_size=24', `dataset.mirror=${withPassword}`),
      await run(archive),
      await run(`dataset.mirror=ftp${withPassword.slice(4)}`),
    ];
    assert.deepEqual(finished.map(({ code, stderr }) => [code, code === 1 && stderr]), [0, 0, 0, 2].map((code) => [code, false])); // prettier-ignore
    experiment.env['RUNNER_DATA_MIRROR'] = server.url;
    const said = finished.flatMap(({ stdout, stderr }) => [stdout, stderr]);
    const left = await contentsOf(experiment.dir);
    assert.ok(left.some((text) => text.includes('url: http://***@127.0.0.1')));
    for (const text of [...said, ...left]) assert.doesNotMatch(text, /SECRET/);
  });

  test('suggests the correct name for a misspelt one before any download', async () => {
    const { code, stderr } = await experiment.run('run', 'tiny.yaml', '--set', 'dataset.name=horse2zebr');
    assert.equal(code, 2);
    assert.match(stderr, /Did you mean "horse2zebra"\?/);
  });
});
