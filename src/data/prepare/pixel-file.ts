import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { pixelsIn, type Sides } from '../../support/sides.js';
import { splitFile, sumsFile, type SplitIndex, type StoreSplit } from '../store/store-format.js';
import { AppendedFile } from './appended-file.js';

/** Where an image's pixels belong: a byte offset in a split's file. */
export interface PixelPlace {
  readonly path: string;
  readonly offset: number;
}

/** Prepared pixels and their SHA-256; without `data` where a worker has already written them to their {@link PixelPlace}. */
export interface PreparedPixels {
  readonly height: number;
  readonly width: number;
  readonly sum: Uint8Array;
  readonly data?: Uint8Array;
}

/** Writes a split's images and their checksums. */
export interface SplitFile {
  readonly count: number;
  /** The place of the image that would be the given one; undefined where that depends on those before it. */
  place(index: number): PixelPlace | undefined;
  /**
   * Adds the next image.
   *
   * @param at the index of the place where a worker has written it; it is moved if bad images before it have left a gap
   */
  add(pixels: PreparedPixels, at?: number): Promise<void>;
  /** Writes the rest and flushes the files to the disk. Call it once, at the end. */
  finish(): Promise<Omit<SplitIndex, 'skipped'>>;
  close(): Promise<void>;
}

/** Bytes of small images that are collected before a write. */
const BUFFERED = 1 << 20;

/**
 * Writes a split of images of one size: they and their checksums. Worker threads write pixels to the places that they are given; other pixels
 * are written here.
 */
export class PixelFile implements SplitFile {
  readonly #path: string;
  readonly #bytes: number;
  /** Pixels of the last images before `#count` that are not written yet. */
  #pending: Uint8Array[] = [];
  #count = 0;

  private constructor(
    private readonly images: FileHandle,
    private readonly sums: AppendedFile,
    private readonly size: Sides,
    path: string,
  ) {
    this.#path = path;
    this.#bytes = pixelsIn(size) * 3;
  }

  static async create(dir: string, split: StoreSplit, size: Sides): Promise<PixelFile> {
    const path = join(dir, splitFile(split));
    const images = await open(path, 'w+');
    try {
      return new PixelFile(images, await AppendedFile.create(join(dir, sumsFile(split)), { hashed: true }), size, path);
    } catch (error) {
      await images.close();
      throw error;
    }
  }

  get count(): number {
    return this.#count;
  }

  place(index: number): PixelPlace {
    return { path: this.#path, offset: index * this.#bytes };
  }

  async add({ data, sum }: PreparedPixels, at = this.#count): Promise<void> {
    if (data !== undefined) await this.#write(data);
    else {
      await this.#flush();
      if (at !== this.#count) await this.#move(at);
    }
    await this.sums.append(sum);
    this.#count++;
  }

  async finish(): Promise<Omit<SplitIndex, 'skipped'>> {
    await this.#flush();
    // Pixels of images that were bad in the end may lie behind the last one.
    await this.images.truncate(this.#count * this.#bytes);
    await this.images.sync();
    await this.sums.finish();
    return { size: this.size, count: this.#count, sha256: this.sums.sha256() };
  }

  async close(): Promise<void> {
    await Promise.all([this.images.close(), this.sums.close()]);
  }

  async #write(data: Uint8Array): Promise<void> {
    if (data.length !== this.#bytes) throw new Error(`${data.length} bytes of pixels`);
    this.#pending.push(data);
    if ((this.#pending.length + 1) * this.#bytes > BUFFERED) await this.#flushWith(this.#count + 1);
  }

  #flush(): Promise<void> {
    return this.#flushWith(this.#count);
  }

  /** @param end the index after the last pending image */
  async #flushWith(end: number): Promise<void> {
    const pieces = this.#pending;
    if (pieces.length === 0) return;
    this.#pending = [];
    const whole = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    await writeFully(this.images, whole, (end - pieces.length) * this.#bytes);
  }

  async #move(from: number): Promise<void> {
    const pixels = Buffer.allocUnsafe(this.#bytes);
    const { bytesRead } = await this.images.read(pixels, 0, pixels.length, from * this.#bytes);
    if (bytesRead !== pixels.length) throw new Error(`${bytesRead} bytes of image ${from} in ${this.#path}`);
    await writeFully(this.images, pixels, this.#count * this.#bytes);
  }
}

/** Repeats short writes, which happen where the disk becomes full; the next one then fails. */
async function writeFully(file: FileHandle, data: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < data.length;) {
    done += (await file.write(data, done, data.length - done, position + done)).bytesWritten;
  }
}
