import { join } from 'node:path';
import { splitFile, sumsFile, type SplitIndex, type StoreSplit } from '../store/store-format.js';
import { AppendedFile } from './appended-file.js';

/** Pixels and their SHA-256. */
export interface StoredPixels {
  readonly data: Uint8Array;
  readonly sum: Uint8Array;
}

/** Writes a split's two files: its images and their checksums. */
export class PixelFile {
  #count = 0;

  private constructor(
    private readonly images: AppendedFile,
    private readonly sums: AppendedFile,
    private readonly size: number,
  ) {}

  static async create(dir: string, split: StoreSplit, size: number): Promise<PixelFile> {
    const images = await AppendedFile.create(join(dir, splitFile(split)));
    try {
      return new PixelFile(images, await AppendedFile.create(join(dir, sumsFile(split)), { hashed: true }), size);
    } catch (error) {
      await images.close();
      throw error;
    }
  }

  get count(): number {
    return this.#count;
  }

  async append({ data, sum }: StoredPixels): Promise<void> {
    if (data.length !== this.size * this.size * 3) throw new Error(`${data.length} bytes of pixels`);
    await this.images.append(data);
    await this.sums.append(sum);
    this.#count++;
  }

  /** Writes the rest. Call it once, at the end. */
  async finish(): Promise<Omit<SplitIndex, 'skipped'>> {
    await this.images.finish();
    await this.sums.finish();
    return { size: this.size, count: this.#count, sha256: this.sums.sha256() };
  }

  async close(): Promise<void> {
    await Promise.all([this.images.close(), this.sums.close()]);
  }
}
