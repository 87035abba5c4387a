import { Command, Option } from 'commander';
import type { ExitCode, Io } from './io.js';
import { JSON_OPTION } from './json-option.js';
import type { CommandFactory } from './command-factory.js';
import { bestTrial } from './sweep/best.js';
import { cancelSweep } from './sweep/cancel.js';
import { collectSweep } from './sweep/collect-command.js';
import { printMatrix } from './sweep/matrix.js';
import { openSweep, type OpenOptions } from './sweep/open.js';
import { dryRun } from './sweep/dry-run.js';
import { sweepRun } from './sweep/run-sweep.js';
import { listSweeps } from './sweep/list-sweeps.js';
import { trialRun } from './sweep/trial.js';
import { printProblems } from './print-problems.js';
import { wholeNumber } from './whole-number.js';

export interface SweepCommandOptions extends OpenOptions {
  readonly trial?: number;
  readonly pauseAfter?: number;
  readonly json?: boolean;
}

/** `runner sweep CONFIG`: runs many experiments of one config, and ranks them. */
export const sweep: CommandFactory = (io, exit) => {
  const command = new Command('sweep')
    .description('run many experiments of one config: a grid, a list, random draws, repeats')
    .usage('[options] <config|sweep>\n       runner sweep best|collect|cancel|list')
    .argument('<config>', 'a YAML file; or the name of a sweep, to resume it unchanged')
    .option(
      '--set <key=values>',
      'a grid: --set loss.lambda=5,10,20; one value for all: --set train.epochs=10 (repeatable)',
      collect,
      [],
    )
    .option('--jobs <n>', 'maximum number of concurrent trials', wholeNumber('--jobs', 7))
    .option('--launcher <name>', 'where trials run: local, slurm, ray')
    .option('--metric <name>', 'the metric to rank by, such as psnr or AtoB/psnr')
    .option('--from <run>', 'continue every trial from the training of another run')
    .option('--dry-run', 'only list the experiments; writes nothing')
    .option('--json', `with --dry-run, ${JSON_OPTION[1]}`)
    .option('--trial <k>', 'run only this trial, here', wholeNumber('--trial', 7))
    .addOption(
      new Option('--pause-after <epochs>', 'train this many epochs, then pause')
        .argParser(wholeNumber('--pause-after', 7))
        .hideHelp(),
    )
    .addOption(new Option('--matrix <ci>', 'print the trials as a matrix of CI jobs').choices(['github', 'gitlab']))
    .option('--runs <dir>', 'the folder of runs', 'runs')
    .option('--quiet', 'only problems and the result')
    .action(async (config: string, options: SweepCommandOptions) => exit(await sweepCommand(config, options, io)));
  for (const subcommand of subcommands(io, exit)) command.addCommand(subcommand);
  return command;
};

function subcommands(io: Io, exit: (code: ExitCode) => void): Command[] {
  const named = (name: string, description: string) =>
    new Command(name)
      .description(description)
      .argument('[sweep]', 'name, prefix of the name, or folder of a sweep; by default the last one')
      .option('--runs <dir>', 'the folder of runs', 'runs');
  return [
    named('best', 'print the config of the best trial')
      .option('--metric <name>', 'rank by another metric')
      .option(...JSON_OPTION)
      .action(async (name: string | undefined, options: { runs: string; metric?: string; json?: boolean }) =>
        exit(await bestTrial(name, options, io)),
      ),
    named('collect', 'rebuild the table, CSV, page and Markdown of a sweep from its trials')
      .option('--add <dir...>', 'first import trials and runs from other folders of runs, such as unpacked artifacts')
      .option('--metric <name>', 'rank by another metric')
      .option('--markdown', 'print Markdown, for a CI job’s summary')
      .action(
        async (
          name: string | undefined,
          options: { runs: string; add?: readonly string[]; metric?: string; markdown?: boolean },
        ) => exit(await collectSweep(name, options, io)),
      ),
    named('cancel', 'stop the trials of a sweep on a cluster; the same sweep command resumes them').action(
      async (name: string | undefined, options: { runs: string }) => exit(await cancelSweep(name, options, io)),
    ),
    new Command('list')
      .description('list all sweeps with their state')
      .option('--runs <dir>', 'the folder of runs', 'runs')
      .option(...JSON_OPTION)
      .action(async (options: { runs: string; json?: boolean }) => exit(await listSweeps(options, io))),
  ];
}

async function sweepCommand(config: string, options: SweepCommandOptions, io: Io): Promise<ExitCode> {
  if (options.json === true && options.dryRun !== true) {
    const message = '--json lists the trials of a sweep, with --dry-run only; a running sweep has no JSON output.';
    const cure = 'Add --dry-run, or see `runner sweep list --json` and `runner status SWEEP --json`.';
    printProblems([{ code: 'json-of-what', message, cure }], io);
    return 2;
  }
  const opened = await openSweep(config, options, io);
  if (!opened.ok) {
    printProblems(opened.problems, io);
    return 2;
  }
  if (opened.value === 'interrupted') return 130;
  if (options.matrix !== undefined) return printMatrix(opened.value, options.matrix, io);
  if (options.dryRun === true) return dryRun(opened.value, options, io);
  if (options.trial !== undefined) return trialRun(opened.value, options.trial, options, io);
  return sweepRun(opened.value, options, io);
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
