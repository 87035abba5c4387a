import * as tf from '@tensorflow/tfjs-core';
import { ImageTranslator, type TranslatingProgram } from '../../inference/image-translator.js';
import type { RgbImage } from '../../inference/image-grid.js';
import { pixelsOf } from '../../inference/tensor-image.js';
import { resize } from '../../data/images/resize.js';
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
import { failureOf } from './failure-of.js';
import { FolderFiles } from './folder-files.js';
import { openModel, readModel, type ModelFiles } from './load-model.js';
import { openBackend } from './open-backend.js';
import { DemoError } from './outcome.js';
import type { FromWorker, ToWorker } from './protocol.js';
import { readImage, resizeFor, withAlpha } from './read-image.js';

/** Larger images are translated in tiles, and a tile's side. A full-width ResNet takes about 0.5 GB for as many pixels. */
const WHOLE_PIXELS = 640 * 640;
const TILE_SIDE = 512;

type OpenModel = ReturnType<typeof openModel>;
type Start = Extract<ToWorker, { kind: 'start' }>;
type Request = Extract<ToWorker, { kind: 'translate' }>;

/** A generator's model on a backend. */
interface Ready {
  readonly facts: DirectionFacts;
  readonly model: OpenModel;
}

/** Does what the page asks, one request after the other. */
export class DemoWorker {
  #start: Start | undefined;
  #files: FolderFiles | undefined;
  #backend: BackendName | undefined;
  #ready: Ready | undefined;
  #last: Promise<void> = Promise.resolve();
  readonly #cancelled = new Set<number>();

  constructor(private readonly send: (message: FromWorker) => void) {}

  handle(message: ToWorker): Promise<void> {
    if (message.kind === 'cancel') {
      this.#cancelled.add(message.id);
      return Promise.resolve();
    }
    if (message.kind === 'start') {
      this.#start = message;
      this.#files = new FolderFiles(message.base, message.facts.files);
      return Promise.resolve();
    }
    return (this.#last = this.#last.then(() => this.#answer(message)));
  }

  async #answer(request: Request): Promise<void> {
    const { id } = request;
    try {
      this.#throwIfCancelled(id);
      await this.#translate(request);
    } catch (error) {
      this.send({ kind: 'failed', id, failure: failureOf(error) });
    } finally {
      this.#cancelled.delete(id);
    }
  }

  async #translate({ id, image, direction, size }: Request): Promise<void> {
    const { facts } = this.#start!;
    const source = await readImage(image);
    const { facts: own, model } = await this.#modelFor(direction);
    this.send({ kind: 'phase', phase: { what: 'translating' } });
    const began = performance.now();
    const prepared = resizeFor(source, size, facts.image_size, own.sizes !== null, facts.interpolation);
    let tiles = 1;
    const translated = await translatorOf(facts, own, model).translate(prepared, async (done, of) => {
      tiles = of;
      this.send({ kind: 'tile', id, done, tiles: of });
      // Lets a message come in that cancels it.
      await new Promise((resolve) => setTimeout(resolve));
      this.#throwIfCancelled(id);
    });
    const milliseconds = performance.now() - began;
    const { width, height } = translated;
    this.send({ kind: 'translated', id, pixels: withAlpha(translated.data), width, height, milliseconds, tiles });
  }

  #throwIfCancelled(id: number): void {
    if (this.#cancelled.has(id)) throw new DemoError('cancelled');
  }

  /** The model of a direction; the other's makes room for it. */
  async #modelFor(direction: Direction): Promise<Ready> {
    if (this.#ready?.facts.direction === direction) return this.#ready;
    const facts = this.#start!.facts.directions.find((each) => each.direction === direction)!;
    const files = await this.#read(facts);
    this.#ready?.model.dispose();
    this.#ready = undefined;
    const check = await this.#files!.bytes(facts.check.file);
    const chosen = this.#backend ?? this.#start!.backend;
    if (chosen !== undefined) {
      const opened = await this.#tryKnown(chosen, facts, files, check);
      if (opened !== undefined) return this.#use(chosen, [], facts, opened);
    }
    const measured = await measureBackends((backend) => this.#measure(backend, facts, files, check));
    const best = fastest(measured);
    if (best === undefined) throw new DemoError('no-backend', measured.map(({ backend, refusal }) => `${backend}: ${refusal}`).join('; ')); // prettier-ignore
    await openBackend(best, this.#files!);
    return this.#use(best, measured, facts, openModel(files));
  }

  #use(backend: BackendName, measured: readonly Measured[], facts: DirectionFacts, model: OpenModel): Ready {
    this.#backend = backend;
    this.send({ kind: 'chosen', backend, measured });
    return (this.#ready = { facts, model });
  }

  async #read(facts: DirectionFacts): Promise<ModelFiles> {
    let bytes = 0;
    const report = () => this.send({ kind: 'phase', phase: { what: 'weights', bytes, of: facts.bytes } });
    report();
    return readModel(this.#files!, facts.model, (more) => {
      bytes += more;
      report();
    });
  }

  /** Opens the backend that was chosen before; undefined where it is gone or computes wrongly now. */
  async #tryKnown(backend: BackendName, facts: DirectionFacts, files: ModelFiles, check: ArrayBuffer) {
    let model: OpenModel | undefined;
    try {
      if (tf.getBackend() !== backend) await openBackend(backend, this.#files!);
      model = openModel(files);
      if ((await differenceOf(model, facts, check)) <= MOST_LEVELS) return model;
    } catch {
      // Then all are measured.
    }
    model?.dispose();
    return undefined;
  }

  async #measure(backend: BackendName, facts: DirectionFacts, files: ModelFiles, check: ArrayBuffer) {
    this.send({ kind: 'phase', phase: { what: 'measuring', backend } });
    await openBackend(backend, this.#files!);
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
  const { side } = check;
  const bytes = new Uint8Array(file);
  const translated = tf.tidy(() => {
    const pixels = Float32Array.from(bytes.subarray(0, bytes.length / 2));
    return program.translate(tf.sub(tf.div(tf.tensor4d(pixels, [1, side, side, 3]), 127.5), 1));
  });
  try {
    return levelsApart(pixelsOf(await translated.data(), side, side).data, bytes.subarray(bytes.length / 2));
  } finally {
    translated.dispose();
  }
}

function translatorOf({ image_size: side }: DemoFacts, { sizes }: DirectionFacts, model: OpenModel): ImageTranslator {
  return new ImageTranslator(model, {
    sizes: sizes ?? { multiple: side, least: side },
    trainedSize: side,
    wholePixels: Math.max(WHOLE_PIXELS, 1.5 * side * side),
    tileSide: Math.max(TILE_SIDE, side),
    shrink: (image, height, width) => Promise.resolve(shrunk(image, height, width)),
  });
}

function shrunk({ data, width, height }: RgbImage, toHeight: number, toWidth: number): RgbImage {
  const to = { width: toWidth, height: toHeight };
  return { ...to, data: resize(data, width, height, to, 'bicubic') };
}
