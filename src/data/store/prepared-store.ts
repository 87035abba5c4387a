import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../support/files.js';
import { sha256Bytes, sha256File } from '../../support/hash.js';
import { pixelsIn, sizeText, type HeightWidth, type Sides } from '../../support/sides.js';
import { corruptStore } from './corrupt-store.js';
import {
  IMAGES_FILE,
  splitFile,
  STORE_SPLITS,
  sumsFile,
  type SourceImageRecord,
  type StoreIndex,
  type StoreSplit,
} from './store-format.js';
import { readImages } from './image-records.js';
import { layoutOf, recordBytes, type SplitLayout } from './split-layout.js';
import { readIndex } from './read-index.js';

export type { StoreSplit } from './store-format.js';

/** Prepared images on disk; reading an image takes one positional read and memory for one image. */
export interface PreparedStore {
  /** Its folder. */
  readonly dir: string;
  /** Of the networks' inputs. */
  readonly imageSize: Sides;
  /** Whether images were stretched to one size, rather than cropped from images of any. */
  readonly isStretched: boolean;
  /** The number of images; 0 for a split that the store does not have, such as `truthA` of real photographs. */
  count(split: StoreSplit): number;
  /** Of an image: that of the networks' inputs, but for training images, of which it is cropped. */
  size(split: StoreSplit, index: number): HeightWidth;
  /**
   * Reads an image and checks it against its checksum, so that a store needs no verification before use.
   *
   * @throws RangeError when there is no image with that index
   * @throws ProblemError `corrupt-store` when its checksum differs
   */
  read(split: StoreSplit, index: number): Promise<StoredImage>;
  /**
   * The records of all images of the source, good or bad, in the order of the source.
   *
   * @throws ProblemError `corrupt-store` when their checksum differs
   */
  images(): AsyncIterable<SourceImageRecord>;
  /** The readRecords SHA-256 of an image's pixels. */
  sum(split: StoreSplit, index: number): Uint8Array;
  /** Checks all images against their checksums. @throws ProblemError `corrupt-store` */
  verify(): Promise<void>;
  close(): Promise<void>;
}

/** `data`: [height, width, 3], uint8, RGB. */
export interface StoredImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** The open file of a split, and where its images lie. */
interface OpenSplit {
  readonly file: FileHandle;
  readonly layout: SplitLayout;
}

/** @throws ProblemError `corrupt-store` when files are missing, cut off or of another version's format */
export async function openStore(dir: string): Promise<PreparedStore> {
  const index = await readIndex(dir);
  const splits = new Map<StoreSplit, OpenSplit>();
  const close = async () => {
    const opened = [...splits.values()];
    splits.clear();
    await Promise.all(opened.map(({ file }) => file.close()));
  };
  const opened = (split: StoreSplit, at: number): OpenSplit => {
    const { count } = index.splits[split];
    if (!Number.isInteger(at) || at < 0 || at >= count)
      throw new RangeError(`${split} has no image ${at}, only ${count}`);
    const files = splits.get(split);
    if (files === undefined) throw new Error('The store is closed.');
    return files;
  };
  const read = async (split: StoreSplit, at: number): Promise<StoredImage> => {
    const { file, layout } = opened(split, at);
    return { data: await readImage({ file, layout }, at, join(dir, splitFile(split))), ...layout.size(at) };
  };
  try {
    for (const split of STORE_SPLITS) {
      if (index.splits[split].count > 0) splits.set(split, await openSplit(dir, split, index));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    dir,
    imageSize: index.image_size,
    isStretched: (index.preprocess ?? 'resize_and_crop') === 'resize_and_crop',
    count: (split) => index.splits[split].count,
    size: (split, at) => opened(split, at).layout.size(at),
    read,
    images: () => readRecords(dir, index),
    sum: (split, at) => splits.get(split)!.layout.sum(at),
    async verify() {
      for (const split of splits.keys()) {
        for (let at = 0; at < index.splits[split].count; at++) await read(split, at);
      }
    },
    close,
  };
}

async function* readRecords(dir: string, index: StoreIndex): AsyncGenerator<SourceImageRecord, void, undefined> {
  const path = join(dir, IMAGES_FILE);
  if ((await readable(path, () => sha256File(path))) !== index.pictures)
    throw corruptStore(`the checksum of ${path} differs`);
  yield* readImages(dir);
}

async function readImage({ file, layout }: OpenSplit, at: number, path: string): Promise<Uint8Array> {
  const data = new Uint8Array(pixelsIn(layout.size(at)) * PIXEL_BYTES);
  await readFully(file, data, layout.offset(at), path);
  if (sha256Bytes(data).equals(layout.sum(at))) return data;
  throw corruptStore(`the checksum of image ${at} of ${path} differs`);
}

const PIXEL_BYTES = 3;

async function openSplit(dir: string, split: StoreSplit, index: StoreIndex): Promise<OpenSplit> {
  const { size, count, sha256 } = index.splits[split];
  const path = join(dir, splitFile(split));
  const found = (await readable(path, () => stat(path))).size;
  const sumsPath = join(dir, sumsFile(split));
  const sums = await readable(sumsPath, () => readFile(sumsPath));
  if (sums.length !== count * recordBytes(size) || sha256Bytes(sums).toString('hex') !== sha256)
    throw corruptStore(`the checksum of ${sumsPath} differs`);
  const layout = layoutOf(size, sums, PIXEL_BYTES);
  const sizes = size === null ? '' : ` of ${sizeText(size)}`;
  if (found !== layout.bytes)
    throw corruptStore(`${path} has ${found} bytes, expected ${layout.bytes} (${count} images${sizes})`);
  return { file: await readable(path, () => open(path, 'r')), layout };
}

async function readable<T>(path: string, access: () => Promise<T>): Promise<T> {
  try {
    return await access();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw corruptStore(`${path} is missing or cannot be read (${errorCode(error)})`);
  }
}

/** Repeats short reads; a read of 0 bytes means that the file has been truncated since it was opened. */
async function readFully(file: FileHandle, into: Uint8Array, position: number, path: string): Promise<void> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw corruptStore(`${path} ends at byte ${position + done}`);
    done += bytesRead;
  }
}
