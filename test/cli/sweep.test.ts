import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { parse as parseYaml } from 'yaml';
import { isAlive, type Rig } from '../rig.js';
import { begun, starts, table, theSweep, toyRig } from '../sweep/toy.js';

/** A launcher that runs a trial before it says that it was handed over; of several it takes the first. */
const LAUNCHER = `
import { spawnSync } from 'node:child_process';
const schema = { properties: { greeting: { type: 'string', default: 'good day', description: 'What it says.' } } };
const create = ({ greeting }, site) => ({
  capacity: 3, detached: false, interval: 20,
  submit: async ({ trials: [trial], command: [program, ...words] }) => {
    site.note('info', greeting + ', trial ' + trial);
    spawnSync(program, [...words, String(trial)]);
    return new Map([[trial, String(trial)]]);
  },
  watch: async (handles) => new Map(handles.map((handle) => [handle, 'gone'])),
  cancel: async () => {},
});
export default { launcher: { mine: { summary: 'one after the other', schema, create } } };
`;

async function launcherRig(t: TestContext): Promise<Rig> {
  const rig = await toyRig(t);
  rig.write('mine.mjs', LAUNCHER);
  const config = readFileSync(join(rig.dir, 'toy.yaml'), 'utf8');
  rig.write('toy.yaml', config.replace('./toy.mjs', './toy.mjs, ./mine.mjs'));
  return rig;
}

/** A trial that takes so many milliseconds is at work until it is stopped, however slow the machine. */
const LONG = 5 * 60_000;

const run = (rig: Rig, ...args: readonly string[]) => rig.command('sweep', 'toy.yaml', ...args).ended;

describe('runner sweep', () => {
  test('runs every trial once, ranks them, and does nothing the second time', async (t) => {
    const rig = await toyRig(t);
    const first = await run(rig, '--set', 'loss.lambda=1,10,50', '--jobs', '2');
    assert.equal(first.code, 0, first.output);
    assert.deepEqual(starts(rig), { '1 42': 1, '10 42': 1, '50 42': 1 });
    assert.match(first.output, /1 {2,}2 {2,}10 {2,}0\.5420 {2,}done/);
    assert.match(first.output, /Best by score \(lower is better\): lambda=10, 0\.5420/);
    const again = await run(rig, '--set', 'loss.lambda=1,10,50', '--jobs', '2');
    assert.equal(again.code, 0);
    assert.match(again.output, /Nothing to do/);
    assert.deepEqual(starts(rig), { '1 42': 1, '10 42': 1, '50 42': 1 });
  });

  test('gives trials the same runs as `runner run`', async (t) => {
    const rig = await toyRig(t);
    const alone = await rig.command('run', 'toy.yaml', '--set', 'loss.lambda=2', '--set', 'seed=43', '--dry-run').ended;
    const { output } = await run(rig, '--set', 'loss.lambda=1,2', '--set', 'sweep.repeats=2', '--dry-run');
    const runs = output.match(/\btoy-[0-9a-f]{8}/g)!;
    assert.equal(new Set(runs).size, 4, output);
    assert.ok(runs.includes(/^toy-[0-9a-f]{8}/.exec(alone.output)![0]));
  });

  test('the section of the file does the same as the command line, and is the same sweep', async (t) => {
    const rig = await toyRig(t);
    const text = readFileSync(join(rig.dir, 'toy.yaml'), 'utf8');
    assert.equal((await run(rig, '--set', 'loss.lambda=1,10')).code, 0);
    rig.write('toy.yaml', text.replace('sweep: {', 'sweep: {grid: {loss.lambda: [1, 10]}, '));
    const again = await run(rig);
    assert.match(again.output, /Nothing to do/);
    assert.deepEqual(starts(rig), { '1 42': 1, '10 42': 1 });
  });

  test('reports all problems of all trials before any starts, each once with its place', async (t) => {
    const rig = await toyRig(t);
    const text = readFileSync(join(rig.dir, 'toy.yaml'), 'utf8');
    rig.write('toy.yaml', text.replace('sweep: {', 'sweep: {grid: {loss.lambda: [1, ten]}, '));
    const { code, output } = await run(rig, '--set', 'generator.type=unet,unte', '--set', 'train.epochs=1,0');
    assert.equal(code, 2);
    assert.match(output, /toy\.yaml:10:\d+: error: loss\.lambda: expected a number/);
    assert.match(output, /There is no generator called "unte".*\n(.*\n)*.*Did you mean "unet"\?/);
    assert.match(output, /train\.epochs: expected a whole number from 1/);
    assert.match(output, /3 problems\./);
    assert.deepEqual(starts(rig), {});
    assert.ok(!existsSync(join(rig.runs, 'sweeps')));
  });

  test('continues when trials fail, reports them, and retries only those with the same command', async (t) => {
    const rig = await toyRig(t);
    const first = await run(rig, '--set', 'loss.lambda=13,9,10', '--jobs', '2');
    assert.equal(first.code, 1, first.output);
    assert.match(first.output, /trial 1 {2}lambda=13 {2}failed: .*thirteen/);
    assert.match(first.output, /its log: runs\/sweeps\/.*\/trials\/1\/log\.txt/);
    assert.match(first.output, /trial 2 {2}lambda=9 {2}crashed: Its process ended unexpectedly/);
    assert.deepEqual(await table(rig), { 13: 'failed', 9: 'crashed', 10: 'done' });
    writeFileSync(join(rig.dir, 'starts.txt.mended'), '');
    const second = await run(rig, '--set', 'loss.lambda=13,9,10', '--jobs', '2');
    assert.equal(second.code, 0, second.output);
    assert.deepEqual(starts(rig), { '13 42': 2, '9 42': 2, '10 42': 1 });
    assert.deepEqual(await table(rig), { 13: 'done', 9: 'done', 10: 'done' });
  });

  test('ignores edits of the config while it runs, and resumes by its name', async (t) => {
    const rig = await toyRig(t, 300);
    const running = rig.command('sweep', 'toy.yaml', '--set', 'loss.lambda=1,2', '--jobs', '1');
    await begun(rig, 1, running);
    rig.write('toy.yaml', 'seed: 7\nnonsense: true\n');
    assert.equal((await running.ended).code, 0, running.output);
    assert.deepEqual(starts(rig), { '1 42': 1, '2 42': 1 });
    const again = await rig.command('sweep', 'toy,lambda').ended;
    assert.match(again.output, /Nothing to do/);
  });

  test('stops its trials and itself on Ctrl-C, and resumes with the same command', async (t) => {
    const rig = await toyRig(t, LONG);
    const running = rig.command(
      'sweep',
      'toy.yaml',
      '--set',
      'loss.lambda=1,2',
      '--set',
      'train.epochs=400',
      '--jobs',
      '2',
    );
    await begun(rig, 2, running);
    running.process.kill('SIGINT');
    const { code, output } = await running.ended;
    assert.equal(code, 130, output);
    assert.match(output, /Stopped/);
    assert.deepEqual(await table(rig), { 1: 'stopped', 2: 'stopped' });
    writeFileSync(join(rig.dir, 'starts.txt.quick'), '');
    const again = await run(rig, '--set', 'loss.lambda=1,2', '--set', 'train.epochs=400', '--jobs', '2');
    assert.equal(again.code, 0, again.output);
    assert.deepEqual(await table(rig), { 1: 'done', 2: 'done' });
  });

  test('reports a trial stopped from outside as cancelled, and resumes it with the next command', async (t) => {
    const rig = await toyRig(t, 10_000);
    const set = ['--set', 'loss.lambda=1,2', '--set', 'train.epochs=400', '--jobs', '2'];
    const running = rig.command('sweep', 'toy.yaml', ...set);
    await begun(rig, 2, running);
    const record = await readFile(join(await theSweep(rig), 'trials', '1', 'trial.json'), 'utf8');
    process.kill((JSON.parse(record) as { attempts: { pid: number }[] }).attempts[0]!.pid, 'SIGTERM');
    const { code, output } = await running.ended;
    assert.equal(code, 1, output);
    assert.match(output, /trial 1 {2}lambda=1 {2}cancelled: It was asked to stop/);
    assert.deepEqual(await table(rig), { 1: 'cancelled', 2: 'done' });
    const again = await run(rig, ...set);
    assert.equal(again.code, 0, again.output);
    assert.deepEqual(await table(rig), { 1: 'done', 2: 'done' });
  });

  test('resubmits trials that a launcher does not accept', async (t) => {
    const rig = await launcherRig(t);
    const { code, output } = await run(rig, '--set', 'loss.lambda=1,2,3,4', '--launcher', 'mine');
    assert.equal(code, 0, output);
    assert.deepEqual(await table(rig), { 1: 'done', 2: 'done', 3: 'done', 4: 'done' });
    assert.deepEqual(starts(rig), { '1 42': 1, '2 42': 1, '3 42': 1, '4 42': 1 });
  });

  test('goes on with another launcher, a plugin’s here, which takes its own defaults', async (t) => {
    const rig = await launcherRig(t);
    assert.equal((await run(rig, '--set', 'loss.lambda=1,13')).code, 1);
    writeFileSync(join(rig.dir, 'starts.txt.mended'), '');
    const mine = await rig.command('sweep', 'toy,lambda', '--launcher', 'mine').ended;
    assert.equal(mine.code, 0, mine.output);
    assert.match(mine.output, /good day, trial 2/);
    assert.deepEqual(starts(rig), { '1 42': 1, '13 42': 2 });
    const nowhere = await rig.command('sweep', 'toy,lambda', '--launcher', 'mien').ended;
    assert.match(nowhere.output, /There is no launcher called "mien".*\n.*Did you mean "mine"\?/);
  });

  test('has one line in status, and its trials by its name', async (t) => {
    const rig = await toyRig(t);
    await run(rig, '--set', 'loss.lambda=1,10');
    await rig.command('run', 'toy.yaml', '--set', 'loss.lambda=3').ended;
    const all = (await rig.command('status').ended).output;
    assert.deepEqual(all.match(/^toy-[0-9a-f]{8}/gm)?.length, 1, 'trials are not listed beside the sweep');
    assert.match(all, /^toy,lambda-[0-9a-f]{8} {2}2 trials: 2 done\. Best by score .*lambda=10, 0\.5420/m);
    assert.match((await rig.command('status', 'toy,lambda-').ended).output, /1 {2,}2 {2,}10 {2,}0\.5420 {2,}done/);
    const names = async (...words: string[]) =>
      (JSON.parse((await rig.command('status', ...words, '--json').ended).output) as { name: string }[]).map(
        ({ name }) => name,
      );
    const [every, ofSweep] = [await names(), await names('toy,lambda-')];
    assert.deepEqual([every.length, ofSweep.length], [3, 2]);
    assert.ok(ofSweep.every((name) => every.includes(name)));
  });

  test('killed itself, its trials leave; the same command waits for them, and runs none twice that was done', async (t) => {
    const rig = await toyRig(t, LONG);
    const set = ['--set', 'loss.lambda=1,2,3', '--set', 'train.epochs=300', '--jobs', '2'];
    const running = rig.command('sweep', 'toy.yaml', ...set);
    await begun(rig, 2, running);
    running.process.kill('SIGKILL');
    await running.ended;
    writeFileSync(join(rig.dir, 'starts.txt.quick'), '');
    const again = await run(rig, ...set);
    assert.equal(again.code, 0, again.output);
    assert.deepEqual(await table(rig), { 1: 'done', 2: 'done', 3: 'done' });
    assert.deepEqual(starts(rig), { '1 42': 2, '2 42': 2, '3 42': 1 });
  });

  test('cancel asks nothing of a trial that is done, though whoever handed it over was killed before it knew', async (t) => {
    const rig = await toyRig(t);
    assert.equal((await run(rig, '--set', 'loss.lambda=1,2')).code, 0);
    const job = { launcher: 'local', handle: '1@x', submitted: new Date().toISOString() };
    writeFileSync(join(await theSweep(rig), 'trials', '1', 'job.json'), JSON.stringify(job));
    const { code, output } = await rig.command('sweep', 'cancel').ended;
    assert.equal(code, 0, output);
    assert.match(output, /^No trial of toy,lambda-\w+ is queued or running\.$/m);
  });

  test('names the process that uses the sweep to a second command', async (t) => {
    const rig = await toyRig(t, LONG);
    const running = rig.command('sweep', 'toy.yaml', '--set', 'loss.lambda=1,2', '--jobs', '2');
    await begun(rig, 1, running);
    const { code, output } = await run(rig, '--set', 'loss.lambda=1,2');
    assert.equal(code, 1, output);
    assert.match(output, /is being worked on by process \d+/);
    running.process.kill('SIGINT');
    assert.equal((await running.ended).code, 130);
  });

  test('a trial that runs already as a run of its own is the same run', async (t) => {
    const rig = await toyRig(t);
    assert.equal((await rig.command('run', 'toy.yaml', '--set', 'loss.lambda=1').ended).code, 0);
    assert.equal((await run(rig, '--set', 'loss.lambda=1,2')).code, 0);
    assert.deepEqual(starts(rig), { '1 42': 1, '2 42': 1 });
  });

  test('--trial runs one, --matrix names all, and collect makes the answer of what there is', async (t) => {
    const rig = await toyRig(t);
    const set = ['--set', 'loss.lambda=1,10'];
    const matrix = await run(rig, ...set, '--matrix', 'github');
    assert.deepEqual(JSON.parse(matrix.output), {
      include: [
        { trial: 1, name: 'lambda=1' },
        { trial: 2, name: 'lambda=10' },
      ],
    });
    assert.deepEqual(parseYaml((await run(rig, ...set, '--matrix', 'gitlab')).output), {
      parallel: { matrix: [{ TRIAL: ['1', '2'] }] },
    });
    // Each as a job of its own has it: in a folder of its own.
    for (const trial of ['1', '2']) {
      const job = await run(rig, ...set, '--trial', trial, '--runs', `job-${trial}/runs`);
      assert.equal(job.code, 0, job.output);
    }
    const collected = await rig.command('sweep', 'collect', '--add', 'job-1/runs', '--add', 'job-2/runs', '--markdown')
      .ended;
    assert.equal(collected.code, 0, collected.output);
    assert.match(collected.output, /\| 1 \| 2 \| 10 \| 0\.5420 \| done/);
    assert.equal((await run(rig, ...set, '--trial', '3')).code, 2);
  });

  test('--trial of one that is done does nothing, and leaves its record as it is', async (t) => {
    const rig = await toyRig(t);
    const set = ['--set', 'loss.lambda=1,10', '--trial', '2'];
    assert.equal((await run(rig, ...set)).code, 0);
    const path = join(await theSweep(rig), 'trials', '2', 'trial.json');
    const record = await readFile(path, 'utf8');
    const again = await run(rig, ...set);
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, /It was done before\.\n$/);
    assert.equal(await readFile(path, 'utf8'), record);
    assert.deepEqual(starts(rig), { '10 42': 1 });
  });

  test('leaves diverged trials done, without a rank and never the best', async (t) => {
    const rig = await toyRig(t);
    const { code, output } = await run(rig, '--set', 'loss.lambda=7,8,1');
    assert.equal(code, 0, output);
    assert.match(output, /^ +1 +3 +1 +9\.542 +done/m);
    assert.match(output, /^ +1 +7 +NaN +done/m);
    assert.match(output, /^ +2 +8 +-∞ +done/m);
    assert.match(output, /Best by score \(lower is better\): lambda=1,/);
    const json = await rig.command('sweep', 'best', '--json').ended;
    assert.equal((JSON.parse(json.output) as { trial: number }).trial, 3);
  });

  test('where all trials diverged there is no best one, which `best` says', async (t) => {
    const rig = await toyRig(t);
    const { code, output } = await run(rig, '--set', 'loss.lambda=7,8');
    assert.equal(code, 0, output);
    assert.match(output, /2 trials: 2 done\. No trial has a finite score\./);
    const best = await rig.command('sweep', 'best').ended;
    assert.equal(best.code, 1, best.output);
    assert.match(best.output, /No trial of toy\S+ has a finite score: 2 of 2 measured NaN or infinity\./);
  });

  test('says what to pass if nothing varies, and trains nothing', async (t) => {
    const rig = await toyRig(t);
    for (const words of [[], ['--set', 'loss.lambda=10']]) {
      const { code, output } = await run(rig, ...words);
      assert.equal(code, 2, output);
      assert.match(output, /Nothing varies: this would be a single experiment, which `runner run` trains\./);
      assert.match(output, /--set loss\.lambda=5,10,20/);
    }
    assert.deepEqual(starts(rig), {});
    assert.ok(!existsSync(rig.runs));
  });

  test('runs a single trial for a grid of one value, and notes it', async (t) => {
    const rig = await toyRig(t);
    const { code, output } = await run(rig, '--set', 'sweep.grid={loss.lambda: [10]}');
    assert.equal(code, 0, output);
    assert.match(output, /^Nothing varies: this sweep is a single experiment\.$/m);
    assert.match(output, / 1 trial$/m);
    assert.doesNotMatch(output, /\b1 trials/);
    assert.match((await rig.command('sweep', 'best').ended).output, /^# The best of 1 trial of toy/);
  });

  test('a metric that what varies is a weight of is told with a caution, wherever it is ranked by', async (t) => {
    const rig = await toyRig(t);
    const set = ['--set', 'loss.lambda=1,2', '--metric', 'cycle-error'];
    const dry = await run(rig, ...set, '--dry-run');
    assert.match(dry.output, /^Ranked by cycle-error \(lower is better\)\.\nCaution: loss\.lambda is a weight of/m);
    assert.doesNotMatch((await run(rig, '--set', 'loss.lambda=1,2', '--dry-run')).output, /Caution/);
  });

  test('a plugin’s metric can be what trials are ranked by, without a choice', async (t) => {
    const rig = await toyRig(t);
    const metric =
      "{summary: 'mine', schema: {properties: {}}, create: () => ({better: 'higher', needs: {truth: true}, start() {}})}";
    rig.write('metric.mjs', `export default { metric: { mine: ${metric} } };`);
    const text = readFileSync(join(rig.dir, 'toy.yaml'), 'utf8');
    rig.write('toy.yaml', text.replace('./toy.mjs', './toy.mjs, ./metric.mjs').replace(/^sweep: .*$/m, ''));
    const set = ['--set', 'loss.lambda=1,2', '--set', 'evaluate.metrics=[cycle-error, mine]', '--dry-run'];
    const { code, output } = await run(rig, ...set);
    assert.equal(code, 0, output);
    assert.match(output, /^Ranked by mine \(higher is better\)\.$/m);
  });

  test('trials that nobody has begun do not hide the sweep that was', async (t) => {
    const rig = await toyRig(t);
    assert.equal((await run(rig, '--set', 'loss.lambda=1,10')).code, 0);
    const begun = await theSweep(rig);
    // As a dry run of an older version, or a command that was killed, has left it.
    const sweep = JSON.parse(readFileSync(join(begun, 'sweep.json'), 'utf8')) as { created: string };
    const later = join(rig.runs, 'sweeps', 'toy,lambda-00000000');
    cpSync(join(begun, 'trials', '1', 'config.json'), join(later, 'trials', '1', 'config.json'));
    const frozen = { ...sweep, name: 'toy,lambda-00000000', created: new Date().toISOString() };
    writeFileSync(join(later, 'sweep.json'), JSON.stringify(frozen));
    const best = await rig.command('sweep', 'best').ended;
    assert.equal(best.code, 0, best.output);
    assert.match(best.output, /^# The best of 2 trials of toy,lambda-(?!0000)/);
  });

  test('collect of an unfinished sweep says so, with its exit code', async (t) => {
    const rig = await toyRig(t);
    assert.equal((await run(rig, '--set', 'loss.lambda=1,10', '--trial', '1')).code, 0);
    const collected = await rig.command('sweep', 'collect').ended;
    assert.equal(collected.code, 1);
    assert.match(collected.output, /2 trials: 1 done, 1 queued/);
  });

  test('best prints the config of the best trial, which runs unchanged', async (t) => {
    const rig = await toyRig(t);
    await run(rig, '--set', 'loss.lambda=1,10');
    const best = await rig.command('sweep', 'best').ended;
    assert.equal(best.code, 0, best.output);
    assert.match(best.output, /^# The best of 2 trials/);
    rig.write('best.yaml', best.output);
    assert.equal((await rig.command('run', 'best.yaml').ended).code, 0);
    assert.deepEqual(starts(rig), { '1 42': 1, '10 42': 1 });
    const json = await rig.command('sweep', 'best', '--json', '--metric', 'AtoB/score').ended;
    assert.equal((JSON.parse(json.output) as { value: number }).value, 0.042);
  });

  test('successive halving trains all a little, and the best to the end', async (t) => {
    const rig = await toyRig(t);
    const halving = 'sweep.halving={metric: loss/toy, epochs: 1, factor: 2}';
    const { code, output } = await run(rig, '--set', 'loss.lambda=1,5,9.5,10', '--set', halving);
    assert.equal(code, 0, output);
    assert.match(output, /trial 1 {2}lambda=1 {2}trained 1 epoch in/);
    assert.match(output, /after 1 epoch: 2 trials go on, 2 stop here/);
    assert.match(output, /after 2 epochs: 1 trial goes on, 1 stops here/);
    assert.deepEqual(await table(rig), { 1: 'pruned', 5: 'pruned', 9.5: 'pruned', 10: 'done' });
    // What it chose by is in the table, and those come first that it let go on longer.
    const lines = output.split('\n').filter((line) => /(score|done|pruned) .*(time|\d:\d\d)$/.test(line));
    assert.deepEqual(lines.map((line) => line.trim().split(/ +/).slice(0, -1).join(' ')).slice(-5), [
      'trial lambda score loss/toy@1 loss/toy@2 state',
      '1 4 10 0.5420 1.042 0.5420 done',
      '3 9.5 1.542 1.042 pruned',
      '2 5 6.042 pruned',
      '1 1 10.04 pruned',
    ]);
    assert.match((await run(rig, '--set', 'loss.lambda=1,5,9.5,10', '--set', halving)).output, /Nothing to do/);
  });

  test('while a trial has failed, those that successive halving left wait; once it is mended, the choice stands', async (t) => {
    const rig = await toyRig(t);
    const set = ['--set', 'loss.lambda=1,5,10,13'];
    const halving = ['--set', 'sweep.halving={metric: loss/toy, epochs: 1, factor: 2}'];
    const failing = await run(rig, ...set, ...halving);
    assert.equal(failing.code, 1, failing.output);
    assert.deepEqual(await table(rig), { 1: 'paused', 5: 'paused', 10: 'done', 13: 'failed' });
    assert.match(failing.output, /4 trials: 1 done, 2 paused, 1 failed/);
    rig.write('starts.txt.mended', '');
    const mended = await run(rig, ...set, ...halving);
    assert.equal(mended.code, 0, mended.output);
    assert.deepEqual(await table(rig), { 1: 'pruned', 5: 'pruned', 10: 'done', 13: 'pruned' });
  });

  test('reports an unknown halving metric with the nearest name', async (t) => {
    const rig = await toyRig(t);
    const set = ['--set', 'loss.lambda=1,10', '--set', 'sweep.halving={metric: loss/toi, epochs: 1, factor: 2}'];
    const { code, output } = await run(rig, ...set);
    assert.equal(code, 1);
    assert.match(
      output,
      /trial 1 {2}lambda=1 {2}failed: .* reported no metric "loss\/toi" to choose by\. Did you mean "loss\/toy"\?/,
    );
  });

  test('trials of one run, which differ in what is evaluated, come one after the other', async (t) => {
    const rig = await toyRig(t, 300);
    const { code, output } = await run(
      rig,
      '--set',
      'evaluate.samples=1,2,3',
      '--set',
      'loss.lambda=1,2',
      '--jobs',
      '3',
    );
    assert.equal(code, 0, output);
    assert.deepEqual(starts(rig), { '1 42': 1, '2 42': 1 });
    assert.match(output, /6 trials: 6 done/);
  });

  test('successive halving does not stop the last one to choose among one', async (t) => {
    const rig = await toyRig(t);
    const { output } = await run(
      rig,
      ...['--set', 'loss.lambda=1,10', '--set', 'sweep.halving={metric: loss/toy, epochs: 1, factor: 2}'],
    );
    assert.match(output, /after 1 epoch: 1 trial goes on, 1 stops here/);
    assert.doesNotMatch(output, /after 2 epochs/);
    assert.deepEqual(starts(rig), { '1 42': 1, '10 42': 2 });
  });

  test('leaves no process when it is done', async (t) => {
    const rig = await toyRig(t, 500);
    const running = rig.command('sweep', 'toy.yaml', '--set', 'loss.lambda=1,2', '--jobs', '2');
    const { pid } = running.process;
    await running.ended;
    assert.ok(!isAlive(pid!));
  });

  test('suggests the nearest name for an unknown sweep', async (t) => {
    const rig = await toyRig(t);
    await run(rig, '--set', 'loss.lambda=1,2');
    const { code, output } = await rig.command('sweep', 'best', 'tyo,lambda').ended;
    assert.equal(code, 2);
    assert.match(output, /There is no sweep "tyo,lambda"/);
  });

  test('a password in an address is refused, since configs of sweeps travel', async (t) => {
    const rig = await toyRig(t);
    const { code, output } = await run(
      rig,
      '--set',
      'loss.lambda=1,2',
      '--set',
      'tracking={mlflow: {uri: "http://me:word@localhost:1"}}',
    );
    assert.equal(code, 2);
    assert.match(output, /password in an address/);
    assert.doesNotMatch(output, /word@/);
  });
});
