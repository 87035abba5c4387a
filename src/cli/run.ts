import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { loadConfig } from '../config/load.js';
import type { Listener } from '../pipeline/runner-events.js';
import { failureOf } from '../pipeline/stage-failure.js';
import { runExperiment } from '../pipeline/run-experiment.js';
import type { RunOutcome } from '../pipeline/run-outcome.js';
import { parseStoreLimit } from '../pipeline/storage/store-limit.js';
import type { Problem } from '../support/problem.js';
import { RunConsole } from './console/run-console.js';
import { RunJson } from './console/run-json.js';
import type { RunView } from './console/run-view.js';
import { interrupts } from './interrupts.js';
import type { ExitCode, Io } from './io.js';
import type { CommandFactory } from './command-factory.js';

interface RunOptions {
  readonly set: readonly string[];
  readonly name?: string;
  readonly runs: string;
  readonly from?: string;
  readonly force: readonly string[];
  readonly only?: string;
  readonly until?: string;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** `runner run CONFIG`: runs an experiment. */
export const run: CommandFactory = (io, exit) =>
  new Command('run')
    .description('run an experiment: only stages without results, or resume where it stopped')
    .argument('<config>', 'a YAML file')
    .option('--set <key=value>', 'change the config: --set train.epochs=80 (repeatable)', collect, [])
    .option('--name <name>', 'the name of the run: short for --set name=NAME')
    .option('--dry-run', 'only show which stages would run, and why')
    .option('--force <stage>', 'run a stage again even if it has a result (repeatable)', collect, [])
    .option('--only <stage>', 'run only this stage')
    .option('--until <stage>', 'run this stage and what it needs')
    .option(
      '--from <run>',
      'continue from the training of another run, or from one it has set aside: RUN/train.0123abcd',
    )
    .option('--runs <dir>', 'the folder of runs', 'runs')
    .option('--quiet', 'only problems, warnings and results')
    .addOption(new Option('--json', 'for programs: each event as a line of JSON (docs/json.md)').conflicts('quiet'))
    .action(async (file: string, options: RunOptions) => {
      const view = options.json === true ? new RunJson(io) : new RunConsole(io, options);
      try {
        exit(await runFile(file, options, view, io));
      } catch (error) {
        if (options.json !== true) throw error;
        view.refused(failureOf(error, 'The command'), 1);
        exit(1);
      } finally {
        view.close();
      }
    });

/** Runs the experiment of a config, as `runner run` does. */
export async function runFile(file: string, options: RunOptions, view: RunView, io: Io): Promise<ExitCode> {
  const refuse = (problems: readonly Problem[]) => {
    view.refused({ problems }, 2);
    return 2 as const;
  };
  if (options.runs === '') return refuse([{ code: 'no-folder', message: '--runs takes a folder, found nothing.' }]);
  const limit = parseStoreLimit(io.env['RUNNER_STORE_LIMIT']);
  if (!limit.ok) return refuse(limit.problems);
  const components = io.program.components();
  const named = options.name === undefined ? [] : [`name=${JSON.stringify(options.name)}`];
  const loaded = await loadConfig({ file, overrides: [...options.set, ...named], components, cwd: io.cwd });
  if (!loaded.ok) return refuse(loaded.problems);
  for (const text of loaded.value.notes) view.listen({ kind: 'note', level: 'info', text });
  const signals = interrupts(() => view.stopping());
  const begun = new Set<string>();
  const listen: Listener = (event) => {
    if (event.kind === 'stage-started') begun.add(event.stage);
    view.listen(event);
  };
  try {
    const outcome = await runExperiment({
      stageProcess: io.program.stageProcess,
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
    const inPlace = (stage: string) => components.stage.get(loaded.value.config.stages[stage]!.type).scope === 'run';
    const forced = [...new Set(options.force)].filter((stage) => begun.has(stage) && inPlace(stage));
    const code = exitCodeOf(outcome);
    view.ended(outcome, { code, forced, runs: options.runs });
    return code;
  } finally {
    signals.dispose();
  }
}

function exitCodeOf({ status }: RunOutcome): ExitCode {
  const codes = { invalid: 2, failed: 1, interrupted: 130, planned: 0, 'up-to-date': 0, done: 0 } as const;
  return codes[status];
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
