import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { allProcessesEnded, Experiment, finalWeights, journal, processesOf } from './rig.js';

/** Long enough to be caught in the middle. */
const EPOCHS = 30;
const ALL_STEPS = Array.from({ length: EPOCHS * 8 }, (_, i) => i + 1);
const TRAINING = ['run', 'tiny.yaml', '--until', 'train', '--set', `train.epochs=${EPOCHS}`] as const;

describe('an interrupted training', () => {
  let experiment: Experiment;
  let undisturbed: Experiment;
  beforeEach(async () => {
    [experiment, undisturbed] = await Promise.all([Experiment.create(), Experiment.create()]);
  });
  afterEach(() => Promise.all([experiment.remove(), undisturbed.remove()]));

  async function stepsTold(): Promise<unknown[]> {
    const lines = await journal(await experiment.runDir());
    return lines.filter(({ name }) => name === 'loss/G/total').map(({ step }) => step);
  }

  /** The same command again ends in the weights of a run that nobody disturbed, each step told once. */
  async function endsAsIfNothingHadHappened(): Promise<void> {
    const again = await experiment.run(...TRAINING);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout + again.stderr, /continues from the checkpoint of step \d+/);
    const phases = ['loading the engine', 'reading the data', 'building the graph', 'restoring the checkpoint'];
    assert.match(
      again.stdout,
      new RegExp([...phases, 'making the first step'].map((text) => `\\ntrain {2}${text}`).join('[^]*')),
    );
    assert.equal((await undisturbed.run(...TRAINING)).code, 0);
    assert.deepEqual(await finalWeights(await experiment.runDir()), await finalWeights(await undisturbed.runDir()));
    assert.deepEqual(await stepsTold(), ALL_STEPS);
    assert.deepEqual(await processesOf(experiment.dir), []);
  }

  test('leaves no process after kill -9 of the command, and resumes with the same command', async () => {
    const { process, ended } = experiment.start(...TRAINING);
    await experiment.checkpointOf(8);
    // It stands still, so that another process finds it at work.
    process.kill('SIGSTOP');
    const { stdout } = await experiment.run('status');
    assert.match(
      stdout,
      new RegExp(`running, process ${process.pid}\\n[^]* train +running +epoch \\d+/\\d+ {2}\\d+/\\d+ steps`),
    );
    process.kill('SIGKILL');
    await ended;
    await allProcessesEnded(experiment.dir);
    await endsAsIfNothingHadHappened();
  });

  test('reports kill -9 of the engine’s process with advice, and resumes with the same command', async () => {
    const { process, ended } = experiment.start(...TRAINING);
    await experiment.checkpointOf(8);
    const child = (await processesOf(experiment.dir)).find((id) => id !== process.pid)!;
    globalThis.process.kill(child, 'SIGKILL');
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 1);
    assert.match(stdout + stderr, /memory/);
    await endsAsIfNothingHadHappened();
  });

  test('finishes the step on Ctrl-C, saves a checkpoint, exits with 130, and resumes with the same command', async () => {
    const { process, ended } = experiment.start(...TRAINING);
    await experiment.checkpointOf(8);
    process.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 130, stdout + stderr);
    await endsAsIfNothingHadHappened();
  });

  test('resumes in eager mode and again in graph mode, as the same run', async () => {
    const inMode = (mode: string) => [...TRAINING, '--set', `engine.mode=${mode}`] as const;
    let told = 0;
    for (const mode of ['graph', 'eager']) {
      const { process, ended } = experiment.start(...inMode(mode));
      await experiment.checkpointOf(told + 1);
      process.kill('SIGINT');
      const { code, stdout, stderr } = await ended;
      assert.equal(code, 130, stdout + stderr);
      if (told > 0) assert.match(stdout + stderr, new RegExp(`continues from the checkpoint of step ${told}\\b`));
      told = (await stepsTold()).length;
    }
    const last = await experiment.run(...inMode('graph'));
    assert.equal(last.code, 0, last.stderr);
    assert.match(last.stdout + last.stderr, new RegExp(`continues from the checkpoint of step ${told}\\b`));
    assert.deepEqual(await stepsTold(), ALL_STEPS);
  });

  test('names the process that uses the run to a second command', async () => {
    const { process, ended } = experiment.start(...TRAINING);
    await experiment.checkpointOf(8);
    const second = await experiment.run(...TRAINING);
    assert.notEqual(second.code, 0);
    assert.match(second.stderr + second.stdout, new RegExp(`\\b${process.pid}\\b`));
    assert.equal((await ended).code, 0);
  });
});
