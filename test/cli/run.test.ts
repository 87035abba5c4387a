import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { main } from '../../src/cli/main.js';
import { LiveLine } from '../../src/cli/console/live-line.js';
import { ProgressLog } from '../../src/cli/console/progress-log.js';
import { RunConsole } from '../../src/cli/console/run-console.js';
import type { StageEvent } from '../../src/registry/kinds/stage-event.js';
import { ProgressMeter } from '../../src/cli/console/progress-meter.js';
import { Rig } from '../rig.js';

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

/** Collects what is written, as a terminal or not. */
class Screen extends Writable {
  text = '';
  columns = 60;
  constructor(readonly isTTY = false) {
    super();
  }
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

describe('on the command line', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.create();
    rig.write('plugin.mjs', PLUGIN);
    rig.write('toy.yaml', CONFIG);
  });
  afterEach(() => rig.remove());

  async function runner(...argv: string[]) {
    const [stdout, stderr] = [new Screen(), new Screen()];
    const code = await main(argv, { stdout, stderr, cwd: rig.dir, env: {} });
    return { code, stdout: stdout.text, stderr: stderr.text };
  }

  test('run says what it does, then what came out and where', async () => {
    const { code, stdout } = await runner('run', 'toy.yaml');
    assert.equal(code, 0);
    assert.match(
      stdout,
      /first starts: never run\n[^]*first: done[^]*second: done[^]*Done {2}runs\/toy-[^]*things +12[^]*psnr +21\.5/,
    );
    const again = await runner('run', 'toy.yaml');
    assert.match(again.stdout, /first: up to date[^]*Everything is up to date[^]*psnr +21\.5/);
  });

  test('run --dry-run says which stages would run, and why', async () => {
    await runner('run', 'toy.yaml');
    const { code, stdout } = await runner('run', 'toy.yaml', '--set', 'seed=7', '--dry-run');
    assert.equal(code, 0);
    assert.match(
      stdout,
      /toy,seed=7-[0-9a-f]{8}[^]*first +skip +up to date[^]*second +run +new run; compared with toy-[0-9a-f]{8}: seed: 42 -> 7/,
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
    const stderr = new Screen();
    const env = { RUNNER_STORE_LIMIT: 'plenty' };
    assert.equal(await main(['run', 'toy.yaml'], { stdout: new Screen(), stderr, cwd: rig.dir, env }), 2);
    assert.match(stderr.text, /RUNNER_STORE_LIMIT takes a size such as 50GB, or none for no limit; found "plenty"/);
    assert.deepEqual(await rig.runDirs(), []);
  });

  test('run --until of what is there says that no more was asked for, and nothing of other stages', async () => {
    await runner('run', 'toy.yaml', '--until', 'first');
    const { stdout } = await runner('run', 'toy.yaml', '--until', 'first');
    assert.match(stdout, /second: not asked for[^]*What was asked for is up to date/);
    await runner('run', 'toy.yaml');
    rig.write('plugin.mjs', PLUGIN.replace("scope: 'run'", "scope: 'run', version: 2"));
    assert.doesNotMatch((await runner('run', 'toy.yaml', '--until', 'first')).stdout, /psnr/);
  });

  test('a forced run that did not come to its end says that it goes on without --force', async () => {
    const argv = ['run', 'toy.yaml', '--set', 'seed=13'];
    assert.match((await runner(...argv, '--force', 'second')).stderr, /without --force second goes on from here/);
    assert.doesNotMatch((await runner(...argv, '--force', 'first')).stderr, /without/);
  });

  test('a stage that fails exits with 1', async () => {
    const { code, stderr } = await runner('run', 'toy.yaml', '--set', 'seed=13');
    assert.equal(code, 1);
    assert.match(stderr, /Stage "second" stopped at an unexpected error: Error: unlucky/);
  });

  test('status tells each stage’s state and metrics, for people and for programs', async () => {
    assert.match((await runner('status')).stdout, /no runs/);
    await runner('run', 'toy.yaml');
    await runner('run', 'toy.yaml', '--set', 'seed=13');
    const { stdout } = await runner('status');
    assert.match(stdout, /toy-[0-9a-f]{8}\n {2}first +done\n {2}second +done .*\n +AtoB {2}psnr 21\.50\n/);
    assert.match(stdout, /toy,seed=13-[0-9a-f]{8}\n {2}first +done\n {2}second +failed/);
    const [one] = JSON.parse((await runner('status', 'toy-', '--json')).stdout) as { stages: { metrics: object }[] }[];
    assert.deepEqual(one!.stages[1]!.metrics, { 'AtoB/psnr': 21.5 });
    assert.equal((await runner('status', 'nobody')).code, 2);
  });

  test('status tells what is prepared and not used yet', async () => {
    await runner('run', 'toy.yaml', '--until', 'first');
    const { stdout } = await runner('status');
    assert.match(stdout, /toy-[0-9a-f]{8}\n {2}first +done .* UTC .*\n {2}second +-\n/);
  });

  test('graph shows the stages and what goes between them', async () => {
    assert.equal(
      (await runner('graph', 'toy.yaml')).stdout,
      'first   shared; makes things\nsecond  after things of first\n',
    );
    const { stdout } = await runner('graph', 'toy.yaml', '--format', 'mermaid');
    assert.match(stdout, /^flowchart LR\n[^]*stage_first -- things --> stage_second\n$/);
    assert.equal((await runner('graph', 'toy.yaml', '--set', 'stages.second.needs=[third]')).code, 2);
  });
});

describe('progress', () => {
  const progress = {
    kind: 'progress',
    unit: 'steps',
    done: 50,
    total: 200,
    phase: 'epoch 1/4',
    values: { G: 2.34567 },
  } as const;

  test('is a line with a bar, the speed, the time left and values', () => {
    let now = 0;
    const meter = new ProgressMeter('train', () => now);
    meter.update({ ...progress, done: 0 });
    now = 10_000;
    meter.update(progress);
    assert.equal(
      meter.line(200),
      'train  epoch 1/4  [#####---------------]  50/200 steps  5 steps/s  ETA 30 s  G 2.346',
    );
    assert.ok(meter.line(40).length <= 40);
  });

  test('in bytes is in units that people read, without a bar or an end where the whole is not known', () => {
    let now = 0;
    const meter = new ProgressMeter('preprocess', () => now);
    const bytes = { ...progress, unit: 'bytes', phase: 'downloading horse2zebra.zip', values: {}, total: 116_867_962 };
    meter.update({ ...bytes, done: 3_000_000 });
    now = 4000;
    meter.update({ ...bytes, done: 48_200_000 });
    const text = 'preprocess  downloading horse2zebra.zip  [########------------]  48.2/117 MB  11.3 MB/s  ETA 6.1 s';
    assert.equal(meter.line(200), text);
    now = 4001;
    meter.update({ ...bytes, done: 512, total: 0 });
    assert.equal(meter.line(200), 'preprocess  downloading horse2zebra.zip  512 bytes');
    now = 8001;
    meter.update({ ...bytes, unit: 'files', phase: 'verifying', done: 0, total: 0, rate: 12 });
    assert.equal(meter.line(200), 'preprocess  verifying  0 files  12 files/s');
    meter.update({ ...bytes, done: 999_960, total: 1_476_754_427, rate: 999.7 });
    assert.match(meter.line(200), /  0\.00\/1\.48 GB  1\.00 kB\/s  ETA \d+ h \d\d min$/);
  });

  test('is all that is shown of what a stage tells, but for notes: numbers, pictures and texts are for trackers', () => {
    const screen = new Screen();
    const shown = new RunConsole({ stdout: screen, stderr: screen, cwd: '/', env: {} });
    const tell = (event: StageEvent) =>
      shown.listen({ kind: 'stage-event', tracked: { stage: 'preprocess', time: 0, event } });
    tell({ kind: 'text', name: 'data', step: 0, text: '# The data' });
    tell({ kind: 'metric', name: 'loss', step: 1, value: 2 });
    tell({ kind: 'image', name: 'samples', step: 1, file: '/a.png' });
    assert.equal(screen.text, '');
    tell({ kind: 'note', level: 'warning', text: 'two pictures are the same' });
    assert.equal(screen.text, 'warning: preprocess: two pictures are the same\n');
  });

  test('tells at Ctrl-C of a step only where there are steps, and in the end what is kept and how it goes on', () => {
    const screen = new Screen();
    const shown = new RunConsole({ stdout: screen, stderr: screen, cwd: '/', env: {} });
    const said = (action: () => void) => {
      screen.text = '';
      action();
      return screen.text;
    };
    const stop = () => shown.stopping();
    assert.equal(said(stop), 'Stopping. Ctrl-C again stops now.\n');
    shown.listen({ kind: 'stage-event', tracked: { stage: 'train', time: 0, event: progress } });
    assert.match(said(stop), /^Stopping: finishing the step, then saving\. /);
    shown.listen({ kind: 'stage-started', stage: 'evaluate', reason: 'never run', resumes: false });
    assert.equal(said(stop), 'Stopping. Ctrl-C again stops now.\n');
    const ended = (how: { saved?: string; next?: string }) =>
      said(() => shown.listen({ kind: 'stage-interrupted', stage: 'a', ...how }));
    assert.equal(ended({ saved: 'step 3' }), 'a: stopped; kept: step 3\n');
    assert.equal(ended({ next: 'from the start next time' }), 'a: stopped; from the start next time\n');
    assert.equal(ended({}), 'a: stopped\n');
  });

  test('without a terminal is told when a phase begins, every ten seconds, and at the end', () => {
    let now = 0;
    const log = new ProgressLog(() => now);
    const due = (done: number, phase: string, after: number) => {
      now += after;
      return log.isDue({ ...progress, done, phase });
    };
    assert.deepEqual(
      [due(1, 'a', 0), due(2, 'a', 100), due(3, 'b', 100), due(4, 'b', 9000), due(5, 'b', 1000), due(200, 'b', 1)],
      [true, false, true, false, true, true],
    );
  });

  test('on a terminal is one line that fits, and the cursor comes back', () => {
    const screen = new Screen(true);
    const live = new LiveLine(screen);
    live.show((width) => 'x'.repeat(width));
    live.close();
    assert.equal(screen.text, `\u001b[?25l\r\u001b[2K${'x'.repeat(59)}\r\u001b[2K\u001b[?25h`);
  });
});
