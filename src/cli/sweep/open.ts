import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { invalid, type Outcome, valid } from '../../support/outcome.js';
import { findSweep } from '../../sweep/find-sweep.js';
import { freeze, type OpenSweep } from '../../sweep/freeze.js';
import { CheckProgress } from '../console/check-progress.js';
import { interrupts } from '../interrupts.js';
import type { Io } from '../io.js';
import type { Problem } from '../../support/problem.js';

export interface OpenOptions {
  readonly set: readonly string[];
  readonly jobs?: number;
  readonly launcher?: string;
  readonly metric?: string;
  readonly from?: string;
  readonly runs: string;
  readonly quiet?: boolean;
  readonly dryRun?: boolean;
  /** Prints the trials; each job freezes them itself. */
  readonly matrix?: 'github' | 'gitlab';
}

/** The sweep of a command, given by config (and frozen if new) or by name. Returns all problems at once. */
export async function openSweep(
  named: string,
  options: OpenOptions,
  io: Io,
): Promise<Outcome<OpenSweep | 'interrupted'>> {
  if (options.runs === '') return invalid({ code: 'no-folder', message: '--runs takes a folder, found nothing.' });
  const runsRoot = resolve(io.cwd, options.runs);
  if (!(await isFile(resolve(io.cwd, named)))) {
    const found = await findSweep(named, runsRoot, io.cwd);
    if (found.ok) return options.set.length === 0 ? found : invalid(frozen(named));
    if (!/\.ya?ml$/.test(named)) return found;
  }
  const signals = interrupts(() => undefined);
  const progress = options.quiet === true ? undefined : new CheckProgress(io);
  try {
    return await freeze({
      file: named,
      overrides: [...options.set, ...overridesOf(options)],
      runsRoot,
      from: options.from,
      cwd: io.cwd,
      command: ['runner', ...process.argv.slice(2)],
      dryRun: options.dryRun === true || options.matrix !== undefined,
      components: io.program.components,
      stop: signals.stop,
      onResolved: progress?.tell,
    });
  } catch (error) {
    if (signals.stop.aborted) return valid('interrupted');
    throw error;
  } finally {
    progress?.close();
    signals.dispose();
  }
}

/** Command-line options that set config keys. */
function overridesOf({ jobs, launcher, metric }: OpenOptions): string[] {
  return [
    ...(launcher === undefined ? [] : [`launcher.type=${JSON.stringify(launcher)}`]),
    ...(jobs === undefined ? [] : [`launcher.jobs=${jobs}`]),
    ...(metric === undefined ? [] : [`sweep.metric=${JSON.stringify(metric)}`]),
  ];
}

function frozen(name: string): Problem {
  return {
    code: 'frozen-sweep',
    message: `The sweep ${name} was frozen when it began, so --set cannot change it.`,
    cure: 'Give the config file instead of the sweep: other values create another sweep.',
  };
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
