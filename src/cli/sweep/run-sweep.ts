import { resolve } from 'node:path';
import type { Components } from '../../registry/kinds.js';
import { acquireLock, describeHolder } from '../../support/lock.js';
import { ProblemError } from '../../support/problem.js';
import { drive } from '../../sweep/drive.js';
import type { SweepOutcome } from '../../sweep/sweep-events.js';
import { sweepFile } from '../../sweep/sweep-files.js';
import type { OpenSweep } from '../../sweep/freeze.js';
import { lostConfig } from '../../sweep/frozen.js';
import { collect } from '../../sweep/summary/collect-sweep.js';
import { writeSummary } from '../../sweep/summary/write.js';
import { reportToTrackers } from '../../sweep/sweep-reporter.js';
import type { Config } from '../../registry/config.js';
import { SweepConsole } from '../console/sweep-console.js';
import { interrupts } from '../interrupts.js';
import type { ExitCode, Io } from '../io.js';
import { printProblems } from '../print-problems.js';
import type { SweepCommandOptions } from '../sweep.js';
import { printAnswer } from './print-answer.js';
import { componentsOf } from './sweep-components.js';
import { launcherOf } from './choose-launcher.js';

/** Runs the remaining trials of a sweep, and prints the summary. */
export async function sweepRun(open: OpenSweep, options: SweepCommandOptions, io: Io): Promise<ExitCode> {
  const { dir, sweep } = open;
  const runsRoot = resolve(io.cwd, options.runs);
  const lock = await acquireLock(sweepFile.lock(dir));
  if (!lock.ok) {
    const message = `The sweep ${sweep.name} is being worked on by ${describeHolder(lock.holder)}.`;
    printProblems(
      [{ code: 'sweep-locked', message, cure: 'Wait for it, or stop it there; the same command then resumes.' }],
      io,
    );
    return 1;
  }
  const view = new SweepConsole(io, options);
  for (const text of open.notes) view.listen({ kind: 'note', level: 'info', text });
  const signals = interrupts(() => view.stopping());
  try {
    const { config, components } = await componentsOf(open, io);
    if (config === undefined) throw new ProblemError(lostConfig(dir, sweep.trials[0]!.id));
    const telling = { env: io.env, stop: signals.stop };
    // Do not wait for a server: a missed report is sent at the end.
    const begun = reportToTrackers(await collect(dir, sweep, runsRoot), config, components, {
      ...telling,
      warn: () => undefined,
      begins: true,
    });
    const outcome = await driven(open, config, components, { view, signals, options, io });
    await begun;
    view.close();
    const summary = await collect(dir, sweep, runsRoot);
    await writeSummary(summary);
    const warn = (text: string) => view.listen({ kind: 'note', level: 'warning', text });
    // After a stop request, do not wait for a server.
    await reportToTrackers(summary, config, components, { ...telling, warn });
    printAnswer(summary, outcome, options, io);
    return exitCodeOf(outcome);
  } catch (error) {
    view.close();
    if (!(error instanceof ProblemError)) throw error;
    printProblems(error.problems, io);
    return 1;
  } finally {
    view.close();
    signals.dispose();
    await lock.release();
  }
}

async function driven(
  open: OpenSweep,
  config: Config,
  components: Components,
  {
    view,
    signals,
    options,
    io,
  }: { view: SweepConsole; signals: ReturnType<typeof interrupts>; options: SweepCommandOptions; io: Io },
): Promise<SweepOutcome> {
  const { dir, sweep } = open;
  const type = options.launcher ?? sweep.launcher.type;
  const note = (level: 'info' | 'warning', text: string) => view.listen({ kind: 'note', level, text });
  const launcher = launcherOf(type, open, { components, jobs: options.jobs, note, io });
  const args = [process.execPath, io.program.command, 'sweep', dir, '--runs', resolve(io.cwd, options.runs)];
  try {
    return await drive({
      dir,
      sweep,
      launcher,
      launcherName: type,
      epochs: config.train.epochs,
      command: (pauseAfter) => [
        ...args,
        ...(pauseAfter === undefined ? [] : ['--pause-after', String(pauseAfter)]),
        '--trial',
      ],
      stop: signals.stop,
      stopNow: signals.stopNow,
      listen: view.listen,
    });
  } finally {
    await launcher.close?.();
  }
}

function exitCodeOf({ status }: SweepOutcome): ExitCode {
  const codes = { done: 0, failed: 1, interrupted: 130 } as const;
  return codes[status];
}
