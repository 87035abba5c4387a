import { join } from 'node:path';
import type { SourceImage, Split } from '../../registry/kinds/dataset.js';
import { sha256File } from '../../support/hash.js';
import { ProblemError } from '../../support/problem.js';
import { DECODED_BY } from '../pictures/decode.js';
import { PICTURES_FILE, type GoodPicture, type StoreIndex, type StoreSplit } from '../store/format.js';
import { readPictures } from '../store/pictures.js';
import { readIndex } from '../store/read-index.js';
import { openStore, type PreparedStore } from '../store/store.js';
import type { Facts, Good } from './decoding/answer.js';
import type { Pixels } from './pixel-file.js';
import { knownHash } from './preparer.js';
import type { StoreOptions } from './split-writer.js';

/** Where an earlier store has a picture. */
interface Place {
  readonly store: PreparedStore;
  readonly split: StoreSplit;
  readonly index: number;
  readonly facts: Facts;
}

/**
 * Finds pictures in earlier stores by what was in their files. Only what this decoder would make the same counts; a store that is
 * damaged is passed over, and so is a picture whose checksum is wrong.
 */
export class EarlierStores {
  readonly #places = new Map<string, Place>();
  readonly #stores: PreparedStore[] = [];

  /** @param dirs the best first @param lists what is looked for: no more is remembered */
  static async open(
    dirs: readonly string[],
    lists: ReadonlyMap<Split, readonly SourceImage[]>,
    options: Pick<StoreOptions, 'interpolation'>,
  ): Promise<EarlierStores> {
    const earlier = new EarlierStores();
    const wanted = new Set([...lists.values()].flatMap((images) => images.flatMap((image) => knownHash(image) ?? [])));
    for (const dir of wanted.size > 0 ? dirs : []) {
      try {
        await earlier.#add(dir, wanted, options);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
      }
    }
    return earlier;
  }

  /** @param hash SHA-256 of the encoded picture @returns the picture at each of the sizes, if they are all there and sound */
  async find(hash: string, sizes: readonly number[]): Promise<Good | undefined> {
    const places = sizes.map((size) => this.#places.get(keyOf(hash, size)));
    const images: Pixels[] = [];
    for (const place of places) {
      const pixels = place && (await soundPixels(place));
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
    if (!(await hasItsRecords(dir, index))) return;
    const store = await openStore(dir);
    this.#stores.push(store);
    for await (const picture of readPictures(dir)) {
      if ('reason' in picture || !wanted.has(picture.hash)) continue;
      this.#remember(store, index, picture, picture.split, picture.index);
      if (picture.index > 0) continue;
      if (picture.split === 'trainA') this.#remember(store, index, picture, 'sampleA', 0);
      if (picture.split === 'trainB') this.#remember(store, index, picture, 'sampleB', 0);
    }
  }

  #remember(
    store: PreparedStore,
    { splits }: StoreIndex,
    picture: GoodPicture,
    split: StoreSplit,
    index: number,
  ): void {
    const key = keyOf(picture.hash, splits[split].size);
    if (this.#places.has(key)) return;
    const { hash, pixels, width, height, format, traits, range } = picture;
    const facts = { hash, pixels, width, height, format, traits, ...(range && { range }) };
    this.#places.set(key, { store, split, index, facts });
  }
}

function keyOf(hash: string, size: number): string {
  return `${hash} ${size}`;
}

async function hasItsRecords(dir: string, index: StoreIndex): Promise<boolean> {
  try {
    return (await sha256File(join(dir, PICTURES_FILE))) === index.pictures;
  } catch {
    return false;
  }
}

async function soundPixels({ store, split, index }: Place): Promise<Pixels | undefined> {
  try {
    return { data: (await store.read(split, index)).data, sum: store.sum(split, index) };
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}
