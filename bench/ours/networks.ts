/** Our contestant for training steps and translations, traced as in training and evaluation. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { usesGpu, usesXla } from '../../src/engine/backend.js';
import { compile } from '../../src/engine/graph/compile.js';
import { initialWeights } from '../../src/engine/initialize.js';
import { engineVersions, loadTensorFlow } from '../../src/engine/native.js';
import { cycleGanMethod, type CycleGan } from '../../src/methods/cyclegan.js';
import { GraphTrainer } from '../../src/training/trainer/graph-trainer.js';
import type { Facts, Task } from '../protocol.js';
import { computingOps } from './computing-ops.js';
import { buildModel, CHANNELS, kernelNumbers, LEARNING_RATE } from './model.js';
import { serve, timed, type Ready } from './serve.js';

const SEED = 1;
type Shape = [batch: number, height: number, width: number, channels: number];

await serve(async (task: Task) => {
  await loadTensorFlow();
  const { batch, size } = task.case;
  const prepare = task.what === 'translate' ? translating : training;
  const model = buildModel(task.case);
  const prepared = prepare(model, task, [batch, size, size, CHANNELS]);
  return { facts: await facts(task), weights: kernelNumbers(model), ...prepared };
});

type Prepared = Pick<Ready, 'actions' | 'launches'>;

function training(model: CycleGan, { precision, xla }: Task, shape: Shape): Prepared {
  let uncompiled: string | undefined;
  const trainer = new GraphTrainer(cycleGanMethod(model), {
    directions: ['AtoB', 'BtoA'],
    mode: 'graph',
    precision,
    seed: SEED,
    shape,
    ...(usesXla(xla) && { xla: { onFailure: (reason) => (uncompiled = reason) } }),
  });
  trainer.initialize();
  const [x, y] = [images(shape), images(shape)];
  let steps = 0;
  const step = () => {
    finite(trainer.step({ x, y }, steps++, LEARNING_RATE));
    // Another program than the one to measure.
    if (uncompiled !== undefined) throw new Error(`XLA does not compile the step: ${uncompiled}`);
  };
  const launches = [...computingOps(trainer.ops).values()].reduce((sum, count) => sum + count, 0);
  return { actions: { step: () => timed(step) }, launches };
}

/** A generator alone, without dropout. */
function translating({ G }: CycleGan, { precision }: Task, shape: Shape): Prepared {
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
  return { actions: { translate: () => timed(translate) } };
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

async function facts({ what, xla }: Task): Promise<Facts> {
  const { tensorflow, tfjs, node } = await engineVersions();
  const compiler = what === 'step' && usesXla(xla) ? 'on' : 'off';
  return { tensorflow, tfjs, node, xla: compiler, device: usesGpu() ? 'gpu' : 'cpu' };
}
