import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { CheckpointChoice } from '../inference/checkpoint-choice.js';
import type { Direction } from '../registry/kinds/export-format.js';
import { invalid, valid, type Outcome } from '../support/outcome.js';
import type { Problem } from '../support/problem.js';
import { sizeText } from '../support/sides.js';
import { throttle } from '../support/throttle.js';
import type { ServedModel, ServedPlace, ServingJob } from '../serving/protocol.js';
import { serve as serveGenerators, type ServingOptions } from '../serving/serve.js';
import { findGenerator } from '../translation/find-generator.js';
import type { SizeChoice } from '../translation/request.js';
import type { CommandFactory } from './command-factory.js';
import { WorkScreen } from './console/work-screen.js';
import { interrupts } from './interrupts.js';
import type { ExitCode, Io } from './io.js';
import { printProblems } from './print-problems.js';
import { checkpoint, megapixels, size } from './translate/option-values.js';
import { isFree, portTaken } from './ui/server.js';
import { wholeNumber } from './whole-number.js';

interface Options {
  readonly host: string;
  readonly port: number;
  readonly direction?: Direction;
  readonly size: SizeChoice;
  readonly maxMegapixels: number;
  readonly maxMb: number;
  readonly tilesAbove: number;
  readonly batchDelay: number;
  readonly queue: number;
  readonly timeout: number;
  readonly runs: string;
}

/** The variable that has the token: what is on a command line, other users of the machine can read. */
const TOKEN = 'RUNNER_SERVE_TOKEN';

/** `runner serve RUN...`: trained generators over HTTP. */
export const serve: CommandFactory = (io, exit) =>
  new Command('serve')
    .description('serve trained generators over HTTP: images in, images out; TensorFlow Serving’s REST API')
    .argument(
      '<run...>',
      'runs (name, prefix of the name, or folder) or bundles; name=RUN names the model, RUN@STEP (best, last) takes a checkpoint',
    )
    .option('--host <address>', 'where to listen; 0.0.0.0 is for the whole network', '127.0.0.1')
    .option('--port <n>', '0 is any free one', port, 8501)
    .addOption(new Option('--direction <direction>', 'only this one').choices(['AtoB', 'BtoA']))
    .option(
      '--size <size>',
      'where a request does not say: keep, fit, a number or 512x256, as in translate',
      size,
      'keep',
    )
    .option('--max-megapixels <n>', 'larger images are refused', megapixels('--max-megapixels'), 4)
    .option('--max-mb <n>', 'larger requests are refused', wholeNumber('--max-mb', 4), 16)
    .option('--tiles-above <megapixels>', 'translate larger images in tiles', megapixels('--tiles-above'), 2.5)
    .option('--batch-delay <ms>', 'how long an image waits for others of its size', wholeNumber('--batch-delay', 4), 2)
    .option('--queue <n>', 'requests that may wait; more are refused', wholeNumber('--queue', 5), 256)
    .option('--timeout <s>', 'of a request, from its arrival', wholeNumber('--timeout', 4), 60)
    .option('--runs <dir>', 'the folder of runs', 'runs')
    .addHelpText('after', `\nWith ${TOKEN} set, requests need the header "Authorization: Bearer TOKEN".`)
    .action(async (runs: readonly string[], options: Options) => exit(await serveRuns(runs, options, io)));

async function serveRuns(runs: readonly string[], options: Options, io: Io): Promise<ExitCode> {
  const places = await findPlaces(runs, options, io);
  if (!places.ok) {
    printProblems(places.problems, io);
    return 2;
  }
  const { host, port } = options;
  if (port !== 0 && !(await isFree(host, port))) {
    printProblems([portTaken(port, 'Choose another: --port 8502, or --port 0 for any free one.')], io);
    return 2;
  }
  const { size, maxMegapixels, tilesAbove, batchDelay } = options;
  const limits = { pixels: maxMegapixels * 1e6, wholePixels: tilesAbove * 1e6, batchDelay };
  return listen({ places: places.value, size, limits }, servingOptions(options, io.env[TOKEN]), io);
}

function servingOptions({ host, port, maxMb, queue, timeout }: Options, token: string | undefined): ServingOptions {
  return {
    host,
    port,
    queue,
    bodyLimit: maxMb * 2 ** 20,
    arrival: 30_000,
    timeout: timeout * 1000,
    connections: 1024,
    grace: timeout * 1000,
    ...(token !== undefined && token !== '' && { token }),
  };
}

async function listen(job: ServingJob, options: ServingOptions, io: Io): Promise<ExitCode> {
  const screen = new WorkScreen('serve', io);
  const signals = interrupts(() => screen.say('Stopping: answering what has arrived; once more stops at once.'));
  let address = '';
  const count = counter(screen);
  try {
    const end = await serveGenerators(job, options, io.program, {
      stop: signals.stop,
      stopNow: signals.stopNow,
      onListening: (at) => {
        address = at;
        screen.say(`Loading the models; requests to ${at} get 503 until they are there.`);
        if (isOpen(options)) screen.note('warning', `Everybody who reaches ${options.host} can use this server: set ${TOKEN}.`); // prettier-ignore
      },
      onReady: (models) => welcome(models, address, screen),
      onEvent: screen.listen,
      onDeath: (problems, bug) => {
        for (const { message } of problems) screen.note('warning', `${message} It is started again.`);
        if (bug !== undefined) io.stderr.write(`${bug}\n`);
      },
      onImages: count,
    });
    screen.close();
    if (end.status !== 'failed') return 0;
    printProblems(end.problems, io);
    if (end.bug !== undefined) io.stderr.write(`${end.bug}\n`);
    return 1;
  } finally {
    screen.close();
    signals.dispose();
  }
}

const isOpen = ({ host, token }: ServingOptions): boolean =>
  token === undefined && !/^(127\.|::1$|localhost$)/.test(host);

function welcome(models: readonly ServedModel[], address: string, screen: WorkScreen): void {
  screen.say(`Serving at ${address}`);
  for (const { name, version, title, direction, imageSize } of models) {
    screen.say(`  ${name}  version ${version}: ${title}, ${direction}, trained at ${sizeText(imageSize)}`);
  }
  screen.say(`  curl --data-binary @photo.jpg ${address}/translate/${models[0]!.name} > translated.jpg`);
}

/** Over how long a rate is counted, in milliseconds: a server may have had nothing to do for hours. */
const RECENT = 10_000;

/** Shows how many images there were, and how many a second lately. */
function counter(screen: WorkScreen): (count: number) => void {
  let images = 0;
  let [from, before] = [performance.now(), 0];
  let rate = 0;
  const show = throttle((done: number) => {
    const now = performance.now();
    const seconds = (now - from) / 1000;
    rate = (done - before) / Math.max(seconds, 0.001);
    if (now - from > RECENT) [from, before] = [now, done];
    screen.progress({ unit: 'images', done, total: 0, rate });
  });
  return (count) => show((images += count));
}

/** `zebra=runs/horse2zebra-1234abcd@best` */
async function findPlaces(
  runs: readonly string[],
  { direction, runs: root }: Options,
  io: Io,
): Promise<Outcome<ServedPlace[]>> {
  const problems: Problem[] = [];
  const places: ServedPlace[] = [];
  for (const given of runs) {
    const { name, run, which } = partsOf(given);
    const found = await findGenerator(run, which, resolve(io.cwd, root), io.cwd);
    if (!found.ok) problems.push(...found.problems);
    else
      places.push({ given, place: found.value, ...(name !== undefined && { name }), ...(direction && { direction }) });
  }
  return problems.length === 0 ? valid(places) : invalid(...problems);
}

function partsOf(given: string): { readonly name?: string; readonly run: string; readonly which: CheckpointChoice } {
  const { name, run, which } = /^((?<name>[A-Za-z0-9_.-]+)=)?(?<run>.*?)(@(?<which>auto|best|last|\d+))?$/s.exec(given)!.groups!; // prettier-ignore
  return { run: run!, which: checkpoint(which ?? 'auto'), ...(name !== undefined && { name }) };
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new InvalidArgumentError('--port takes a number from 0 to 65535.');
}
