import { join } from 'node:path';
import { sizedSum } from '../store/split-layout.js';
import { splitFile, sumsFile, type SplitIndex, type StoreSplit } from '../store/store-format.js';
import { AppendedFile } from './appended-file.js';
import type { PreparedPixels, SplitFile } from './pixel-file.js';

/** Writes a split of images of different sizes, one after another: no worker knows where its image will lie. */
export class SizedFile implements SplitFile {
  #count = 0;

  private constructor(
    private readonly images: AppendedFile,
    private readonly sums: AppendedFile,
  ) {}

  static async create(dir: string, split: StoreSplit): Promise<SizedFile> {
    const images = await AppendedFile.create(join(dir, splitFile(split)));
    try {
      return new SizedFile(images, await AppendedFile.create(join(dir, sumsFile(split)), { hashed: true }));
    } catch (error) {
      await images.close();
      throw error;
    }
  }

  get count(): number {
    return this.#count;
  }

  place(): undefined {
    return undefined;
  }

  async add({ data, sum, ...size }: PreparedPixels): Promise<void> {
    await this.images.append(data!);
    await this.sums.append(sizedSum(sum, size));
    this.#count++;
  }

  async finish(): Promise<Omit<SplitIndex, 'skipped'>> {
    await this.images.finish();
    await this.sums.finish();
    return { size: null, count: this.#count, sha256: this.sums.sha256() };
  }

  async close(): Promise<void> {
    await Promise.all([this.images.close(), this.sums.close()]);
  }
}
