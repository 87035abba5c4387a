import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { compile, type InputSpec } from '../../engine/graph/compile.js';
import type { Direction } from '../../registry/kinds/export-format.js';
import type { Histogram } from '../../registry/kinds/record.js';
import type { ImageBatch, StepInputs, DrawClock, Method, TensorTree } from '../../registry/kinds/method.js';
import type { Sample, Trainer, TrainerOptions } from '../trainer.js';
import { allFinite, histogramsOf, inspectionOf } from './inspect.js';
import { lossNumbers } from './loss-numbers.js';
import { stepInputs, trainStep, weightsIn } from './step.js';

/** Runs the step as one graph; TensorFlow keeps the state. */
export class GraphTrainer implements Trainer {
  readonly #program: ReturnType<typeof compileTraining>;

  constructor(
    method: Method,
    private readonly options: TrainerOptions,
  ) {
    this.#program = compileTraining(method, options);
  }

  initialize(): void {
    this.#program.initialize();
  }

  step({ x, y }: ImageBatch, step: number, learningRate: number): Readonly<Record<string, number>> {
    const clock = stepInputs(this.options.seed, step, learningRate);
    const losses = this.#program.functions.step({ x, y, ...clock });
    const numbers = lossNumbers(losses);
    tf.dispose([losses, clock]);
    return numbers;
  }

  inspect({ x, y }: ImageBatch, step: number): Readonly<Record<string, Histogram>> {
    const { learningRate, ...clock } = stepInputs(this.options.seed, step, 0);
    const inspection = this.#program.functions.inspect({ x, y, ...clock });
    const histograms = histogramsOf(inspection);
    tf.dispose([inspection, clock, learningRate]);
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

function compileTraining(method: Method, { precision, seed, shape, directions, inspects = false }: TrainerOptions) {
  const scalar = (dtype: 'float32' | 'int32'): InputSpec => ({ shape: [], dtype });
  const image: InputSpec = { shape: [1, ...shape.slice(1)] };
  const drawInputs = { x: { shape }, y: { shape }, seed: scalar('int32'), step: scalar('int32') };
  const sampling = (direction: Direction) => (state: TensorTree, inputs: Image) => ({
    outputs: method.sample(weightsIn(method, state), direction, inputs.image),
  });
  return compile(
    {
      step: (state: TensorTree, { x, y, ...clock }: ImageBatch & StepInputs) => {
        const result = trainStep(method, state, { x, y }, clock);
        return { variables: result.state, outputs: result.losses };
      },
      AtoB: sampling('AtoB'),
      BtoA: sampling('BtoA'),
      finite: (state: TensorTree) => ({ outputs: { finite: allFinite(state) } }),
      inspect: (state: TensorTree, { x, y, ...clock }: ImageBatch & DrawClock) => ({
        outputs: inspectionOf(method, state, { x, y }, clock),
      }),
    },
    {
      variables: () => method.initial(seed),
      precision,
      inputs: {
        step: { ...drawInputs, learningRate: scalar('float32') },
        ...Object.fromEntries(directions.map((direction) => [direction, { image }])),
        finite: {},
        ...(inspects && { inspect: drawInputs }),
      },
    },
  );
}

type Image = { readonly image: Tensor4D };
