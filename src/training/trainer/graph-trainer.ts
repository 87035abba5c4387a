import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { compile, type InputSpec } from '../../engine/graph/compile.js';
import { isTensor, replaceLeaves } from '../../engine/graph/tensor-trees.js';
import { translatingWeights } from '../../methods/averaged.js';
import { judgedTranslation } from '../../methods/judged-translation.js';
import type { Direction } from '../../registry/kinds/export-format.js';
import type { Histogram } from '../../registry/kinds/record.js';
import type {
  ImageBatch,
  StepInputs,
  DrawClock,
  JudgedTranslation,
  Method,
  TensorTree,
} from '../../registry/kinds/method.js';
import type { LearningRate } from '../../registry/kinds/objective.js';
import type { Sample, Trainer, TrainerOptions } from '../trainer.js';
import { allFinite, histogramsOf, inspectionOf } from './inspect.js';
import { judgingOf } from './judging.js';
import { drawInputs, stepInputs, trainStep } from './step.js';

/** Runs the step as one graph; TensorFlow keeps the state. */
export class GraphTrainer implements Trainer {
  readonly #program: ReturnType<typeof compileTraining>;

  constructor(
    method: Method,
    private readonly options: TrainerOptions,
  ) {
    this.#program = compileTraining(method, options);
  }

  /** The ops of a step, and how many of each: what a GPU must launch, and a processor schedule. */
  get ops(): ReadonlyMap<string, number> {
    return this.#program.ops('step');
  }

  get compiles(): boolean {
    return this.options.xla !== undefined;
  }

  initialize(): void {
    this.#program.initialize();
  }

  step({ x, y }: ImageBatch, step: number, learningRate: LearningRate): Readonly<Record<string, number>> {
    const clock = stepInputs(this.options.seed, step, learningRate);
    const { losses } = this.#program.functions.step({ x, y, ...clock });
    const numbers = losses.dataSync();
    tf.dispose([losses, clock]);
    return Object.fromEntries(this.#program.losses.map((name, i) => [name, numbers[i]!]));
  }

  inspect({ x, y }: ImageBatch, step: number): Readonly<Record<string, Histogram>> {
    const clock = drawInputs(this.options.seed, step);
    const inspection = this.#program.functions.inspect({ x, y, ...clock });
    const histograms = histogramsOf(inspection);
    tf.dispose([inspection, clock]);
    return histograms;
  }

  finite(): boolean {
    const { finite } = this.#program.functions.finite();
    const [all] = finite.dataSync();
    finite.dispose();
    return all === 1;
  }

  sample(direction: Direction, image: Tensor4D): Sample {
    return this.#program.functions[direction]({ image });
  }

  translate(direction: Direction, images: Tensor4D): JudgedTranslation {
    const { batch } = this.options.translates!;
    const count = images.shape[0];
    const name = direction === 'AtoB' ? 'translateAtoB' : 'translateBtoA';
    if (count === batch) return this.#program.functions[name]({ images });
    // The graph takes one shape only.
    const padded = tf.pad(images, [[0, batch - count], [0, 0], [0, 0], [0, 0]]); // prettier-ignore
    const whole = this.#program.functions[name]({ images: padded });
    const cut = replaceLeaves(whole, isTensor, (_, tensor) =>
      tf.slice(tensor, 0, [count, ...tensor.shape.slice(1)]),
    ) as JudgedTranslation;
    tf.dispose([padded, whole]);
    return cut;
  }

  save(prefix: string): void {
    this.#program.save(prefix);
  }

  restore(prefix: string): void {
    this.#program.restore(prefix);
  }

  dispose(): void {
    this.#program.dispose();
  }
}

function compileTraining(method: Method, options: TrainerOptions) {
  const { precision, seed, shape, directions, inspects = false, translates, xla, replicas } = options;
  const scalar = (dtype: 'float32' | 'int32'): InputSpec => ({ shape: [], dtype });
  const image: InputSpec = { shape: [1, ...shape.slice(1)] };
  const drawn = { x: { shape }, y: { shape }, seed: scalar('int32'), step: scalar('int32') };
  const sampling = (direction: Direction) => (state: TensorTree, inputs: Image) => ({
    outputs: method.sample(translatingWeights(method.networks, state), direction, inputs.image),
  });
  const translating =
    (direction: Direction) =>
    (state: TensorTree, { images }: Images) => ({
      outputs: judgedTranslation(
        judgingOf(method, options),
        translatingWeights(method.networks, state),
        direction,
        images,
      ),
    });
  const batch = translates && { images: { shape: [translates.batch, ...shape.slice(1)] } };
  const withBatch = batch === undefined ? [] : directions.map((direction) => [`translate${direction}`, batch] as const);
  /** The names of the losses in the order of the step's output. */
  const losses: string[] = [];
  const program = compile(
    {
      step: (state: TensorTree, { x, y, ...clock }: ImageBatch & StepInputs) => {
        const result = trainStep(method, state, { x, y }, clock, replicas);
        losses.splice(0, Infinity, ...Object.keys(result.losses));
        // One tensor: each that is read from a GPU is a wait of its own.
        const stacked = tf.stack(Object.values(result.losses));
        tf.dispose(result.losses);
        return { variables: result.state, outputs: { losses: stacked } };
      },
      AtoB: sampling('AtoB'),
      BtoA: sampling('BtoA'),
      translateAtoB: translating('AtoB'),
      translateBtoA: translating('BtoA'),
      finite: (state: TensorTree) => ({ outputs: { finite: allFinite(state) } }),
      inspect: (state: TensorTree, { x, y, ...clock }: ImageBatch & DrawClock) => ({
        outputs: inspectionOf(method, state, { x, y }, clock, replicas),
      }),
    },
    {
      variables: () => method.initial(seed),
      precision,
      ...(xla && { xla: { functions: ['step'], onFailure: (_, reason) => xla.onFailure?.(reason) } }),
      inputs: {
        step: { ...drawn, learningRate: scalar('float32'), discriminatorRate: scalar('float32') },
        ...Object.fromEntries(directions.map((direction) => [direction, { image }])),
        ...Object.fromEntries(withBatch),
        finite: {},
        ...(inspects && { inspect: drawn }),
      },
    },
  );
  return Object.assign(program, { losses: losses });
}

type Image = { readonly image: Tensor4D };
type Images = { readonly images: Tensor4D };
