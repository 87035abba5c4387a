import { resolve } from 'node:path';
import { Command } from 'commander';
import { loadConfig } from '../config/load.js';
import type { Listener } from '../pipeline/events.js';
import { runExperiment, type RunOutcome } from '../pipeline/run.js';
import { parseStoreLimit } from '../pipeline/storage/limit.js';
import { builtins } from '../registry/builtins.js';
import { RunConsole } from './console/run-console.js';
import { printDone } from './console/done.js';
import { interrupts } from './interrupts.js';
import type { ExitCode, Io } from './io.js';
import type { CommandFactory } from './main.js';
import { printProblems } from './problems.js';

interface RunOptions {
  readonly set: readonly string[];
  readonly runs: string;
  readonly from?: string;
  readonly force: readonly string[];
  readonly only?: string;
  readonly until?: string;
  readonly dryRun?: boolean;
}

/** `runner run CONFIG`: makes the experiment so. */
export const run: CommandFactory = (io, exit) =>
  new Command('run')
    .description('run an experiment: the stages whose results are not there yet, or go on where it stopped')
    .argument('<config>', 'a YAML file')
    .option('--set <key=value>', 'change the config: --set train.epochs=80 (repeatable)', collect, [])
    .option('--dry-run', 'only say which stages would run, and why')
    .option('--force <stage>', 'run a stage again although its result is there (repeatable)', collect, [])
    .option('--only <stage>', 'run this stage and no other')
    .option('--until <stage>', 'run this stage and what it needs')
    .option('--from <run>', 'go on from what another run has trained')
    .option('--runs <dir>', 'where runs lie', 'runs')
    .action(async (file: string, options: RunOptions) => exit(await runFile(file, options, io)));

async function runFile(file: string, options: RunOptions, io: Io): Promise<ExitCode> {
  if (options.runs === '') {
    printProblems([{ code: 'no-folder', message: '--runs takes a folder, found nothing.' }], io);
    return 2;
  }
  const limit = parseStoreLimit(io.env['RUNNER_STORE_LIMIT']);
  if (!limit.ok) {
    printProblems(limit.problems, io);
    return 2;
  }
  const components = builtins();
  const loaded = await loadConfig({ file, overrides: options.set, components, cwd: io.cwd });
  if (!loaded.ok) {
    printProblems(loaded.problems, io);
    return 2;
  }
  const screen = new RunConsole(io);
  for (const text of loaded.value.notes) screen.listen({ kind: 'note', level: 'info', text });
  const signals = interrupts(() => screen.stopping());
  const begun = new Set<string>();
  const listen: Listener = (event) => {
    if (event.kind === 'stage-started') begun.add(event.stage);
    screen.listen(event);
  };
  try {
    const outcome = await runExperiment({
      experiment: loaded.value,
      components,
      runsRoot: resolve(io.cwd, options.runs),
      from: options.from,
      selection: options,
      dryRun: options.dryRun === true,
      stop: signals.stop,
      stopNow: signals.stopNow,
      command: ['runner', ...process.argv.slice(2)],
      storeLimit: limit.value,
      cwd: io.cwd,
      env: io.env,
      listen,
    });
    screen.close();
    const inPlace = (stage: string) => components.stage.get(loaded.value.config.stages[stage]!.type).scope === 'run';
    const forced = [...new Set(options.force)].filter((stage) => begun.has(stage) && inPlace(stage));
    return report(outcome, { ...options, forced }, io);
  } finally {
    screen.close();
    signals.dispose();
  }
}

/** @param options `forced`: stages that have begun anew, which the same command would begin anew once more */
function report(outcome: RunOutcome, options: RunOptions & { forced: readonly string[] }, io: Io): ExitCode {
  switch (outcome.status) {
    case 'invalid':
      printProblems(outcome.problems, io);
      return 2;
    case 'failed':
      printProblems(outcome.problems, io);
      if (outcome.bug !== undefined) io.stderr.write(`${outcome.bug}\n`);
      if (options.forced.length > 0) io.stderr.write(`${goingOn(options.forced)}\n`);
      return 1;
    case 'interrupted':
      io.stdout.write(`Stopped. ${goingOn(options.forced)}\n`);
      return 130;
    case 'planned':
      return 0;
    case 'up-to-date':
    case 'done':
      printDone(outcome, options.runs, io);
      return 0;
  }
}

function goingOn(forced: readonly string[]): string {
  const without = forced.map((stage) => `--force ${stage}`).join(' and ');
  return `The same command ${without === '' ? '' : `without ${without} `}goes on from here.`;
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
