import { resize } from '../../data/images/resize.js';
import type { RgbImage } from '../../inference/image-grid.js';
import { ImageTranslator } from '../../inference/image-translator.js';
import type { DemoFacts } from '../demo-facts.js';
import { failureOf } from './failure-of.js';
import { GeneratorKeeper, type OpenGenerator } from './generator-keeper.js';
import { DemoError } from './outcome.js';
import type { FromWorker, ToWorker } from './protocol.js';
import { readImage, resizeFor, withAlpha } from './read-image.js';
import { tilingFor } from './tiling.js';
import { longerSide } from '../../support/sides.js';

type Request = Extract<ToWorker, { kind: 'translate' }>;

/** Does what the page asks, one request after the other. */
export class DemoWorker {
  #facts: DemoFacts | undefined;
  #generators: GeneratorKeeper | undefined;
  #last: Promise<void> = Promise.resolve();
  readonly #cancelled = new Set<number>();

  constructor(private readonly send: (message: FromWorker) => void) {}

  handle(message: ToWorker): void {
    if (message.kind === 'cancel') this.#cancelled.add(message.id);
    else if (message.kind === 'translate') this.#last = this.#last.then(() => this.#answer(message));
    else {
      const { facts, base, backend } = message;
      this.#facts = facts;
      this.#generators = new GeneratorKeeper(facts, base, backend, this.send);
    }
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
    const facts = this.#facts!;
    const source = await readImage(image);
    const generator = await this.#generators!.open(direction);
    this.#throwIfCancelled(id);
    this.send({ kind: 'phase', phase: { what: 'translating' } });
    const began = performance.now();
    const anySize = generator.facts.sizes !== null;
    const prepared = resizeFor(source, size, facts.image_size, anySize, facts.interpolation);
    let tiles = 1;
    const translated = await translatorOf(facts, generator).translate(prepared, async (done, of) => {
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
}

function translatorOf({ image_size: size }: DemoFacts, { facts, model }: OpenGenerator): ImageTranslator {
  const sizes = facts.sizes ?? { multiple: longerSide(size), least: longerSide(size) };
  return new ImageTranslator(model, {
    sizes,
    trainedSize: size,
    ...tilingFor(sizes, size),
    shrink: (image, height, width) => Promise.resolve(shrunk(image, height, width)),
  });
}

function shrunk({ data, width, height }: RgbImage, toHeight: number, toWidth: number): RgbImage {
  const to = { width: toWidth, height: toHeight };
  return { ...to, data: resize(data, width, height, to, 'bicubic') };
}
