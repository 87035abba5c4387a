import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Rig } from '../rig.js';
import { runIn } from './rig.js';

const PLUGIN = `
const common = { summary: 'a stage of a test', schema: { properties: {} }, version: 1, reads: [], engine: false };
const first = { ...common, scope: 'shared', consumes: [], provides: 'things', create: () => ({
  run: async () => ({ status: 'done', outputs: {}, summary: [{ label: 'things', text: '12' }] }),
}) };
const second = { ...common, scope: 'run', reads: ['seed'], consumes: ['things'], create: () => ({
  run: async ({ config }) => config.seed === 13
    ? Promise.reject(new Error('unlucky'))
    : { status: 'done', outputs: { metrics: { AtoB: { psnr: { value: 21.5 } } } }, summary: [{ label: 'psnr', text: '21.5' }] },
}) };
export default { stage: { first, second } };
`;
const CONFIG = `
name: toy
plugins: [./plugin.mjs]
tracking: {tensorboard: null}
stages: {preprocess: null, train: null, evaluate: null, export: null, first: {}, second: {needs: [first]}}
`;

describe('on the command line', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.create();
    rig.write('plugin.mjs', PLUGIN);
    rig.write('toy.yaml', CONFIG);
  });
  afterEach(() => rig.remove());

  async function runner(...argv: string[]) {
    const { code, out: stdout, err: stderr } = await runIn(rig.dir, argv);
    return { code, stdout, stderr };
  }

  test('run prints its progress, then results and paths', async () => {
    const { code, stdout } = await runner('run', 'toy.yaml');
    assert.equal(code, 0);
    assert.match(
      stdout,
      /first starts: never run\n[^]*first: done[^]*second: done[^]*Done {2}runs\/toy-[^]*things +12[^]*psnr +21\.5/,
    );
    const again = await runner('run', 'toy.yaml');
    assert.match(again.stdout, /first: up to date[^]*Everything is up to date[^]*psnr +21\.5/);
  });

  test('run --dry-run shows which stages would run, and why', async () => {
    await runner('run', 'toy.yaml');
    const { code, stdout } = await runner('run', 'toy.yaml', '--set', 'seed=7', '--dry-run');
    assert.equal(code, 0);
    assert.match(
      stdout,
      /toy-[0-9a-f]{8}[^]*first +skip +up to date[^]*second +run +new run; compared with toy-[0-9a-f]{8}: seed: 42 -> 7/,
    );
  });

  test('a wrong config, option or graph exits with 2 before anything starts', async () => {
    for (const [text, ...argv] of [
      ['seeed', 'run', 'toy.yaml', '--set', 'seeed=1'],
      ['no such stage', 'run', 'toy.yaml', '--only', 'third'],
      ['No stage of this config can go on', 'run', 'toy.yaml', '--from', 'nobody'],
      ['things', 'run', 'toy.yaml', '--set', 'stages.second.needs=[]'],
    ] as const) {
      const { code, stderr } = await runner(...argv);
      assert.equal(code, 2, stderr);
      assert.match(stderr, new RegExp(text));
    }
    assert.deepEqual(await rig.runDirs(), []);
  });

  test('a limit of the store that is no size exits with 2 before anything starts', async () => {
    const { code, err } = await runIn(rig.dir, ['run', 'toy.yaml'], { env: { RUNNER_STORE_LIMIT: 'plenty' } });
    assert.equal(code, 2);
    assert.match(err, /RUNNER_STORE_LIMIT takes a size such as 50GB, or none for no limit; found "plenty"/);
    assert.deepEqual(await rig.runDirs(), []);
  });

  test('run --until a finished stage reports that the requested stages are up to date', async () => {
    await runner('run', 'toy.yaml', '--until', 'first');
    const { stdout } = await runner('run', 'toy.yaml', '--until', 'first');
    assert.match(stdout, /second: not asked for[^]*The requested stages are up to date/);
    await runner('run', 'toy.yaml');
    rig.write('plugin.mjs', PLUGIN.replace("scope: 'run'", "scope: 'run', version: 2"));
    assert.doesNotMatch((await runner('run', 'toy.yaml', '--until', 'first')).stdout, /psnr/);
  });

  test('a forced run that did not finish says that it resumes without --force', async () => {
    const argv = ['run', 'toy.yaml', '--set', 'seed=13'];
    assert.match((await runner(...argv, '--force', 'second')).stderr, /without --force second resumes from here/);
    assert.doesNotMatch((await runner(...argv, '--force', 'first')).stderr, /without/);
  });

  test('a stage that fails exits with 1', async () => {
    const { code, stderr } = await runner('run', 'toy.yaml', '--set', 'seed=13');
    assert.equal(code, 1);
    assert.match(stderr, /Stage "second" stopped at an unexpected error: Error: unlucky/);
  });

  test('status shows each stage’s state and metrics, as text and JSON', async () => {
    assert.match((await runner('status')).stdout, /no runs/);
    await runner('run', 'toy.yaml');
    await runner('run', 'toy.yaml', '--set', 'seed=13');
    const { stdout } = await runner('status');
    assert.match(stdout, /toy-[0-9a-f]{8} {2}seed=42\n {2}first +done\n {2}second +done .*\n +AtoB {2}psnr 21\.50\n/);
    assert.match(stdout, /toy-[0-9a-f]{8} {2}seed=13\n {2}first +done\n {2}second +failed/);
    const name = /^toy-[0-9a-f]{8}/.exec(stdout)![0];
    const [one] = JSON.parse((await runner('status', name, '--json')).stdout) as { stages: { metrics: object }[] }[];
    assert.deepEqual(one!.stages[1]!.metrics, { 'AtoB/psnr': 21.5 });
    assert.equal((await runner('status', 'nobody')).code, 2);
  });

  test('status shows prepared results that are not used yet', async () => {
    await runner('run', 'toy.yaml', '--until', 'first');
    const { stdout } = await runner('status');
    assert.match(stdout, /toy-[0-9a-f]{8}\n {2}first +done .* UTC .*\n {2}second +-\n/);
  });

  test('graph shows the stages and the data between them', async () => {
    assert.equal(
      (await runner('graph', 'toy.yaml')).stdout,
      'first   shared; makes things\nsecond  after things of first\n',
    );
    const { stdout } = await runner('graph', 'toy.yaml', '--format', 'mermaid');
    assert.match(stdout, /^flowchart LR\n[^]*stage_first -- things --> stage_second\n$/);
    assert.equal((await runner('graph', 'toy.yaml', '--set', 'stages.second.needs=[third]')).code, 2);
  });
});
