import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Config } from '../../src/registry/config.js';
import type { Batches } from '../../src/data/batches/batches.js';
import type { PreparedStore } from '../../src/data/store/prepared-store.js';
import { restoreNewest } from '../../src/engine/checkpoints.js';
import { createTrainer } from '../../src/training/trainer/create-trainer.js';
import type { Trainer } from '../../src/training/trainer.js';
import { builtins } from '../../src/app/builtins.js';
import type { StageEvent } from '../../src/registry/kinds/stage-event.js';
import type { StageContext, StageResult } from '../../src/registry/kinds/stage.js';
import { keyedRandom } from '../../src/support/keyed-random.js';
import { buildMethod } from '../../src/methods/build.js';
import { SampleGrids } from '../../src/training/sample-grids.js';
import { Training } from '../../src/training/loop.js';
import { temporary } from '../export/rig.js';
import { config } from '../rig.js';

export const STEPS_PER_EPOCH = 4;
const SIZE = 16;
const SHAPE = [1, SIZE, SIZE, 3] as const;

/** Trains very small networks on images of noise, in a temporary folder that later calls reuse. */
export class Workbench {
  readonly dir: string;
  readonly events: StageEvent[] = [];
  readonly #config: Config;

  constructor(
    t: TestContext,
    mode: 'graph' | 'eager',
    train: Partial<Config['train']>,
    learningRate = 2e-4,
    schedule: Config['schedule'] = { type: 'constant' },
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
      engine: { mode, precision: 'float32' },
    };
  }

  /** @param stopAfter the step after which the user stops it @param change replaces the trainer */
  async train({ stopAfter = Infinity, change = (trainer: Trainer) => trainer } = {}): Promise<StageResult> {
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
      },
      recorded: () => Promise.resolve(),
    } satisfies StageContext;
    const { engine, seed } = this.#config;
    const method = buildMethod(context);
    const trainer = createTrainer(method, {
      directions: ['AtoB', 'BtoA'],
      ...engine,
      seed,
      shape: SHAPE,
      inspects: true,
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
      return await new Training(context, change(trainer), batches, grids).run(checkpoint?.step ?? 0);
    } finally {
      grids.close();
      trainer.dispose();
    }
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
