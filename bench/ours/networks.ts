/** Our contestant for training steps and translations, traced as in training and evaluation. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { compile } from '../../src/engine/graph/compile.js';
import { initialWeights } from '../../src/engine/initialize.js';
import { engineVersions, loadTensorFlow } from '../../src/engine/native.js';
import { cycleGanMethod } from '../../src/methods/cyclegan.js';
import { createTrainer } from '../../src/training/trainer/create-trainer.js';
import type { Facts, Task } from '../protocol.js';
import { buildModel, CHANNELS, LEARNING_RATE } from './model.js';
import { serve, timed, type Actions } from './serve.js';

const SEED = 1;
type Shape = [batch: number, height: number, width: number, channels: number];

await serve(async (task: Task) => {
  await loadTensorFlow();
  const { batch, size } = task.case;
  const prepare = task.what === 'translate' ? translating : training;
  const actions = prepare(task, [batch, size, size, CHANNELS]);
  return { facts: await facts(), actions };
});

function training({ case: benchCase, precision }: Task, shape: Shape): Actions {
  const trainer = createTrainer(cycleGanMethod(buildModel(benchCase)), {
    directions: ['AtoB', 'BtoA'],
    mode: 'graph',
    precision,
    seed: SEED,
    shape,
  });
  trainer.initialize();
  const [x, y] = [images(shape), images(shape)];
  let steps = 0;
  return { step: () => timed(() => finite(trainer.step({ x, y }, steps++, LEARNING_RATE))) };
}

/** A generator alone, without dropout. */
function translating({ case: benchCase, precision }: Task, shape: Shape): Actions {
  const { G } = buildModel(benchCase);
  const { functions } = compile(
    {
      translate: (weights: ReturnType<typeof initialWeights>, { x }: { readonly x: Tensor4D }) => ({
        outputs: { translated: G.apply(weights, x) },
      }),
    },
    { variables: () => initialWeights(G, SEED, 'G'), precision, inputs: { translate: { x: { shape } } } },
  );
  const x = images(shape);
  const translate = () => {
    const { translated } = functions.translate({ x });
    translated.dataSync();
    translated.dispose();
  };
  return { translate: () => timed(translate) };
}

function images(shape: Shape): Tensor4D {
  return tf.randomUniform(shape, -1, 1);
}

/** A step with losses that are not finite must not count as fast. */
function finite(losses: Readonly<Record<string, number>>): void {
  for (const [name, loss] of Object.entries(losses)) {
    if (!Number.isFinite(loss)) throw new Error(`The loss ${name} became ${loss}.`);
  }
}

async function facts(): Promise<Facts> {
  const { tensorflow, tfjs, node } = await engineVersions();
  const { isUsingGpuDevice } = tf.backend() as { isUsingGpuDevice?: boolean };
  return { tensorflow, tfjs, node, device: isUsingGpuDevice === true ? 'gpu' : 'cpu' };
}
