import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { writeStore } from '../../src/data/prepare/store-writer.js';
import { saveCheckpoint } from '../../src/engine/checkpoints.js';
import { writeVariables } from '../../src/engine/graph/variables-file.js';
import type { Reference } from '../../src/registry/config.js';
import { builtins } from '../../src/app/builtins.js';
import type { Domain } from '../../src/registry/kinds/dataset.js';
import type { Network } from '../../src/registry/kinds/network.js';
import type { StageEvent } from '../../src/registry/kinds/stage-event.js';
import type { StageContext } from '../../src/registry/kinds/stage.js';
import { keyedRandom } from '../../src/support/keyed-random.js';
import { image, OPTIONS, numbered, sourceOf, work } from '../data/rig.js';
import { temporary } from '../export/rig.js';
import { config } from '../rig.js';

/** Five more than SSIM's window, which then has 36 positions. */
export const SIZE = 16;
export const COUNTS = { A: 2, B: 3 } as const;
export const STEP = 7;

/** The two generators: G adds, F multiplies. They differ from each other and from their inverses. */
export const G = (value: number) => value + 0.25;
export const F = (value: number) => value * 0.5;

/** A generator with two weights: scale * x + shift. */
const affine: Network = {
  weights: [
    { name: 'scale', shape: [1], initial: { kind: 'zeros' } },
    { name: 'shift', shape: [1], initial: { kind: 'zeros' } },
  ],
  apply: ({ scale, shift }, x) => tf.add(tf.mul(x, scale!), shift!),
};

/** The bytes of a test image or of its true translation: noise of low contrast, all different, none symmetric. */
export function pixels(kind: 'test' | 'truth', domain: Domain, index: number): Uint8Array {
  const random = keyedRandom(kind, domain, index);
  const [dark, light] = kind === 'test' ? [90, 130] : [100, 125];
  return Uint8Array.from({ length: SIZE * SIZE * 3 }, () => Math.round(random.between(dark, light)));
}

/** The context of an evaluation after a training of {@link STEP} steps, and its events. */
export interface Evaluation {
  readonly context: StageContext;
  readonly events: StageEvent[];
  readonly stop: AbortController;
}

export async function evaluation(
  t: TestContext,
  mode: 'graph' | 'eager',
  { truth = true, samples = 1, metrics = ['cycle-error', 'identity-error', 'psnr', 'ssim'] as Reference[] } = {},
): Promise<Evaluation> {
  const dir = temporary(t);
  for (const folder of ['data', 'evaluate']) mkdirSync(join(dir, folder));
  await writeStore(
    join(dir, 'data'),
    await sourceOf({
      trainB: await numbered('trainB', COUNTS.A),
      testA: await images('A', truth),
      testB: await images('B', truth),
    }),
    { ...OPTIONS, image_size: SIZE, load_size: SIZE },
    work(),
  );
  const variables = { G: { weights: weights(1, 0.25) }, F: { weights: weights(0.5, 0) } };
  const write = (prefix: string) => writeVariables(prefix, variables);
  await saveCheckpoint(join(dir, 'train', 'checkpoints'), { step: STEP, state: {} }, write, 1);
  tf.dispose(variables);

  const components = builtins();
  components.generator.add('affine', {
    summary: 'scale * x + shift',
    schema: { properties: {} },
    create: () => affine,
  });
  const defaults = config();
  const [events, stop] = [[] as StageEvent[], new AbortController()];
  const context: StageContext = {
    config: {
      ...defaults,
      dataset: { ...defaults.dataset, image_size: SIZE },
      generator: { type: 'affine' },
      engine: { ...defaults.engine, mode },
      evaluate: { samples, metrics },
    },
    components,
    dir: join(dir, 'evaluate'),
    inputs: {
      dataset: { dir: join(dir, 'data'), fingerprint: 'prepared', outputs: {} },
      networks: { dir: join(dir, 'train'), fingerprint: 'trained', outputs: { step: STEP } },
    },
    runName: 'toy-12345678',
    signal: stop.signal,
    earlier: [],
    emit: (event) => events.push(event),
    recorded: () => Promise.resolve(),
  };
  return { context, events, stop };
}

const weights = (scale: number, shift: number) => ({ scale: tf.tensor1d([scale]), shift: tf.tensor1d([shift]) });

function images(domain: Domain, truth: boolean) {
  const png = (bytes: Uint8Array) =>
    sharp(bytes, { raw: { width: SIZE, height: SIZE, channels: 3 } })
      .png()
      .toBuffer();
  return Promise.all(
    Array.from({ length: COUNTS[domain] }, async (_, index) => ({
      ...image(`test${domain}/${index}.png`, await png(pixels('test', domain, index))),
      ...(truth ? { truth: () => png(pixels('truth', domain, index)) } : {}),
    })),
  );
}
