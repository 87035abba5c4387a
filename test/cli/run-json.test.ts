import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { RunJson } from '../../src/cli/console/run-json.js';
import { Rig } from '../rig.js';
import { Collector, runIn } from './rig.js';

const PLUGIN = `
const common = { summary: 'a stage of a test', schema: { properties: {} }, version: 1, reads: [], engine: false };
const work = { ...common, scope: 'run', reads: ['seed'], consumes: [], create: () => ({
  run: async ({ config, emit, dir }) => {
    if (config.seed === 13) throw new Error('unlucky');
    emit({ kind: 'phase', name: 'warming-up', text: 'warming up' });
    emit({ kind: 'progress', unit: 'steps', done: 1, total: 2, phase: 'epoch 1/2', rate: 3, values: { G: NaN }, training: { epoch: 1, epochs: 2, step: 1, stepsPerEpoch: 1 } });
    emit({ kind: 'metric', name: 'loss/G', step: 1, value: Infinity });
    emit({ kind: 'note', level: 'warning', text: 'careful' });
    emit({ kind: 'note', level: 'info', text: 'by the way' });
    return { status: 'done', outputs: { metrics: { psnr: 21.5 } }, summary: [{ label: 'grid', file: 'a.png' }], artifacts: ['a.png'] };
  },
}) };
export default { stage: { work } };
`;
const CONFIG = `
name: toy
plugins: [./plugin.mjs]
tracking: {}
stages: {preprocess: null, train: null, evaluate: null, export: null, work: {}}
`;

interface Line extends Readonly<Record<string, unknown>> {
  readonly event: string;
}

describe('runner run', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.create();
    rig.write('plugin.mjs', PLUGIN);
    rig.write('toy.yaml', CONFIG);
  });
  afterEach(() => rig.remove());

  const runner = (...argv: string[]) => runIn(rig.dir, ['run', ...argv]);

  async function inJson(...argv: string[]) {
    const { code, out, err } = await runner(...argv, '--json');
    assert.ok(out.endsWith('\n'));
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    const last = lines.at(-1)!;
    assert.equal(last.event, 'result');
    assert.equal(last['exitCode'], code);
    return { code, err, lines, last, of: (event: string) => lines.filter((line) => line.event === event) };
  }

  test('--json prints every event as a line, and nothing else', async () => {
    const { lines, of, err } = await inJson('toy.yaml');
    assert.equal(err, '');
    assert.deepEqual(
      lines.map(({ event }) => event),
      [
        ...['plan', 'run-started', 'stage-started', 'phase', 'progress', 'metric', 'note', 'note'],
        ...['stage-finished', 'run-ended', 'result'],
      ],
    );
    const begun = of('phase')[0]!;
    const { time } = begun;
    assert.deepEqual(begun, { event: 'phase', time, stage: 'work', name: 'warming-up', text: 'warming up' });
    for (const { time } of lines) assert.ok(Number.isInteger(time));
    const [plan] = of('plan');
    assert.equal(plan!['dir'], `${rig.runs}/${String(plan!['run'])}`);
    assert.deepEqual(plan!['stages'], [{ stage: 'work', action: 'fresh', reason: 'never run' }]);
    assert.equal(of('run-started')[0]!['cwd'], rig.dir);
  });

  test('--json prints NaN and infinities as strings', async () => {
    const { of } = await inJson('toy.yaml');
    assert.deepEqual(of('metric')[0], {
      ...{ event: 'metric', time: of('metric')[0]!['time'], stage: 'work' },
      ...{ name: 'loss/G', step: 1, value: 'Infinity' },
    });
    assert.deepEqual(of('progress')[0]!['values'], { G: 'NaN' });
    assert.deepEqual(of('progress')[0]!['training'], { epoch: 1, epochs: 2, step: 1, stepsPerEpoch: 1 });
  });

  test('--json ends with the result, the outputs of each stage, and their paths', async () => {
    const first = await inJson('toy.yaml');
    const dir = `${String(first.last['dir'])}/work`;
    const made = {
      ...{ dir, outputs: { metrics: { psnr: 21.5 } } },
      ...{ artifacts: [`${dir}/a.png`], summary: [{ label: 'grid', file: `${dir}/a.png` }] },
    };
    assert.equal(first.last['report'], `${String(first.last['dir'])}/report.html`);
    assert.ok(existsSync(String(first.last['report'])));
    const { status, whole, stages } = first.last;
    assert.deepEqual({ status, whole, stages }, { status: 'done', whole: true, stages: [{ stage: 'work', ...made }] });
    const { seconds, ...finished } = first.of('stage-finished')[0]!;
    assert.equal(typeof seconds, 'number');
    assert.deepEqual(finished, { event: 'stage-finished', time: finished['time'], stage: 'work', ...made });
    assert.equal((await inJson('toy.yaml')).last['status'], 'up-to-date');
    const { last } = await inJson('toy.yaml', '--set', 'seed=7', '--dry-run');
    assert.deepEqual([last['status'], last['report']], ['planned', undefined]);
  });

  test('--json reports a failed stage, with its problems', async () => {
    const { code, of, last } = await inJson('toy.yaml', '--set', 'seed=13');
    assert.equal(code, 1);
    const [failure] = of('stage-failed') as unknown as [{ problems: object[]; bug: string }];
    const message = 'Stage "work" stopped at an unexpected error: Error: unlucky';
    assert.deepEqual(failure.problems, [{ code: 'bug', message }]);
    assert.match(failure.bug, /^Error: unlucky\n +at /);
    assert.equal(last['status'], 'failed');
  });

  test('--json reports problems before anything starts, with their places', async () => {
    const config = await inJson('toy.yaml', '--set', 'seed=soon');
    assert.equal(config.code, 2);
    assert.equal(config.last['status'], 'invalid');
    const [problem] = config.last['problems'] as { code: string; place: object }[];
    assert.deepEqual(Object.keys(problem!.place).slice(0, 3), ['file', 'line', 'column']);
    assert.deepEqual([config.lines.length, config.err], [1, '']);
    for (const argv of [['none.yaml'], ['toy.yaml', '--only', 'nothing'], ['toy.yaml', '--runs', '']]) {
      const { code, last, err } = await inJson(...argv);
      assert.deepEqual([code, last['status'], err], [2, 'invalid', '']);
    }
  });

  test('--json reports a wrong command line', async () => {
    const { code, last } = await inJson('toy.yaml', '--onyl', 'work');
    assert.equal(code, 2);
    const problems = [{ code: 'unknownOption', message: "unknown option '--onyl'\n(Did you mean --only?)" }];
    assert.deepEqual(last['problems'], problems);
    assert.equal((await inJson()).code, 2);
    assert.equal((await inJson('toy.yaml', '--quiet')).code, 2);
  });

  test('--json never shows a password', () => {
    const stdout = new Collector();
    new RunJson({ stdout }).listen({ kind: 'note', level: 'info', text: 'http://bob:secret@host/ is slow' });
    assert.doesNotMatch(stdout.text, /secret/);
  });

  test('--quiet prints only warnings and results', async () => {
    const { code, out, err } = await runner('toy.yaml', '--quiet');
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^warning: work: careful\n\nDone {2}runs\/toy-[0-9a-f]{8}\n\n {2}grid /);
    assert.doesNotMatch(out, /by the way|starts|epoch/);
    const failed = await runner('toy.yaml', '--quiet', '--set', 'seed=13');
    assert.deepEqual([failed.code, failed.out], [1, '']);
    assert.match(failed.err, /unlucky/);
    assert.match((await runner('toy.yaml', '--quiet', '--dry-run')).out, /work +skip +up to date/);
  });
});
