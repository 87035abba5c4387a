import { readdir } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { Direction } from '../../src/registry/kinds/export-format.js';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Config } from '../../src/registry/config.js';
import type { Batches } from '../../src/data/batches/batches.js';
import type { PreparedStore } from '../../src/data/store/prepared-store.js';
import { restoreNewest, type Checkpoint } from '../../src/engine/checkpoints.js';
import { createTrainer } from '../../src/training/trainer/create-trainer.js';
import type { Trainer } from '../../src/training/trainer.js';
import { builtins } from '../../src/app/builtins.js';
import type { StageEvent } from '../../src/registry/kinds/stage-event.js';
import type { StageContext, StageResult } from '../../src/registry/kinds/stage.js';
import { keyedRandom } from '../../src/support/keyed-random.js';
import { buildGenerators, buildMethod } from '../../src/methods/build.js';
import { SampleGrids } from '../../src/training/sample-grids.js';
import { Training } from '../../src/training/loop.js';
import { historyIn } from '../../src/training/validation/history.js';
import { validatorOf } from '../../src/training/validation/open-validator.js';
import type { Meter } from '../../src/training/validation/validation.js';
import type { Validator } from '../../src/training/validation/validator.js';
import { temporary } from '../export/rig.js';
import { config } from '../rig.js';

export const STEPS_PER_EPOCH = 4;

/** Validations with values of the test's own. */
export interface ValidationRig {
  readonly evaluate?: Partial<Config['evaluate']>;
  /** The values of a direction, by name. @param mean of the translations: a function of the weights @param step steps done */
  readonly values: (mean: number, direction: Direction, step: number) => Readonly<Record<string, number>>;
}
const SIZE = 16;
const SHAPE = [1, SIZE, SIZE, 3] as const;

/** Trains very small networks on images of noise, in a temporary folder that later calls reuse. */
export class Workbench {
  readonly dir: string;
  readonly events: StageEvent[] = [];
  /** The measurements that were begun: `AtoB 4`. */
  readonly measured: string[] = [];
  readonly #config: Config;

  constructor(
    t: TestContext,
    mode: 'graph' | 'eager',
    train: Partial<Config['train']>,
    learningRate = 2e-4,
    schedule: Config['schedule'] = { type: 'constant' },
    private readonly validation?: ValidationRig,
  ) {
    this.dir = temporary(t);
    const defaults = config();
    this.#config = {
      ...defaults,
      generator: { type: 'unet', norm: 'instance', width: 2, depth: 3, dropout: 0.5, slope: 0.3 },
      discriminator: { type: 'patchgan', norm: 'instance', width: 2, layers: 2, slope: 0.3, conditional: false },
      optimizer: { type: 'adam', learning_rate: learningRate, beta1: 0.5, beta2: 0.999, epsilon: 1e-7 },
      schedule,
      train: { ...defaults.train, ...train },
      evaluate: { ...defaults.evaluate, ...validation?.evaluate },
      engine: { mode, precision: 'float32' },
    };
  }

  /**
   * @param stopAfter the step after which the user stops it
   * @param change replaces the trainer
   * @param stopMeasuring the measurement in whose midst the user stops it: `AtoB 4`
   * @param onEvent sees each event; what it throws ends the training as a crash would
   */
  async train({
    stopAfter = Infinity,
    change = (trainer: Trainer) => trainer,
    stopMeasuring = '',
    onEvent = undefined as ((event: StageEvent) => void) | undefined,
  } = {}): Promise<StageResult> {
    const stop = new AbortController();
    const context = {
      config: this.#config,
      components: builtins(),
      dir: this.dir,
      inputs: {},
      runName: 'toy',
      signal: stop.signal,
      earlier: [],
      emit: (event: StageEvent) => {
        this.events.push(event);
        if (event.kind === 'progress' && event.done >= stopAfter) stop.abort();
        onEvent?.(event);
      },
      recorded: () => Promise.resolve(),
    } satisfies StageContext;
    const { engine, seed } = this.#config;
    const method = buildMethod(context);
    const trainer = createTrainer(method, {
      directions: ['AtoB', 'BtoA'],
      mode: engine.mode,
      precision: engine.precision,
      seed,
      shape: SHAPE,
      inspects: true,
      ...(this.validation && { translates: { batch: 2, translate: buildGenerators(context).translate } }),
    });
    const grids = await SampleGrids.open(trainer, method, store, context);
    try {
      const checkpoint = await restoreNewest(
        join(this.dir, 'checkpoints'),
        (prefix) => trainer.restore(prefix),
        (_, reason) => {
          throw new Error(reason);
        },
      );
      if (checkpoint === undefined) trainer.initialize();
      const step = checkpoint?.step ?? 0;
      const validator =
        this.validation &&
        (await this.#validator(context, trainer, checkpoint, (at) => at === stopMeasuring && stop.abort()));
      return await new Training(context, change(trainer), batches, grids, validator, checkpoint?.state).run(step);
    } finally {
      grids.close();
      trainer.dispose();
    }
  }

  #validator(
    context: StageContext,
    trainer: Trainer,
    checkpoint: Checkpoint | undefined,
    onMeasure: (at: string) => void,
  ): Promise<Validator> {
    const from = { step: checkpoint?.step ?? 0, validations: historyIn(checkpoint?.state ?? {}) };
    return validatorOf(
      context,
      trainer,
      () => Promise.resolve(this.#meter(context, onMeasure)),
      { stepsPerEpoch: STEPS_PER_EPOCH, images: 0 },
      from,
    );
  }

  /** Translates three images, of which the second batch has one. */
  #meter({ signal }: StageContext, onMeasure: (at: string) => void): Meter {
    return {
      dispose: () => Promise.resolve(),
      measure: (direction, translator) => {
        const step = Math.max(0, ...this.steps('loss/G/total'));
        this.measured.push(`${direction} ${step}`);
        let sum = 0;
        for (const count of [2, 1]) {
          signal.throwIfAborted();
          const images = tf.randomUniform<tf.Rank.R4>([count, SIZE, SIZE, 3], -1, 1, 'float32', count);
          const { translated, ...others } = translator.translate(images, direction);
          sum += tf.tidy(() => tf.sum(translated).dataSync()[0]!);
          void translator.onBatch?.({ source: images, translated }, [], 3 - count, 3);
          tf.dispose([images, translated, others]);
          onMeasure(`${direction} ${step}`);
        }
        const values = this.validation!.values(sum, direction, step);
        const measured = Object.entries(values).map(
          ([name, value]) => [name, { value, better: 'lower', count: 3 }] as const,
        );
        return Promise.resolve({ values: Object.fromEntries(measured), perImage: {}, neighbours: {}, notMeasured: [] });
      },
    };
  }

  files(folder: 'samples' | 'checkpoints'): Promise<string[]> {
    return readdir(join(this.dir, folder)).then(
      (names) => names.sort(),
      () => [],
    );
  }

  /** The events of a kind, in order. */
  eventsOf<K extends StageEvent['kind']>(kind: K): (StageEvent & { kind: K })[] {
    return this.events.filter((event): event is StageEvent & { kind: K } => event.kind === kind);
  }

  /** The steps of the events of that name. */
  steps(name: string): number[] {
    return this.events.flatMap((event) => ('step' in event && event.name === name ? [event.step] : []));
  }
}

const batches: Batches = {
  stepsPerEpoch: STEPS_PER_EPOCH,
  read: (epoch, index) => {
    const noise = (domain: string) => {
      const random = keyedRandom('noise', domain, epoch, index);
      return Float32Array.from({ length: SIZE * SIZE * 3 }, () => random.between(-1, 1));
    };
    return Promise.resolve({ x: noise('x'), y: noise('y'), shape: SHAPE });
  },
};

const store = {
  count: () => 1,
  read: () => Promise.resolve({ width: SIZE, height: SIZE, data: new Uint8Array(SIZE * SIZE * 3).fill(99) }),
} as unknown as PreparedStore;
