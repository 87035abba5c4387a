import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Reference } from '../registry/config.js';
import type { SourceWork } from '../registry/kinds/dataset.js';
import type { Extractor, OpenExtractor } from '../registry/kinds/extractor.js';
import type { Features } from '../registry/kinds/metric.js';
import type { ConfigView } from '../registry/kinds/stage.js';
import { make } from '../registry/make.js';
import type { Json } from '../support/json.js';

/** The extractors of an evaluation, each prepared and opened once, when it is first used. The caller must dispose of it. */
export class FeatureSource {
  readonly #opened = new Map<string, Promise<OpenExtractor>>();

  constructor(
    private readonly components: Pick<ConfigView['components'], 'extractor'>,
    private readonly work: SourceWork,
  ) {}

  /** Makes the weights available, so that a failed download ends a run before its training, not after. */
  async prepare(references: readonly Reference[]): Promise<void> {
    for (const reference of references) await this.created(reference).prepare?.(this.work);
  }

  /** What determines the features of an extractor. */
  identity(reference: Reference): Promise<Json> {
    return this.created(reference).identity(this.work.signal);
  }

  /** @param images [b, s, s, c] in [-1, 1] */
  async of(reference: Reference, images: Tensor4D): Promise<Features> {
    const { features, logits } = (await this.open(reference)).extract(images);
    try {
      const [count, width] = features.shape;
      const values = (await features.data()) as Float32Array;
      return { count, width, values, ...(logits && { logits: (await logits.data()) as Float32Array }) };
    } finally {
      features.dispose();
      logits?.dispose();
    }
  }

  /** Of images one after another, such as the real ones. @param batch how many at a time are given to `of` */
  async ofAll(reference: Reference, images: AsyncIterable<Tensor4D>): Promise<Features> {
    const parts: Features[] = [];
    for await (const image of images) parts.push(await this.of(reference, image));
    return joined(parts);
  }

  /** Reports that features of many images are computed. */
  reportProgress(phase: string, done: number, total: number): void {
    this.work.progress({ phase, unit: 'images', done, total });
  }

  async dispose(): Promise<void> {
    const opened = [...this.#opened.values()];
    this.#opened.clear();
    for (const result of await Promise.allSettled(opened)) if (result.status === 'fulfilled') result.value.dispose();
  }

  private open(reference: Reference): Promise<OpenExtractor> {
    const key = JSON.stringify(reference);
    const opened = this.#opened.get(key) ?? this.prepareAndOpen(reference);
    this.#opened.set(key, opened);
    return opened;
  }

  private async prepareAndOpen(reference: Reference): Promise<OpenExtractor> {
    const extractor = this.created(reference);
    await extractor.prepare?.(this.work);
    return extractor.open();
  }

  private created(reference: Reference): Extractor {
    return make(this.components.extractor, reference, undefined);
  }
}

/** Rows `from` to `to` of features. */
export function rowsOf({ count, width, values, logits }: Features, from: number, to: number): Features {
  const classes = logits === undefined ? 0 : logits.length / count;
  return {
    count: to - from,
    width,
    values: values.subarray(from * width, to * width),
    ...(logits && { logits: logits.subarray(from * classes, to * classes) }),
  };
}

/** Features of several batches by one extractor as those of all their images. */
export function joined(parts: readonly Features[]): Features {
  const logits = parts.flatMap((part) => part.logits ?? []);
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    width: parts[0]?.width ?? 0,
    values: concatenated(parts.map(({ values }) => values)),
    ...(logits.length > 0 && { logits: concatenated(logits) }),
  };
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
