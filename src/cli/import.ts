import { Command, Option } from 'commander';
import type { Direction } from '../registry/kinds/export-format.js';
import { writeImport } from './import/write-import.js';
import type { CommandFactory } from './command-factory.js';
import { RunConsole } from './console/run-console.js';
import type { ExitCode, Io } from './io.js';
import { printProblems } from './print-problems.js';
import { runFile } from './run.js';

export interface ImportFlags {
  readonly options?: string;
  readonly config?: string;
  readonly method?: string;
  readonly direction?: Direction;
  readonly name?: string;
  readonly force?: boolean;
  readonly runs: string;
}

/** `runner import CHECKPOINT...`: takes over networks and options of pytorch-CycleGAN-and-pix2pix and CUT. */
export const importCommand: CommandFactory = (io, exit) =>
  new Command('import')
    .description('take over networks and options of pytorch-CycleGAN-and-pix2pix and CUT')
    .argument(
      '[checkpoint...]',
      'latest_net_G_A.pth..., or the folder that has them; NETWORK=FILE for other names (G, F, D, D_X, D_Y)',
    )
    .option('--options <file>', 'their train_opt.txt or opt.txt, to be turned into a config')
    .option('--config <file>', 'the config to import into: its data, method and evaluation')
    .option('--method <name>', 'the method, if not that of --config or --options: cyclegan, pix2pix, cut')
    .addOption(new Option('--direction <direction>', 'of a generator alone').choices(['AtoB', 'BtoA']))
    .option('--name <name>', 'the name of the experiment; NAME.yaml is written in this folder')
    .option('--force', 'overwrite NAME.yaml')
    .option('--runs <dir>', 'the folder of runs', 'runs')
    .action(async (checkpoints: readonly string[], flags: ImportFlags) => exit(await start(checkpoints, flags, io)));

async function start(checkpoints: readonly string[], flags: ImportFlags, io: Io): Promise<ExitCode> {
  const written = await writeImport(checkpoints, flags, io);
  if (!written.ok) {
    printProblems(written.problems, io);
    return 2;
  }
  const { file, name, imports, report } = written.value;
  io.stdout.write(`${[...report, `Wrote ${file}.`].join('\n')}\n`);
  if (!imports) {
    io.stdout.write(`Next: runner run ${file} --dry-run\n`);
    return 0;
  }
  const view = new RunConsole(io);
  try {
    const code = await runFile(file, { set: [], force: [], until: 'import', runs: flags.runs }, view, io);
    if (code === 0) io.stdout.write(`Next: runner translate ${name} photo.jpg --out DIR, or runner run ${file}\n`);
    return code;
  } finally {
    view.close();
  }
}
