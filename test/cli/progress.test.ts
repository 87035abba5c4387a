import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { program } from '../../src/app/program.js';
import { ProgressLog } from '../../src/cli/console/progress-log.js';
import { ProgressMeter } from '../../src/cli/console/progress-meter.js';
import { RunConsole } from '../../src/cli/console/run-console.js';
import type { Progress, StageEvent } from '../../src/registry/kinds/stage-event.js';
import { Collector } from './rig.js';

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
    assert.equal(meter.line(), 'train  epoch 1/4  [#####---------------]  50/200 steps  5 steps/s  ETA 30 s  G 2.346');
  });

  test('in bytes is in units that people read, without a bar or an end where the whole is not known', () => {
    let now = 0;
    const meter = new ProgressMeter('preprocess', () => now);
    const bytes = { ...progress, unit: 'bytes', phase: 'downloading horse2zebra.zip', values: {}, total: 116_867_962 };
    meter.update({ ...bytes, done: 3_000_000 });
    now = 4000;
    meter.update({ ...bytes, done: 48_200_000 });
    const text = 'preprocess  downloading horse2zebra.zip  [########------------]  48.2/117 MB  11.3 MB/s  ETA 6.1 s';
    assert.equal(meter.line(), text);
    now = 4001;
    meter.update({ ...bytes, done: 512, total: 0 });
    assert.equal(meter.line(), 'preprocess  downloading horse2zebra.zip  512 bytes');
    now = 8001;
    meter.update({ ...bytes, unit: 'files', phase: 'verifying', done: 0, total: 0, rate: 12 });
    assert.equal(meter.line(), 'preprocess  verifying  0 files  12 files/s');
    meter.update({ ...bytes, done: 999_960, total: 1_476_754_427, rate: 999.7 });
    assert.match(meter.line(), /  0\.00\/1\.48 GB  1\.00 kB\/s  ETA \d+ h \d\d min$/);
  });

  test('is all that is shown of what a stage tells, but for notes: numbers, images and texts are for trackers', () => {
    const screen = new Collector();
    const shown = new RunConsole({ stdout: screen, stderr: screen, cwd: '/', env: {}, program });
    const tell = (event: StageEvent) =>
      shown.listen({ kind: 'stage-event', tracked: { stage: 'preprocess', time: 0, event } });
    tell({ kind: 'text', name: 'data', step: 0, text: '# The data' });
    tell({ kind: 'metric', name: 'loss', step: 1, value: 2 });
    tell({ kind: 'image', name: 'samples', step: 1, file: '/a.png' });
    assert.equal(screen.text, '');
    tell({ kind: 'note', level: 'warning', text: 'two images are the same' });
    assert.equal(screen.text, 'warning: preprocess: two images are the same\n');
  });

  const building = { kind: 'phase', name: 'building-graph', text: 'building the graph' } as const;

  test('before there is anything to count, a terminal shows what is done, and how long it has taken', () => {
    let now = 0;
    const meter = new ProgressMeter('train', () => now);
    now = 5000;
    meter.begin(building);
    assert.deepEqual(meter.lines(79), ['train  building the graph']);
    now = 18_400;
    assert.deepEqual(meter.lines(79), ['train  building the graph  0:13']);
    assert.equal(meter.line(), 'train  building the graph  0:13');
    meter.update(progress);
    assert.doesNotMatch(meter.lines(79).join(), /building/);
    meter.begin({ ...building, text: 'evaluating' });
    assert.deepEqual(meter.lines(79), ['train  evaluating']);
  });

  test('without a terminal, a phase is a line when it begins, and again while it lasts', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const screen = new Collector();
    const shown = new RunConsole({ stdout: screen, stderr: screen, cwd: '/', env: {}, program });
    const tell = (event: StageEvent) =>
      shown.listen({ kind: 'stage-event', tracked: { stage: 'train', time: 0, event } });
    tell({ ...building, text: 'reading the data' });
    tell(building);
    assert.equal(screen.text, 'train  reading the data\ntrain  building the graph\n');
    t.mock.timers.tick(15_000);
    assert.match(screen.text, /(train {2}building the graph.*\n){2}$/);
    tell(progress);
    const before = screen.text;
    assert.match(before, /epoch 1\/4.*\n$/);
    t.mock.timers.tick(60_000);
    assert.equal(screen.text, before);
    shown.close();
  });

  test('of phases says nothing where only warnings are wanted', () => {
    const screen = new Collector();
    const shown = new RunConsole({ stdout: screen, stderr: screen, cwd: '/', env: {}, program }, { quiet: true });
    shown.listen({ kind: 'stage-event', tracked: { stage: 'train', time: 0, event: building } });
    assert.equal(screen.text, '');
  });

  test('tells at Ctrl-C of a step only where a stage trains, and in the end what is kept and how it goes on', () => {
    const screen = new Collector();
    const shown = new RunConsole({ stdout: screen, stderr: screen, cwd: '/', env: {}, program });
    const said = (action: () => void) => {
      screen.text = '';
      action();
      return screen.text;
    };
    const stop = () => shown.stopping();
    assert.equal(said(stop), 'Stopping. Ctrl-C again stops now.\n');
    shown.listen({ kind: 'stage-event', tracked: { stage: 'train', time: 0, event: progress } });
    assert.equal(said(stop), 'Stopping. Ctrl-C again stops now.\n');
    const training = { epoch: 1, epochs: 4, step: 50, stepsPerEpoch: 50 };
    shown.listen({ kind: 'stage-event', tracked: { stage: 'train', time: 0, event: { ...progress, training } } });
    assert.match(said(stop), /^Stopping: finishing the step, then saving\. /);
    shown.listen({ kind: 'stage-started', stage: 'evaluate', reason: 'never run', resumes: false, inputs: {} });
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

  const losses = { G: 2.34567, F: 12.3, D_X: 0.693, D_Y: 0.00001 };
  const shown = (width: number, changes: Partial<Progress> = {}) => {
    let now = 0;
    const meter = new ProgressMeter('train', () => now);
    now = 63_000;
    meter.update({ ...progress, values: losses, rate: 4.1, memory: 1.9e9, ...changes });
    return { lines: meter.lines(width), meter };
  };

  test('on a terminal is a block: how far, how fast and with what, and the numbers in columns', () => {
    assert.deepEqual(shown(79).lines, [
      'train  epoch 1/4  [##########------------------------------]   50/200 steps',
      '  4.100 steps/s  ETA 37 s  1.9 GB  1:03',
      '  G 2.346      F 12.30      D_X 0.6930   D_Y 1.00e-5',
    ]);
  });

  test('fits a narrow terminal: the bar shrinks and goes, what matters least is left out, numbers take more lines', () => {
    assert.deepEqual(shown(39).lines, [
      'train  epoch 1/4   50/200 steps',
      '  4.100 steps/s  ETA 37 s  1.9 GB  1:03',
      '  G 2.346      F 12.30      D_X 0.6930',
      '  D_Y 1.00e-5',
    ]);
    assert.deepEqual(shown(30).lines.slice(0, 2), ['train   50/200 steps', '  4.100 steps/s  ETA 37 s']);
    for (let width = 10; width < 200; width++) {
      for (const line of shown(width, { phase: 'downloading a-rather-long-name.zip' }).lines) {
        assert.ok(line.length <= width, `${width}: ${line}`);
      }
    }
    assert.match(shown(30, { phase: 'downloading a-rather-long-name.zip' }).lines[0]!, /^train {3}50\/200 steps$/);
  });

  test('does not jump about: a number that becomes shorter leaves the next one where it was', () => {
    const { meter } = shown(79);
    meter.update({ ...progress, values: { ...losses, G: 2 }, rate: 4 });
    assert.equal(meter.lines(79)[1], '  4 steps/s      ETA 38 s          1:03');
    assert.match(meter.lines(79)[2]!, /^ {2}G 2 {10}F 12\.30 /);
  });
});
