import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { CheckpointChoice } from '../inference/checkpoint-choice.js';
import type { Direction } from '../registry/kinds/export-format.js';
import { findGenerator } from '../translation/find-generator.js';
import { findInputs, STDIN } from '../translation/inputs/input-images.js';
import {
  OUTPUT_FORMATS,
  type GeneratorPlace,
  type ImageInputs,
  type OutputFormat,
  type OutputPlace,
  type Shard,
  type SizeChoice,
  type TranslationRequest,
} from '../translation/request.js';
import { runTranslation, type TranslationEnd } from '../translation/run-translation.js';
import type { CommandFactory } from './command-factory.js';
import { shortPath } from './console/short-path.js';
import { WorkScreen } from './console/work-screen.js';
import { interrupts } from './interrupts.js';
import type { ExitCode, Io } from './io.js';
import { printProblems } from './print-problems.js';
import { findOutput, findPipe } from './translate/find-output.js';
import { countsText } from './translate/counts-text.js';
import { launchTranslation } from './translate/launch.js';
import { ShareReporter } from './translate/share-reporter.js';
import { checkpoint, megapixels, shard, size } from './translate/option-values.js';
import { wholeNumber } from './whole-number.js';
import { sizeName } from '../support/sides.js';

interface Options {
  readonly out: string;
  readonly list?: string;
  readonly direction?: Direction;
  readonly checkpoint: CheckpointChoice;
  readonly size: SizeChoice;
  readonly format: OutputFormat | 'keep';
  readonly sideBySide?: boolean;
  readonly jobs: number;
  readonly launcher?: string;
  /** Of a process that a launcher has started. */
  readonly shares?: number;
  readonly share?: number;
  readonly shard?: Shard;
  readonly tilesAbove: number;
  readonly force?: boolean;
  readonly runs: string;
}

/** `runner translate RUN INPUT... --out DIR`: translates the user's own images. */
export const translate: CommandFactory = (io, exit) =>
  new Command('translate')
    .description('translate images with a trained generator: files, folders, archives, videos; any size')
    .argument(
      '<run>',
      'a run (name, prefix of the name, or folder), or a bundle that `export` wrote with the format weights',
    )
    .argument(
      '[input...]',
      'images, folders, archives (zip, tar, tgz, tar.xz), videos, patterns in quotes; - is an image on the standard input',
    )
    .requiredOption('--out <dir>', 'a folder; for one image also a file, or - for the standard output')
    .option('--list <file>', 'a file with the path of an image on each line; - is the standard input')
    .addOption(new Option('--direction <direction>', 'needed where the run has both').choices(['AtoB', 'BtoA']))
    .option(
      '--checkpoint <which>',
      'auto (the best where one is kept, else the last), best, last, or a step',
      checkpoint,
      'auto',
    )
    .option(
      '--size <size>',
      'keep: its own; fit: the shorter side as in training; a number: a square, as in training; 512x256: that width and height',
      size,
      'keep',
    )
    .addOption(
      new Option('--format <format>', 'of the translations; keep is the input’s own')
        .choices(['keep', ...OUTPUT_FORMATS])
        .default('keep'),
    )
    .option('--side-by-side', 'show each input beside its translation')
    .option('--jobs <n>', 'processes, which share the images', wholeNumber('--jobs', 3), 1)
    .option('--launcher <name>', 'where they run: slurm, ray; the folders are on a file system that all machines share')
    .addOption(new Option('--shares <n>').argParser(wholeNumber('--shares', 3)).hideHelp())
    .addOption(new Option('--share <k>').argParser(wholeNumber('--share', 3)).hideHelp())
    .option('--shard <i/n>', 'only the i-th of n shares, for several machines', shard)
    .option('--tiles-above <megapixels>', 'translate larger images in tiles', megapixels('--tiles-above'), 2.5)
    .option('--force', 'translate again what is there, and use a folder whatever is in it')
    .option('--runs <dir>', 'the folder of runs', 'runs')
    .action(async (run: string, inputs: readonly string[], options: Options) =>
      exit(await translateImages(run, inputs, options, io)),
    );

async function translateImages(run: string, given: readonly string[], options: Options, io: Io): Promise<ExitCode> {
  const generator = await findGenerator(run, options.checkpoint, resolve(io.cwd, options.runs), io.cwd);
  const inputs = await findInputs(given, options.list, io.cwd);
  if (!generator.ok || !inputs.ok) {
    printProblems(
      [generator, inputs].flatMap((found) => (found.ok ? [] : found.problems)),
      io,
    );
    return 2;
  }
  if (options.out === STDIN) return translateToPipe(generator.value, inputs.value, options, io);
  const out = await findOutput(options, inputs.value, io);
  if (!out.ok) {
    printProblems(out.problems, io);
    return 2;
  }
  const request = requestOf(generator.value, inputs.value, out.value, options);
  const { launcher, jobs } = options;
  if (launcher === undefined) return translateTo(request, options, io);
  return launchTranslation(request, { launcher, jobs }, commandOf(request, io), io);
}

/** The same translation as a command for another process, in another working folder. */
function commandOf(request: TranslationRequest, io: Io): string[] {
  const { generator, inputs, out, direction, size, format, sideBySide, force, wholePixels } = request;
  return [
    ...[process.execPath, io.program.command, 'translate', generator.dir],
    ...inputs.given.map(({ path }) => path),
    ...(inputs.list === undefined ? [] : ['--list', inputs.list]),
    ...(direction === undefined ? [] : ['--direction', direction]),
    ...(generator.kind === 'run' ? ['--checkpoint', String(generator.checkpoint)] : []),
    ...[
      '--out',
      out.path,
      '--size',
      typeof size === 'string' ? size : sizeName(size),
      '--format',
      format,
      '--tiles-above',
      String(wholePixels / 1e6),
    ],
    ...(sideBySide ? ['--side-by-side'] : []),
    ...(force ? ['--force'] : []),
  ];
}

/** Messages go to the error output, since the standard output is the image's. */
async function translateToPipe(
  generator: GeneratorPlace,
  inputs: ImageInputs,
  options: Options,
  io: Io,
): Promise<ExitCode> {
  const folder = await mkdtemp(join(tmpdir(), 'runner-translate-'));
  try {
    const out = findPipe(options, inputs, folder);
    if (!out.ok) {
      printProblems(out.problems, io);
      return 2;
    }
    const request = requestOf(generator, inputs, out.value, options);
    const code = await translateTo(request, options, { ...io, stdout: io.stderr }, 'the standard output');
    if (code === 0) io.stdout.write(await readFile(out.value.path));
    return code;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function requestOf(
  generator: GeneratorPlace,
  inputs: ImageInputs,
  out: OutputPlace,
  options: Options,
): TranslationRequest {
  const { direction, size, format, sideBySide = false, force = false, tilesAbove, share, shares } = options;
  const { shard = { index: (share ?? 1) - 1, count: shares ?? 1 } } = options;
  return {
    generator,
    inputs,
    out,
    size,
    format,
    sideBySide,
    force,
    shard,
    wholePixels: tilesAbove * 1e6,
    ...(direction !== undefined && { direction }),
  };
}

/** @param place how the line at the end names the output */
async function translateTo(
  request: TranslationRequest,
  { jobs, share, shares }: Options,
  io: Io,
  place = shortPath(io.cwd, request.out.path),
): Promise<ExitCode> {
  const reporter =
    share === undefined || shares === undefined ? undefined : new ShareReporter(request.out.path, share, shares);
  const screen = new WorkScreen('translate', io);
  const signals = interrupts(() => screen.say('Stopping after the images in work; once more stops at once.'));
  try {
    const end = await runTranslation(request, jobs, io.program, {
      stop: signals.stop,
      stopNow: signals.stopNow,
      onEvent(event) {
        reporter?.listen(event);
        screen.listen(event);
      },
    });
    screen.close();
    await reporter?.end(end);
    return report(end, place, io);
  } finally {
    screen.close();
    signals.dispose();
  }
}

function report(end: TranslationEnd, place: string, io: Io): ExitCode {
  if (end.status === 'failed') {
    printProblems(end.problems, io);
    if (end.bug !== undefined) io.stderr.write(`${end.bug}\n`);
    return 1;
  }
  if (end.status === 'interrupted') {
    io.stdout.write('Stopped. The same command goes on from there.\n');
    return 130;
  }
  io.stdout.write(`${countsText(end.counts)}: ${place}\n`);
  return end.counts.failed > 0 ? 1 : 0;
}
