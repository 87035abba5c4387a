import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { compile, type InputSpec } from '../../engine/graph/compile.js';
import { isTensor, leavesOf, replaceLeaves } from '../../engine/graph/tensor-trees.js';
import { translatingWeights } from '../../methods/averaged.js';
import { judgedTranslation } from '../../methods/judged-translation.js';
import type { Direction } from '../../registry/kinds/export-format.js';
import type { Histogram } from '../../registry/kinds/record.js';
import type {
  ImageBatch,
  StepInputs,
  DrawClock,
  JudgedTranslation,
  Losses,
  Method,
  NetworkWeights,
  TensorTree,
} from '../../registry/kinds/method.js';
import type { LearningRate } from '../../registry/kinds/objective.js';
import type { Sample, Trainer, TrainerOptions } from '../trainer.js';
import { allFinite, histogramsOf, inspectionOf } from './inspect.js';
import { judgingOf } from './judging.js';
import { partOf, scaled, seedOfPart } from './accumulate.js';
import { drawInputs, gradientsOf, stepInputs, trainStep, weightsIn } from './step.js';

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
    return this.#program.ops(this.options.accumulate === undefined ? 'step' : 'accumulate');
  }

  get compiles(): boolean {
    return this.options.xla !== undefined;
  }

  initialize(): void {
    this.#program.initialize();
  }

  step({ x, y }: ImageBatch, step: number, learningRate: LearningRate): Readonly<Record<string, number>> {
    const { seed, accumulate: parts = 1 } = this.options;
    const clock = stepInputs(seed, step, learningRate);
    if (parts === 1) {
      const { losses } = this.#program.functions.step({ x, y, ...clock });
      const numbers = losses.dataSync();
      tf.dispose([losses, clock]);
      return this.#named(numbers);
    }
    const losses = Array.from({ length: parts }, (_, index) => this.#accumulate({ x, y }, step, index));
    this.#program.functions.update(clock);
    tf.dispose(clock);
    return this.#named(losses[0]!.map((_, i) => losses.reduce((sum, each) => sum + each[i]!, 0) / parts));
  }

  /** Adds the gradients of a part of the batch to those before. @returns the losses */
  #accumulate(batch: ImageBatch, step: number, index: number): number[] {
    const { seed, accumulate: parts = 1 } = this.options;
    const part = partOf(batch, index, parts);
    const clock = drawInputs(seedOfPart(seed, index), step);
    const first = tf.scalar(index === 0, 'bool');
    const { losses } = this.#program.functions.accumulate({ ...part, ...clock, first });
    const numbers = [...losses.dataSync()];
    tf.dispose([part, clock, first, losses]);
    return numbers;
  }

  #named(losses: ArrayLike<number>): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#program.losses.map((name, i) => [name, losses[i]!]));
  }

  inspect({ x, y }: ImageBatch, step: number): Readonly<Record<string, Histogram>> {
    const clock = drawInputs(this.options.seed, step);
    const part = partOf({ x, y }, 0, this.options.accumulate ?? 1);
    const inspection = this.#program.functions.inspect({ ...part, ...clock });
    const histograms = histogramsOf(inspection);
    tf.dispose([inspection, clock, part]);
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
  const { precision, seed, shape, directions, inspects = false, translates, xla, replicas, accumulate = 1 } = options;
  const accumulates = accumulate > 1;
  const scalar = (dtype: 'float32' | 'int32' | 'bool'): InputSpec => ({ shape: [], dtype });
  const image: InputSpec = { shape: [1, ...shape.slice(1)] };
  const clock = { seed: scalar('int32'), step: scalar('int32') };
  const drawn = { x: { shape }, y: { shape }, ...clock };
  const rates = { learningRate: scalar('float32'), discriminatorRate: scalar('float32') };
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
  /** One tensor: each that is read from a GPU is a wait of its own. */
  const stack = (named: Losses) => {
    losses.splice(0, Infinity, ...Object.keys(named));
    const stacked = tf.stack(Object.values(named));
    tf.dispose(named);
    return { losses: stacked };
  };
  /** The names of what is carried through the parts of a batch. */
  let carriedNames: readonly string[] = [];
  const program = compile(
    {
      step: (state: TensorTree, { x, y, ...clock }: ImageBatch & StepInputs) => {
        const result = trainStep(method, state, { x, y }, clock, replicas);
        return { variables: result.state, outputs: stack(result.losses) };
      },
      accumulate: (state: TensorTree, { x, y, first, ...clock }: ImageBatch & DrawClock & { first: Scalar }) => {
        const { own, sums } = split(state);
        const computed = gradientsOf(method, own, { x, y }, clock, replicas);
        carriedNames = Object.keys(computed.carried);
        const next = replaceLeaves(computed.gradients, isTensor, (path, gradient) =>
          tf.tidy(() => tf.where(first, gradient, tf.add(sums.get(path)!, gradient))),
        ) as TensorTree;
        tf.dispose(computed.gradients);
        return { variables: { ...computed.carried, [SUMS]: next }, outputs: stack(computed.losses) };
      },
      update: (state: TensorTree, clock: StepInputs) => {
        const { own } = split(state);
        const gradients = scaled(state[SUMS]!, 1 / accumulate) as NetworkWeights;
        const carried = Object.fromEntries(carriedNames.map((name) => [name, own[name]!]));
        const next = method.apply(own, { gradients, carried }, clock);
        tf.dispose(gradients);
        return { variables: next };
      },
      AtoB: sampling('AtoB'),
      BtoA: sampling('BtoA'),
      translateAtoB: translating('AtoB'),
      translateBtoA: translating('BtoA'),
      finite: (state: TensorTree) => ({ outputs: { finite: allFinite(split(state).own) } }),
      inspect: (state: TensorTree, { x, y, ...clock }: ImageBatch & DrawClock) => ({
        outputs: inspectionOf(method, split(state).own, { x, y }, clock, replicas),
      }),
    },
    {
      variables: () => (accumulates ? withSums(method, method.initial(seed)) : method.initial(seed)),
      unsaved: SUMS,
      precision,
      ...(xla && {
        xla: {
          functions: accumulates ? ['accumulate', 'update'] : ['step'],
          onFailure: (_, reason) => xla.onFailure?.(reason),
        },
      }),
      inputs: {
        ...(accumulates
          ? { accumulate: { ...drawn, first: scalar('bool') }, update: { ...clock, ...rates } }
          : { step: { ...drawn, ...rates } }),
        ...Object.fromEntries(directions.map((direction) => [direction, { image }])),
        ...Object.fromEntries(withBatch),
        finite: {},
        ...(inspects && { inspect: drawn }),
      },
    },
  );
  return Object.assign(program, { losses: losses });
}

/** The part of the variables that holds the sums of gradients between the parts of a batch. */
const SUMS = 'accumulated';

/** The method's own state, and the sums by path. */
function split({ [SUMS]: sums = {}, ...own }: TensorTree): {
  readonly own: TensorTree;
  readonly sums: Map<string, Tensor>;
} {
  return { own, sums: leavesOf(sums, isTensor) };
}

/** A state with sums of zero. */
function withSums(method: Method, state: TensorTree): TensorTree {
  if (SUMS in state)
    throw new Error(`A method whose gradients are accumulated keeps nothing at "${SUMS}" of its state.`);
  const zeros = replaceLeaves(weightsIn(method, state), isTensor, (_, { shape }) => tf.fill(shape, 0));
  return { ...state, [SUMS]: zeros as TensorTree };
}

type Image = { readonly image: Tensor4D };
type Images = { readonly images: Tensor4D };
