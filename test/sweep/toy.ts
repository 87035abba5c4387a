import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { parse } from 'csv-parse/sync';
import { Rig, type Running } from '../rig.js';
import { until, WITHIN } from '../until.js';

/**
 * A stage without an engine, controlled by the config: `loss.lambda` 13 fails, 9 is killed, 7 scores NaN and 8 negative infinity,
 * others their distance from 10.
 * Each start is a line in `starts.txt`; with `starts.txt.mended` none fails, and with `starts.txt.quick` none takes time.
 */
const PLUGIN = `
import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
export default {
  stage: {
    toy: {
      summary: 'a toy',
      schema: { properties: { ms: { description: 'How long it works.', type: 'integer', default: 0 }, starts: { description: 'A file.', type: 'string', format: 'path' } } },
      version: 1,
      scope: 'run',
      engine: false,
      reads: ['loss', 'seed', 'train'],
      consumes: [],
      create: ({ ms, starts }) => ({
        run: async ({ config, signal, emit }) => {
          const lambda = config.loss.lambda.forward;
          appendFileSync(starts, lambda + ' ' + config.seed + '\\n');
          if (lambda === 13 && !existsSync(starts + '.mended')) throw Object.assign(new Error('thirteen'), { name: 'Toy' });
          const score = { 7: NaN, 8: -Infinity }[lambda] ?? Math.abs(lambda - 10) + config.seed / 1000;
          const epochs = config.train.epochs;
          const time = existsSync(starts + '.quick') ? 0 : ms;
          for (let epoch = 1; epoch <= epochs; epoch++) {
            await sleep(time / epochs, undefined, { signal });
            emit({ kind: 'metric', name: 'loss/toy', step: epoch, value: score + 1 / epoch });
            emit({ kind: 'progress', unit: 'steps', done: epoch, total: epochs, training: { epoch, epochs, step: epoch, stepsPerEpoch: 1 } });
            await sleep(1);
            if (signal.aborted) return { status: 'interrupted' };
          }
          if (lambda === 9 && !existsSync(starts + '.mended')) { process.kill(process.pid, 'SIGKILL'); await sleep(10000); }
          return { status: 'done', outputs: { metrics: { AtoB: { score: { value: score } }, BtoA: { score: { value: score + 1 } } } } };
        },
      }),
    },
  },
};
`;

const CONFIG = (ms: number) => `
name: toy
plugins: [./toy.mjs]
dataset: {type: synthetic, image_size: 16}
generator: {type: unet, width: 4}
discriminator: {type: patchgan, width: 4, layers: 1}
train: {epochs: 4}
stages: {preprocess: null, train: null, evaluate: null, export: null, toy: {ms: ${ms}, starts: ./starts.txt}}
tracking: {}
sweep: {metric: score}
`;

/** A temporary folder with a config for experiments of a given duration; removed after the test. */
export async function toyRig(t: TestContext, ms = 0): Promise<Rig> {
  const rig = await Rig.create();
  t.after(() => rig.remove());
  rig.write('toy.mjs', PLUGIN);
  rig.write('toy.yaml', CONFIG(ms));
  return rig;
}

/** How often each experiment was started, by `10 42`. */
export function starts(rig: Rig): Record<string, number> {
  const path = join(rig.dir, 'starts.txt');
  const counts: Record<string, number> = {};
  for (const line of existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []) {
    counts[line] = (counts[line] ?? 0) + 1;
  }
  return counts;
}

/** Waits until at least that many experiments have started. @param sweep that starts them */
export async function begun(rig: Rig, count: number, sweep: Running): Promise<void> {
  await startsWhen(`${count} experiments begun`, rig, sweep, (counts) => Object.keys(counts).length >= count);
}

/** Waits until an experiment has started: `10 42`. */
export async function hasBegun(rig: Rig, experiment: string, sweep: Running): Promise<void> {
  await startsWhen(`the begin of ${experiment}`, rig, sweep, (counts) => experiment in counts);
}

async function startsWhen(
  what: string,
  rig: Rig,
  sweep: Running,
  is: (counts: Record<string, number>) => boolean,
): Promise<void> {
  await until(what, {
    within: WITHIN.cluster,
    look: () => ({ started: starts(rig), output: sweep.output }),
    is: ({ started }) => is(started),
    unless: () => sweep.isOver,
  });
}

/** The folder of the only sweep. */
export async function theSweep(rig: Rig): Promise<string> {
  const names = await readdir(join(rig.runs, 'sweeps'));
  if (names.length !== 1) throw new Error(`expected one sweep, found ${names.join(', ')}`);
  return join(rig.runs, 'sweeps', names[0]!);
}

/** The state of each trial in sweep.csv, by lambda. */
export async function table(rig: Rig): Promise<Record<string, string>> {
  const text = await readFile(join(await theSweep(rig), 'sweep.csv'), 'utf8');
  const rows = parse<{ 'loss.lambda': string; state: string }>(text, { columns: true });
  return Object.fromEntries(rows.map((row) => [row['loss.lambda'], row.state]));
}
