import { Command, CommanderError } from 'commander';
import { isProblemCode } from '../support/problem-codes.js';
import type { Problem } from '../support/problem.js';
import { clean } from './clean.js';
import { compare } from './compare.js';
import { RunJson } from './console/run-json.js';
import { data } from './data.js';
import { demo } from './demo.js';
import { doctor } from './doctor.js';
import { explain } from './explain.js';
import { graph } from './graph.js';
import { importCommand } from './import.js';
import { init } from './init.js';
import type { CommandFactory } from './command-factory.js';
import type { ExitCode, Io } from './io.js';
import { list } from './list.js';
import { hasColours } from './paint.js';
import { printError } from './print-problems.js';
import { report } from './report.js';
import { run } from './run.js';
import { runs } from './runs.js';
import { schema } from './schema.js';
import { serve } from './serve.js';
import { setup } from './setup.js';
import { status } from './status.js';
import { sweep } from './sweep.js';
import { sync } from './sync.js';
import { translate } from './translate.js';
import { ui } from './ui.js';
import { version } from './version.js';

/** In the order of `runner --help`. */
const commands: readonly CommandFactory[] = [
  run,
  sweep,
  status,
  report,
  runs,
  compare,
  translate,
  serve,
  demo,
  sync,
  ui,
  graph,
  init,
  importCommand,
  schema,
  list,
  explain,
  data,
  clean,
  doctor,
  setup,
];

/** Headings of `runner --help`; other commands are under "Commands:". */
const groups: Readonly<Record<string, readonly string[]>> = {
  'Experiments:': [
    'run',
    'sweep',
    'status',
    'runs',
    'compare',
    'sync',
    'ui',
    'graph',
    'translate',
    'serve',
    'demo',
    'report',
  ],
  'Configs:': ['init', 'import', 'schema', 'list', 'explain'],
  'This machine:': ['data', 'clean', 'doctor', 'setup'],
};

/** Runs one command line. @param argv the arguments after `runner` @returns the exit code */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = makeProgram(io);
  for (const factory of commands) {
    const command = factory(io, (value) => (code = value)).copyInheritedSettings(program);
    for (const subcommand of command.commands) subcommand.copyInheritedSettings(command);
    const heading = Object.keys(groups).find((group) => groups[group]!.includes(command.name()));
    program.addCommand(heading === undefined ? command : command.helpGroup(heading));
  }
  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return printError(error, io);
    // Commander has printed the error, the help or the version.
    if (error.exitCode === 0) return 0;
    if (argv[0] === 'run' && argv.includes('--json')) refuseInJson(error, io);
    return 2;
  }
}

/** Prints the error as JSON as well. */
function refuseInJson({ code, message }: CommanderError, io: Io): void {
  const name = code.replace(/^commander\./, '');
  const problem: Problem = {
    code: isProblemCode(name) ? name : 'bad-command-line',
    message: message.replace(/^error: /, ''),
  };
  new RunJson(io).refused({ problems: [problem] }, 2);
}

function makeProgram(io: Io): Command {
  return (
    new Command('runner')
      .description('A declarative experiment runner for CycleGAN: one YAML file describes the experiment.')
      .version(version(), '-v, --version', 'print the version')
      .helpOption('-h, --help', 'print this help')
      .exitOverride()
      // `sweep --metric` and `sweep best --metric` are separate options.
      .enablePositionalOptions()
      .configureOutput({
        writeOut: (text) => io.stdout.write(text),
        writeErr: (text) => io.stderr.write(text),
        getOutHelpWidth: () => io.stdout.columns ?? 100,
        getErrHelpWidth: () => io.stderr.columns ?? 100,
        getOutHasColors: () => hasColours(io.stdout, io.env),
        getErrHasColors: () => hasColours(io.stderr, io.env),
      })
      .showSuggestionAfterError()
      .showHelpAfterError('See --help.')
  );
}
