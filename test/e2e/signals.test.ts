import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until, WITHIN } from '../until.js';
import { Experiment } from './rig.js';

const runner = fileURLToPath(new URL('../../../runner', import.meta.url));
const EPOCHS = 6;
const training = (epochs: number) => ['run', 'tiny.yaml', '--until', 'train', '--set', `train.epochs=${epochs}`];
/** Long enough to be stopped in the middle. */
const LONG = training(30);

describe('signals', () => {
  let experiment: Experiment;
  beforeEach(async () => void (experiment = await Experiment.create()));
  afterEach(() => experiment.remove());

  /** Starts the command from a shell, in a process group of its own, its output in the file `log`. */
  function fromShell(script: string, args: readonly string[]) {
    const log = openSync(join(experiment.dir, 'log'), 'w');
    const child = spawn('/bin/sh', ['-c', script, runner, ...args], {
      cwd: experiment.dir,
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const ended = once(child, 'close').then(([code]) => code as number | null);
    /** To the command and to all that it has started, as a terminal does. */
    return { ended, send: (signal: NodeJS.Signals) => process.kill(-child.pid!, signal) };
  }
  const log = () => readFileSync(join(experiment.dir, 'log'), 'utf8');

  const ignored: readonly { what: string; script: string; signals: readonly NodeJS.Signals[] }[] = [
    { what: 'nohup outlives its terminal', script: 'exec nohup "$0" "$@"', signals: ['SIGHUP', 'SIGHUP'] },
    {
      what: 'a background job of a script outlives Ctrl-C, which is not meant for it',
      // The shell itself has to live on: it waits again when a signal has ended its waiting.
      script: `trap : INT QUIT; "$0" "$@" & job=$!; wait $job; wait $job; wait $job`,
      signals: ['SIGINT', 'SIGQUIT'],
    },
  ];
  for (const { what, script, signals } of ignored) {
    test(what, async () => {
      const { ended, send } = fromShell(script, training(EPOCHS));
      await experiment.checkpointOf(8);
      for (const signal of signals) send(signal);
      assert.equal(await ended, 0, log());
      await experiment.checkpointOf(EPOCHS * 8);
      assert.doesNotMatch(log(), /Stopping|Ctrl-C/);
    });
  }

  test('a background job of a script still saves and stops at SIGTERM', async () => {
    const { ended, send } = fromShell('trap : TERM\n"$0" "$@" & job=$!; wait $job; wait $job', LONG);
    await experiment.checkpointOf(8);
    send('SIGTERM');
    assert.equal(await ended, 130, log());
  });

  test('without nohup a closed terminal stops the run, which has saved', async () => {
    const { ended, send } = fromShell('exec "$0" "$@"', LONG);
    await experiment.checkpointOf(8);
    send('SIGHUP');
    assert.equal(await ended, 130, log());
  });

  test('a sweep under nohup outlives its terminal, and so do its trials', async () => {
    const grid = ['sweep', 'tiny.yaml', '--set', 'loss.lambda=5,10', '--set', 'stages.export=null'] as const;
    const { ended, send } = fromShell('exec nohup "$0" "$@"', grid);
    await experiment.checkpointOf(8);
    send('SIGHUP');
    assert.equal(await ended, 0, log());
    await until('the runs of both trials', {
      within: WITHIN.training,
      look: () => experiment.runDirs(),
      is: (dirs) => dirs.length === 2,
    });
  });
});
