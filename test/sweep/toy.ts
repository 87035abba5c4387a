import { Rig } from '../rig.js';

/**
 * A stage in a process without an engine, told by the config what to do: `loss.lambda` 13 fails, 9 is killed, others score their distance from 10.
 * Each start is a line in `starts.txt`; beside it, `starts.txt.mended` lets none fail, and `starts.txt.quick` none take time.
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
          const score = Math.abs(lambda - 10) + config.seed / 1000;
          const epochs = config.train.epochs;
          const time = existsSync(starts + '.quick') ? 0 : ms;
          for (let epoch = 1; epoch <= epochs; epoch++) {
            await sleep(time / epochs, undefined, { signal });
            emit({ kind: 'metric', name: 'loss/toy', step: epoch, value: score + 1 / epoch });
            emit({ kind: 'progress', unit: 'steps', done: epoch, total: epochs });
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

/** A temporary folder with a config whose experiments take as long as they should, and nothing else. */
export async function toyRig(ms = 0): Promise<Rig> {
  const rig = await Rig.create();
  rig.write('toy.mjs', PLUGIN);
  rig.write('toy.yaml', CONFIG(ms));
  return rig;
}
