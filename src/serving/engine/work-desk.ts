import type { RgbImage } from '../../inference/image-grid.js';
import { encode } from '../../translation/outputs/encode.js';
import { sideBySide } from '../../translation/outputs/side-by-side.js';
import type {
  FromEngine,
  ImageWork,
  ServedModel,
  ServingJob,
  TensorWork,
  Timing,
  ToEngine,
  Translated,
  Work,
} from '../protocol.js';
import { Batcher, type BatchClass } from './batcher.js';
import type { OpenModel } from './open-model.js';
import { checkTensor, prepareWork, type PreparedWork } from './prepare-work.js';
import { Refused } from './refused.js';
import { isSides, sameSize, sizeName, sizeText } from '../../support/sides.js';

interface ImageItem {
  readonly kind: 'image';
  readonly work: ImageWork;
  readonly prepared: PreparedWork;
}

interface TensorItem {
  readonly kind: 'tensor';
  readonly work: TensorWork;
}

type Item = (ImageItem | TensorItem) & {
  readonly id: number;
  readonly model: OpenModel;
  readonly arrived: number;
};

/** Does the work that the parent sends: decodes images as they come, translates them in batches, encodes the translations meanwhile. */
export class WorkDesk {
  readonly #batcher: Batcher<Item>;
  readonly #cancelled = new Set<number>();
  /** Images that are being decoded, and answers that are being encoded or sent: each makes room for another piece of work. */
  #underWay = 0;
  #break: (error: unknown) => void = () => undefined;
  /** Rejected with what is not a client's mistake: this process is to end, and its next one starts afresh. */
  readonly broken = new Promise<never>((_, reject) => (this.#break = reject));

  constructor(
    private readonly models: readonly OpenModel[],
    private readonly job: Pick<ServingJob, 'size' | 'limits'>,
    private readonly send: (message: FromEngine, sent?: () => void) => void,
  ) {
    const run = (batch: readonly Item[]) => this.#translate(batch);
    const isMoreComing = () => this.#underWay > 0;
    this.#batcher = new Batcher({ classOf, run, delay: job.limits.batchDelay, isMoreComing });
  }

  take(message: ToEngine): void {
    if (message.kind === 'cancel') {
      this.#cancelled.add(message.id);
      this.#batcher.remove(({ id }) => id === message.id);
    } else void this.#prepare(message.id, message.work);
  }

  async #prepare(id: number, work: Work): Promise<void> {
    const arrived = performance.now();
    this.#underWay++;
    try {
      const model = this.models.find(({ facts }) => isModel(facts, work.model))!;
      const item = await prepare(work, model, this.job);
      this.#underWay--;
      if (!this.#cancelled.delete(id)) this.#batcher.add({ id, model, arrived, ...item });
    } catch (error) {
      this.#underWay--;
      this.#fail(id, error);
    }
  }

  async #translate(batch: readonly Item[]): Promise<void> {
    const started = performance.now();
    try {
      const finish = await translateBatch(batch);
      const computed = performance.now() - started;
      for (const [i, { id, arrived }] of batch.entries()) {
        this.#cancelled.delete(id);
        const timing: Timing = { waited: started - arrived, computed, batch: batch.length };
        // Not awaited: the next batch is translated meanwhile.
        this.#underWay++;
        void finish[i]!().then(
          (result) => this.send({ kind: 'done', id, result, timing }, () => this.#underWay--),
          (error: unknown) => this.#fail(id, error),
        );
      }
    } catch (error) {
      for (const { id } of batch) this.#fail(id, error);
    }
  }

  #fail(id: number, error: unknown): void {
    this.#cancelled.delete(id);
    if (error instanceof Refused) this.send({ kind: 'refused', id, refusal: error.refusal });
    else this.#break(error);
  }
}

const isModel = (facts: ServedModel, { name, version }: Work['model']): boolean =>
  facts.name === name && facts.version === version;

async function prepare(
  work: Work,
  { facts, training }: OpenModel,
  { size: usual, limits }: Pick<ServingJob, 'size' | 'limits'>,
): Promise<ImageItem | TensorItem> {
  if (work.kind === 'tensor') {
    checkTensor(work, facts, limits.pixels);
    return { kind: 'tensor', work };
  }
  const size = work.size ?? (facts.sizes === undefined ? facts.imageSize : usual);
  if (facts.sizes === undefined && !(isSides(size) && sameSize(size, facts.imageSize))) {
    const message = `The generator takes images of ${sizeText(facts.imageSize)} only: ask for size=${sizeName(facts.imageSize)}.`;
    throw new Refused({ reason: 'wrong-size', message });
  }
  return { kind: 'image', work, prepared: await prepareWork({ ...work, size }, training, limits.pixels) };
}

function classOf(item: Item): BatchClass {
  // Numbers come in batches already.
  if (item.kind === 'tensor') return { shape: `tensor ${item.id}`, most: 1 };
  const { facts, translator } = item.model;
  const { shape, most } = translator.batchOf(item.prepared.image);
  return { shape: `${facts.name} ${facts.version} ${shape}`, most };
}

/** Translates a batch of one class, so of one model. @returns what makes the result of each piece of work */
async function translateBatch(batch: readonly Item[]): Promise<readonly (() => Promise<Translated>)[]> {
  const { model } = batch[0]!;
  const images = batch.flatMap((item) => (item.kind === 'image' ? [item] : []));
  if (images.length > 0) {
    const translations = await model.translator.translateTogether(images.map(({ prepared }) => prepared.image));
    return images.map((item, i) => () => encoded(item, translations[i]!));
  }
  const tensors = batch.flatMap((item) => (item.kind === 'tensor' ? [item.work] : []));
  const values = await Promise.all(tensors.map((work) => model.translateTensor(work.values, work.shape)));
  return tensors.map(
    ({ shape }, i) =>
      () =>
        Promise.resolve({ kind: 'tensor', values: values[i]!, shape }),
  );
}

async function encoded(
  { work, prepared: { image, exif, format } }: ImageItem,
  translation: RgbImage,
): Promise<Translated> {
  const shown = work.sideBySide ? sideBySide(image, translation) : translation;
  return { kind: 'image', bytes: await encode(shown, format, exif), format };
}
