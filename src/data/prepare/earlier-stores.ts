import { join } from 'node:path';
import type { SourceImage, Split } from '../../registry/kinds/dataset.js';
import { sha256File } from '../../support/hash.js';
import { ProblemError } from '../../support/problem.js';
import { DECODED_BY } from '../images/decoder-version.js';
import { fitsOf, type Fit } from '../images/fit.js';
import { IMAGES_FILE, type GoodImage, type StoreIndex, type StoreSplit } from '../store/store-format.js';
import { readImages } from '../store/image-records.js';
import { readIndex } from '../store/read-index.js';
import { openStore, type PreparedStore } from '../store/prepared-store.js';
import type { ImageFacts, DecodedFile } from './decoding/decode-result.js';
import type { PreparedPixels } from './pixel-file.js';
import { knownHash } from './preparer.js';
import type { StoreOptions } from './split-writer.js';

/** An image in an earlier store. */
interface StoredAt {
  readonly store: PreparedStore;
  readonly split: StoreSplit;
  readonly index: number;
  readonly facts: ImageFacts;
}

/**
 * Finds images in earlier stores by the hashes of their files. It uses only stores of the same decoder and interpolation, and ignores
 * damaged stores and images with a wrong checksum.
 */
export class EarlierStores {
  readonly #places = new Map<string, StoredAt>();
  readonly #stores: PreparedStore[] = [];

  /** @param dirs the best first @param lists the images to find: others are not indexed */
  static async open(
    dirs: readonly string[],
    lists: ReadonlyMap<Split, readonly SourceImage[]>,
    options: Pick<StoreOptions, 'interpolation'>,
  ): Promise<EarlierStores> {
    const earlier = new EarlierStores();
    if (dirs.length === 0) return earlier;
    const wanted = new Set<string>();
    for (const image of [...lists.values()].flat()) {
      const hash = knownHash(image);
      if (hash !== undefined) wanted.add(hash);
    }
    for (const dir of wanted.size > 0 ? dirs : []) {
      try {
        await earlier.#add(dir, wanted, options);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
      }
    }
    return earlier;
  }

  /** @param hash SHA-256 of the encoded image @returns the image with each of the fits, if all of them exist undamaged */
  async find(hash: string, fits: readonly Fit[]): Promise<DecodedFile | undefined> {
    const places = fits.map((fit) => this.#places.get(keyOf(hash, fit)));
    const images: PreparedPixels[] = [];
    for (const place of places) {
      const pixels = place && (await readPixels(place));
      if (pixels === undefined) return undefined;
      images.push(pixels);
    }
    return { facts: places[0]!.facts, images };
  }

  async close(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
  }

  async #add(dir: string, wanted: ReadonlySet<string>, options: Pick<StoreOptions, 'interpolation'>): Promise<void> {
    const index = await readIndex(dir);
    if (index.decoder !== DECODED_BY || index.interpolation !== options.interpolation) return;
    if (!(await hasValidRecords(dir, index))) return;
    const store = await openStore(dir);
    this.#stores.push(store);
    for await (const image of readImages(dir)) {
      if ('reason' in image || !wanted.has(image.hash)) continue;
      this.#index(store, index, image, image.split, image.index);
      if (image.index > 0) continue;
      if (image.split === 'trainA') this.#index(store, index, image, 'sampleA', 0);
      if (image.split === 'trainB') this.#index(store, index, image, 'sampleB', 0);
    }
  }

  #index(store: PreparedStore, of: StoreIndex, image: GoodImage, split: StoreSplit, index: number): void {
    const { train, test } = fitsOf(of);
    const key = keyOf(image.hash, split.startsWith('train') ? train : test);
    if (this.#places.has(key)) return;
    const { hash, pixels, width, height, format, traits, range } = image;
    const facts = { hash, pixels, width, height, format, traits, ...(range && { range }) };
    this.#places.set(key, { store, split, index, facts });
  }
}

function keyOf(hash: string, fit: Fit): string {
  return `${hash} ${JSON.stringify(fit)}`;
}

async function hasValidRecords(dir: string, index: StoreIndex): Promise<boolean> {
  try {
    return (await sha256File(join(dir, IMAGES_FILE))) === index.pictures;
  } catch {
    return false;
  }
}

async function readPixels({ store, split, index }: StoredAt): Promise<PreparedPixels | undefined> {
  try {
    return { ...(await store.read(split, index)), sum: store.sum(split, index) };
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}
