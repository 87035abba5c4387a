import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';
import { loadTensorFlow } from '../engine/native.js';
import type { StageEvent, TrackedEvent, Tracker, TrackerComponent, TrackerSite } from '../registry/kinds/tracker.js';
import { imageEvent, sessionStartEvent, textEvent } from './tensorboard-event.js';

/** Curves, pictures and texts for TensorBoard, in the run's folder `tensorboard/`. */
export const tensorboard: TrackerComponent = {
  place: 'engine',
  summary:
    'TensorBoard event files in the run’s folder: every metric a curve, sample pictures as images, what the data is as text.',
  details: 'Look at them with `tensorboard --logdir runs`.',
  schema: { properties: {} },
  create: (_options, { runDir, warn }) => new TensorBoard(join(runDir, 'tensorboard'), warn),
};

const MAX_QUEUE = 1000;
type ImageEvent = Extract<StageEvent, { kind: 'image' }>;

/** Curves on the screen are this far behind at most. */
const FLUSH_MS = 2000;

class TensorBoard implements Tracker {
  /** Events are written one after the other; pictures are read from disk in between. */
  #queue: Promise<void>;
  #writer: Writer | undefined;

  constructor(
    logdir: string,
    private readonly warn: TrackerSite['warn'],
  ) {
    this.#queue = loadTensorFlow()
      .then(() => void (this.#writer = new Writer(logdir)))
      .catch((error: unknown) => this.giveUp(error));
  }

  on(tracked: TrackedEvent): void {
    this.#queue = this.#queue.then(() => this.write(tracked)).catch((error: unknown) => this.giveUp(error));
  }

  async flush(): Promise<void> {
    this.#queue = this.#queue.then(() => this.#writer?.flush()).catch((error: unknown) => this.giveUp(error));
    await this.#queue;
  }

  close(): Promise<void> {
    return this.flush();
  }

  private giveUp(error: unknown): void {
    this.#writer = undefined;
    this.warn(`TensorBoard's event file cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }

  private async write({ event, time }: TrackedEvent): Promise<void> {
    const writer = this.#writer;
    if (writer === undefined) return;
    switch (event.kind) {
      case 'metric':
        return writer.scalar(event.name, event.value, event.step);
      case 'image':
        return this.image(writer, event, time);
      case 'resumed':
        return writer.event(sessionStartEvent(event.step, time));
      case 'text':
        return writer.event(textEvent(event.name, event.step, event.text, time));
      case 'progress':
      case 'note':
        return;
    }
  }

  /** A picture that cannot be read costs the picture, not the curves. */
  private async image(writer: Writer, { name, step, file }: ImageEvent, time: number): Promise<void> {
    const png = await readFile(file).catch(() => undefined);
    if (png === undefined) this.warn(`TensorBoard goes without the picture ${file}: it cannot be read.`);
    else writer.event(imageEvent(name, step, png, time));
  }
}

/** tfjs-node's summary writer, with `ImportEvent` beside the scalars that its public class offers. */
class Writer {
  readonly #backend = tf.backend() as NodeJSKernelBackend;
  readonly #resource: tf.Tensor;

  constructor(logdir: string) {
    this.#resource = tf.keep(this.#backend.summaryWriter(logdir));
    this.#backend.createSummaryFileWriter(this.#resource, logdir, MAX_QUEUE, FLUSH_MS, '.v2');
  }

  scalar(name: string, value: number, step: number): void {
    this.#backend.writeScalarSummary(this.#resource, step, name, value);
  }

  event(serialised: Uint8Array): void {
    tf.tidy(() => {
      const event = tf.scalar(serialised, 'string');
      this.#backend.executeMultipleOutputs('ImportEvent', [], [this.#resource, event], 0);
    });
  }

  flush(): void {
    this.#backend.flushSummaryWriter(this.#resource);
  }
}
