import * as tf from '@tensorflow/tfjs-core';
import type { TranslatingProgram } from '../../inference/image-translator.js';
import { pixelsOf } from '../../inference/tensor-image.js';
import type { Direction } from '../../registry/kinds/export-format.js';
import type { DemoFacts, DirectionFacts } from '../demo-facts.js';
import {
  fastest,
  levelsApart,
  measureBackends,
  MOST_LEVELS,
  type BackendName,
  type Measured,
} from './choose-backend.js';
import { FolderFiles } from './folder-files.js';
import { openModel, readModel, type ModelFiles } from './load-model.js';
import { openBackend } from './open-backend.js';
import { DemoError } from './outcome.js';
import type { FromWorker } from './protocol.js';
import { sidesOf } from '../../support/sides.js';

/** A direction's model, ready to translate. */
export interface OpenGenerator {
  readonly facts: DirectionFacts;
  readonly model: ReturnType<typeof openModel>;
}

/** What is known of a direction before its model is made. */
interface Source {
  readonly facts: DirectionFacts;
  readonly files: ModelFiles;
  readonly check: ArrayBuffer;
}

/** Keeps the model of one direction, on the backend that was chosen. */
export class GeneratorKeeper {
  readonly #files: FolderFiles;
  #open: OpenGenerator | undefined;

  /**
   * @param base the folder's address
   * @param backend known from before; else all are measured
   */
  constructor(
    private readonly facts: DemoFacts,
    base: string,
    private backend: BackendName | undefined,
    private readonly send: (message: FromWorker) => void,
  ) {
    this.#files = new FolderFiles(base, facts.files);
  }

  /** The model of a direction; the other's makes room for it. @throws DemoError `missing`, `no-backend` */
  async open(direction: Direction): Promise<OpenGenerator> {
    if (this.#open?.facts.direction === direction) return this.#open;
    const source = await this.#read(this.facts.directions.find((each) => each.direction === direction)!);
    this.#open?.model.dispose();
    this.#open = undefined;
    const known = this.backend === undefined ? undefined : await this.#openKnown(this.backend, source);
    return (this.#open = { facts: source.facts, model: known ?? (await this.#openFastest(source)) });
  }

  async #read(facts: DirectionFacts): Promise<Source> {
    let bytes = 0;
    const report = () => this.send({ kind: 'phase', phase: { what: 'weights', bytes, of: facts.bytes } });
    report();
    const files = await readModel(this.#files, facts.model, (more) => {
      bytes += more;
      report();
    });
    return { facts, files, check: await this.#files.bytes(facts.check.file) };
  }

  /** On the backend that was chosen before; undefined where it is gone or computes wrongly now. */
  async #openKnown(backend: BackendName, { facts, files, check }: Source) {
    let model: OpenGenerator['model'] | undefined;
    try {
      if (tf.getBackend() !== backend) await openBackend(backend, this.#files);
      model = openModel(files);
      if ((await differenceOf(model, facts, check)) <= MOST_LEVELS) {
        this.#choose(backend, []);
        return model;
      }
    } catch {
      // Then all are measured.
    }
    model?.dispose();
    return undefined;
  }

  async #openFastest(source: Source): Promise<OpenGenerator['model']> {
    const measured = await measureBackends((backend) => this.#measure(backend, source));
    const best = fastest(measured);
    if (best === undefined) throw new DemoError('no-backend', measured.map(({ backend, refusal }) => `${backend}: ${refusal}`).join('; ')); // prettier-ignore
    await openBackend(best, this.#files);
    // The others keep memory of the GPU, and workers.
    for (const { backend } of measured)
      if (backend !== best && tf.findBackendFactory(backend)) tf.removeBackend(backend);
    this.#choose(best, measured);
    return openModel(source.files);
  }

  #choose(backend: BackendName, measured: readonly Measured[]): void {
    this.backend = backend;
    this.send({ kind: 'chosen', backend, measured });
  }

  async #measure(backend: BackendName, { facts, files, check }: Source) {
    this.send({ kind: 'phase', phase: { what: 'measuring', backend } });
    await openBackend(backend, this.#files);
    const model = openModel(files);
    try {
      const difference = await differenceOf(model, facts, check); // and everything is compiled
      const began = performance.now();
      await differenceOf(model, facts, check);
      return { difference, milliseconds: performance.now() - began };
    } finally {
      model.dispose();
    }
  }
}

/** From the expected translation of the test image, in levels of 256. */
async function differenceOf(
  program: TranslatingProgram,
  { check }: DirectionFacts,
  file: ArrayBuffer,
): Promise<number> {
  const { height, width } = sidesOf(check.side);
  const bytes = new Uint8Array(file);
  const translated = tf.tidy(() => {
    const pixels = Float32Array.from(bytes.subarray(0, bytes.length / 2));
    return program.translate(tf.sub(tf.div(tf.tensor4d(pixels, [1, height, width, 3]), 127.5), 1));
  });
  try {
    return levelsApart(pixelsOf(await translated.data(), height, width).data, bytes.subarray(bytes.length / 2));
  } finally {
    translated.dispose();
  }
}
