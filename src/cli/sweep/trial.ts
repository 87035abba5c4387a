import { resolve } from 'node:path';
import { parseStoreLimit } from '../../pipeline/storage/store-limit.js';
import type { OpenSweep } from '../../sweep/freeze.js';
import { runTrial, type TrialOutcome } from '../../sweep/trial/run-trial.js';
import { RunConsole } from '../console/run-console.js';
import { interrupts } from '../interrupts.js';
import type { ExitCode, Io } from '../io.js';
import { printProblems } from '../print-problems.js';
import type { SweepCommandOptions } from '../sweep.js';
import type { Problem } from '../../support/problem.js';

/** `runner sweep SWEEP --trial K`: runs one trial here, for launchers and CI jobs. */
export async function trialRun(
  { dir, sweep }: OpenSweep,
  number: number,
  options: SweepCommandOptions,
  io: Io,
): Promise<ExitCode> {
  const trial = sweep.trials.find(({ id }) => id === number);
  const limit = parseStoreLimit(io.env['RUNNER_STORE_LIMIT']);
  if (trial === undefined || !limit.ok) {
    printProblems(limit.ok ? [unknownTrial(number, sweep.trials.length)] : limit.problems, io);
    return 2;
  }
  const view = new RunConsole(io, options);
  const signals = interrupts(() => view.stopping());
  const alone = new AbortController();
  process.on('disconnect', () => alone.abort());
  // Listen, but do not keep the process alive.
  process.channel?.unref();
  try {
    io.stdout.write(`trial ${trial.id} of ${sweep.name}: ${trial.label}\n`);
    const ended = await runTrial({
      dir,
      sweep,
      trial,
      pauseAfter: options.pauseAfter,
      components: io.program.components(),
      stageProcess: io.program.stageProcess,
      runsRoot: resolve(io.cwd, options.runs),
      stop: AbortSignal.any([signals.stop, alone.signal]),
      stopNow: signals.stopNow,
      orphaned: alone.signal,
      command: ['runner', ...process.argv.slice(2)],
      storeLimit: limit.value,
      cwd: io.cwd,
      env: io.env,
      listen: view.listen,
    });
    return tell(ended, view, options, io);
  } finally {
    view.close();
    signals.dispose();
  }
}

function tell(ended: TrialOutcome, view: RunConsole, { runs }: SweepCommandOptions, io: Io): ExitCode {
  switch (ended.status) {
    case 'settled':
      io.stdout.write('It was done before.\n');
      return 0;
    case 'paused':
      io.stdout.write(`Trained ${ended.epochs} epochs; waits for the choice of successive halving.\n`);
      return 0;
    case 'elsewhere':
      io.stdout.write(`It is being worked on by ${ended.holder}.\n`);
      return 0;
    case 'ran': {
      const codes = { invalid: 2, failed: 1, interrupted: 130, planned: 0, 'up-to-date': 0, done: 0 } as const;
      const code = codes[ended.outcome.status];
      view.ended(ended.outcome, { code, forced: [], runs });
      return code;
    }
  }
}

/** The problem of a trial number that the sweep does not have. */
export const unknownTrial = (number: number, count: number): Problem => ({
  code: 'unknown-trial',
  message: `--trial: expected a number from 1 to ${count}, found ${number}.`,
});
