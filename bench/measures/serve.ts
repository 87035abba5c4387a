import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import sharp from 'sharp';
import { engineEnvironment } from '../../src/engine/environment.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { initialWeights } from '../../src/engine/initialize.js';
import { weightsFormat } from '../../src/export/weights.js';
import { builtins } from '../../src/app/builtins.js';
import { make } from '../../src/registry/make.js';
import type { Case } from '../cases.js';
import { Contestant } from '../contestant.js';
import { ownCommand } from '../contestants.js';
import { drawnImages } from '../drawn-images.js';
import { CHANNELS } from '../ours/model.js';
import { median } from '../statistics.js';

export const SERVE =
  'A server of one generator under load (autocannon): images a second next to the bare generator, memory, wrong answers.';

export interface ServeBench {
  readonly case: Case;
  readonly connections: number;
  readonly seconds: number;
  readonly log: (text: string) => void;
}

export interface ServeCosts {
  readonly imagesPerSecond: number;
  /** Of the generator alone, one image at a time and in batches of eight. */
  readonly bare: number;
  readonly bareInBatches: number;
  /** Seconds from a request to its answer. */
  readonly median: number;
  readonly p99: number;
  readonly answers: number;
  /** Answers with another status than 200, and those with another image. */
  readonly refused: number;
  readonly wrong: number;
  /** Of both processes, in MB: after a tenth of the time, and at the end. */
  readonly earlyMb: number;
  readonly lateMb: number;
}

const bin = fileURLToPath(new URL('../../src/app/command.js', import.meta.url));
/** Different images, so that an answer for another request is noticed. */
const IMAGES = 16;
const ROUNDS = 5;

/** @throws when the server cannot be started */
export async function measureServe({ case: benchCase, connections, seconds, log }: ServeBench): Promise<ServeCosts> {
  const home = await mkdtemp(join(tmpdir(), 'runner-bench-'));
  const before = await bareSeconds(benchCase, log);
  const server = await startServer(benchCase, home);
  try {
    const requests = await requestsOf(benchCase, log);
    const expected = await Promise.all(requests.map((body) => ask(server.address, body)));
    log(`${connections} connections for ${seconds} s`);
    const answers = new Answers(expected);
    let earlyMb = 0;
    const early = setTimeout(() => void memoryOf(server.child).then((mb) => (earlyMb = mb)), seconds * 100);
    const result = await autocannon({
      url: server.address,
      connections,
      duration: seconds,
      timeout: 60,
      requests: requests.map((body, i) => ({
        method: 'POST' as const,
        path: PREDICT,
        body,
        onResponse: (status: number, answer: string) => {
          if (status === 200) answers.add(i, answer);
        },
      })),
    });
    clearTimeout(early);
    const lateMb = await memoryOf(server.child);
    await server.stop();
    const after = await bareSeconds(benchCase, log);
    return {
      imagesPerSecond: result['2xx'] / result.duration,
      bare: 2 / (before.alone + after.alone),
      bareInBatches: 2 / (before.batched + after.batched),
      median: result.latency.p50 / 1000,
      p99: result.latency.p99 / 1000,
      answers: result['2xx'],
      refused: result.non2xx + result.errors + result.timeouts,
      wrong: await answers.wrong(),
      earlyMb,
      lateMb,
    };
  } finally {
    await server.stop();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

const PREDICT = '/v1/models/bench:predict';

/** TensorFlow Serving's requests: their answers are text, which autocannon passes on unchanged. */
async function requestsOf({ size }: Case, log: ServeBench['log']): Promise<string[]> {
  const dir = join(await drawnImages({ count: 100, side: size, log }), 'trainA');
  const files = (await readdir(dir)).sort().slice(0, IMAGES);
  const images = await Promise.all(files.map((file) => readFile(join(dir, file))));
  return images.map((image) => JSON.stringify({ instances: [{ b64: image.toString('base64') }] }));
}

async function ask(address: string, body: string): Promise<string> {
  const response = await fetch(address + PREDICT, { method: 'POST', body });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return response.text();
}

/** The answers of a load, of which each different one is kept once. */
class Answers {
  readonly #counts: readonly Map<string, number>[];

  constructor(private readonly expected: readonly string[]) {
    this.#counts = expected.map(() => new Map());
  }

  add(index: number, answer: string): void {
    const counts = this.#counts[index]!;
    counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }

  /** How many show another image; a batch may round a value to the other side. */
  async wrong(): Promise<number> {
    let wrong = 0;
    for (const [i, counts] of this.#counts.entries()) {
      const expected = await pixelsOf(this.expected[i]!);
      for (const [answer, count] of counts) {
        const pixels = await pixelsOf(answer);
        const isRight =
          pixels.length === expected.length && pixels.every((value, k) => Math.abs(value - expected[k]!) <= 1);
        if (!isRight) wrong += count;
      }
    }
    return wrong;
  }
}

async function pixelsOf(answer: string): Promise<Buffer> {
  const [{ b64 }] = (JSON.parse(answer) as { predictions: [{ b64: string }] }).predictions;
  return sharp(Buffer.from(b64, 'base64')).raw().toBuffer();
}

/** Seconds per image of the generator alone, in a process of its own. */
async function bareSeconds(benchCase: Case, log: ServeBench['log']): Promise<{ alone: number; batched: number }> {
  const of = async (batch: number) => {
    const task = { what: 'translate', case: { ...benchCase, batch }, precision: 'float32' } as const;
    const contestant = await Contestant.start(ownCommand('networks', task));
    try {
      await contestant.time('translate');
      const seconds: number[] = [];
      for (let round = 0; round < ROUNDS; round++) seconds.push(await contestant.time('translate'));
      await contestant.end();
      log(`the generator alone, ${batch} at once: ${(median(seconds) / batch).toPrecision(3)} s per image`);
      return median(seconds) / batch;
    } finally {
      await contestant.kill();
    }
  };
  return { alone: await of(1), batched: await of(8) };
}

interface Server {
  readonly address: string;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** Serves a new generator of the case by the command. */
async function startServer({ generator, size }: Case, home: string): Promise<Server> {
  await loadTensorFlow();
  const dir = join(home, 'bundle');
  await mkdir(dir);
  const network = make(builtins().generator, generator, { imageSize: size, channels: CHANNELS });
  const weights = initialWeights(network, 1, 'G');
  const writer = weightsFormat.create(undefined as never, undefined);
  if (writer.scope === 'run') throw new Error('A bundle has one generator.');
  await writer.write({ direction: 'AtoB', network, weights, generator, imageSize: size, interpolation: 'bicubic', imageSizes: [size], channels: CHANNELS, runName: 'bench-12345678' }, dir); // prettier-ignore

  const env = engineEnvironment(process.env);
  const child = spawn(process.execPath, [bin, 'serve', `bench=${dir}`, '--port', '0'], { env, stdio: ['ignore', 'pipe', 'inherit'] }); // prettier-ignore
  const ended = once(child, 'exit');
  let output = '';
  const ready = new Promise<string>((resolve) => {
    child.stdout.on('data', (text: Buffer) => {
      output += text.toString();
      const address = /Serving at (\S+)/.exec(output)?.[1];
      if (address !== undefined) resolve(address);
    });
  });
  const address = await Promise.race([ready, ended.then(() => undefined)]);
  if (address === undefined) throw new Error(`The server ended: ${output}`);
  const stop = async () => {
    child.kill('SIGINT');
    await ended;
  };
  return { address, child, stop };
}

/** The memory that a process and its children have now, in MB. */
async function memoryOf({ pid }: ChildProcess): Promise<number> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const statuses = await Promise.all(ids.map((id) => readFile(`/proc/${id}/status`, 'utf8').catch(() => '')));
  const field = (status: string, name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  const ours = statuses.filter((status) => [field(status, 'Pid'), field(status, 'PPid')].includes(pid!));
  return ours.reduce((sum, status) => sum + (field(status, 'VmRSS') * 1024) / 1e6, 0);
}
