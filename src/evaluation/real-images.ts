import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { PreparedStore, StoreSplit } from '../data/store/prepared-store.js';
import { readTensor } from '../inference/read-tensor.js';
import type { Reference } from '../registry/config.js';
import type { Domain } from '../registry/kinds/dataset.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { Features, TrainingFeatures } from '../registry/kinds/metric.js';
import { spreadIndices } from '../support/spread.js';
import {
  splitOf,
  trainingImages,
  type EvaluationImage,
  type EvaluationPart,
  type TrainingSplit,
} from './evaluation-images.js';
import { realFeatures, type RealFeaturesRequest } from './feature-cache.js';
import type { FeatureSource } from './feature-source.js';

/** The real images beside the translations of a direction: the sources, the targets, and other images of the target domain. */
export class RealImages {
  /** With which translations are compared. */
  readonly targets;
  /** The training images of the target domain. */
  readonly training: TrainingSplit;
  /**
   * The number of other real images: as many as there are translations, if there are that many. They are the validation images of the target
   * domain when the test images are measured and these suffice, else training images.
   */
  readonly otherCount: number;
  readonly #domain: Domain;
  readonly #features = new Map<string, Promise<Features>>();

  constructor(
    private readonly store: PreparedStore,
    private readonly part: EvaluationPart,
    direction: Direction,
    private readonly sources: readonly EvaluationImage[],
    private readonly features: FeatureSource,
    private readonly signal: AbortSignal,
  ) {
    this.#domain = direction === 'AtoB' ? 'B' : 'A';
    const split = splitOf(part, this.#domain);
    this.training = `train${this.#domain}`;
    this.targets = { split, count: store.count(split) };
    this.otherCount = Math.min(sources.length, store.count(this.usesValidation() ? this.validation : this.training));
  }

  targetImages(): AsyncGenerator<Tensor4D, void, undefined> {
    return this.read(numbered(this.targets.split, this.targets.count));
  }

  others(): AsyncGenerator<Tensor4D, void, undefined> {
    if (this.usesValidation()) return this.read(numbered(this.validation, this.otherCount));
    return this.otherTraining();
  }

  targetFeatures(extractor: Reference): Promise<Features> {
    const { split, count } = this.targets;
    return this.once('targets', extractor, () => this.kept(extractor, numbered(split, count)));
  }

  sourceFeatures(extractor: Reference): Promise<Features> {
    return this.once('sources', extractor, () => this.kept(extractor, this.sources));
  }

  /** @param most that many, spread evenly */
  async trainingFeatures(extractor: Reference, most: number): Promise<TrainingFeatures> {
    const split = this.training;
    const indices = spreadIndices(this.store.count(split), most);
    const images = indices.map((index) => ({ split, index }));
    const features = await this.once(`training ${most}`, extractor, () => this.kept(extractor, images));
    return { ...features, indices };
  }

  otherFeatures(extractor: Reference): Promise<Features> {
    if (this.usesValidation()) {
      return this.once('others', extractor, () => this.kept(extractor, numbered(this.validation, this.otherCount)));
    }
    // Training images are kept larger than the networks' inputs.
    return this.once('others', extractor, () => this.features.ofAll(extractor, this.others()));
  }

  /** Features that the store keeps. */
  private async kept(extractor: Reference, images: RealFeaturesRequest['images']): Promise<Features> {
    const { store, signal } = this;
    const identity = await this.features.identity(extractor);
    return realFeatures({
      store,
      images,
      identity,
      signal,
      extract: (batch) => this.features.of(extractor, batch),
      onBatch: (done, total) => this.features.reportProgress(`features of ${images[0]!.split}`, done, total),
    });
  }

  private get validation(): EvaluationImage['split'] {
    return splitOf('validation', this.#domain);
  }

  private usesValidation(): boolean {
    return this.part === 'test' && this.store.count(this.validation) >= this.sources.length;
  }

  private async *otherTraining(): AsyncGenerator<Tensor4D, void, undefined> {
    for await (const { image } of trainingImages(this.store, this.#domain, this.otherCount)) {
      this.signal.throwIfAborted();
      yield image;
    }
  }

  private once(which: string, extractor: Reference, compute: () => Promise<Features>): Promise<Features> {
    const key = JSON.stringify([which, extractor]);
    const features = this.#features.get(key) ?? compute();
    this.#features.set(key, features);
    return features;
  }

  private async *read(
    images: Iterable<{ readonly split: StoreSplit; readonly index: number }>,
  ): AsyncGenerator<Tensor4D, void, undefined> {
    for (const { split, index } of images) {
      this.signal.throwIfAborted();
      const image = await readTensor(this.store, split, index);
      try {
        yield image;
      } finally {
        image.dispose();
      }
    }
  }
}

function numbered<Split>(split: Split, count: number): { readonly split: Split; readonly index: number }[] {
  return Array.from({ length: count }, (_, index) => ({ split, index }));
}
