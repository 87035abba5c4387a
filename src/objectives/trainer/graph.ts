import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { compile, type InputSpec } from '../../engine/graph/compile.js';
import type { Direction } from '../../registry/kinds/export-format.js';
import type { Histogram } from '../../registry/kinds/record.js';
import {
  clockAt,
  initialState,
  trainStep,
  type Batch,
  type Clock,
  type CycleGan,
  type TrainState,
} from '../cyclegan.js';
import type { Sample, Trainer, TrainerOptions } from '../trainer.js';
import { allFinite, histogramsOf, inspectionOf } from './inspect.js';
import { numbersOf, sampleOf } from './sample.js';

/** The step as one graph, which TensorFlow keeps the state of. */
export class GraphTrainer implements Trainer {
  readonly #program: ReturnType<typeof compileTraining>;

  constructor(
    model: CycleGan,
    private readonly options: TrainerOptions,
  ) {
    this.#program = compileTraining(model, options);
  }

  initialize(): void {
    this.#program.initialize();
  }

  step({ x, y }: Batch, step: number, learningRate: number): Readonly<Record<string, number>> {
    const clock = clockAt(this.options.seed, step, learningRate);
    const losses = this.#program.functions.step({ x, y, ...clock });
    const numbers = numbersOf(losses);
    tf.dispose([losses, clock]);
    return numbers;
  }

  inspect({ x, y }: Batch, step: number): Readonly<Record<string, Histogram>> {
    const { learningRate, ...clock } = clockAt(this.options.seed, step, 0);
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

  sample(direction: Direction, picture: Tensor4D): Sample {
    return this.#program.functions[direction]({ picture });
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

function compileTraining(model: CycleGan, { precision, seed, shape, inspects = false }: TrainerOptions) {
  const scalar = (dtype: 'float32' | 'int32'): InputSpec => ({ shape: [], dtype });
  const picture: InputSpec = { shape: [1, ...shape.slice(1)] };
  const place = { x: { shape }, y: { shape }, seed: scalar('int32'), step: scalar('int32') };
  return compile(
    {
      step: (state: TrainState, { x, y, ...clock }: Batch & Clock) => {
        const result = trainStep(model, state, { x, y }, clock);
        return { variables: result.state, outputs: result.losses };
      },
      AtoB: (state: TrainState, { picture }: Picture) => ({ outputs: sampleOf(model, state, 'AtoB', picture) }),
      BtoA: (state: TrainState, { picture }: Picture) => ({ outputs: sampleOf(model, state, 'BtoA', picture) }),
      finite: (state: TrainState) => ({ outputs: { finite: allFinite(state) } }),
      inspect: (state: TrainState, { x, y, ...clock }: Batch & Omit<Clock, 'learningRate'>) => ({
        outputs: inspectionOf(model, state, { x, y }, clock),
      }),
    },
    {
      variables: () => initialState(model, seed),
      precision,
      inputs: {
        step: { ...place, learningRate: scalar('float32') },
        AtoB: { picture },
        BtoA: { picture },
        finite: {},
        ...(inspects && { inspect: place }),
      },
    },
  );
}

type Picture = { readonly picture: Tensor4D };
