import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

/** A file of pictures in the making. */
export class PixelFile {
  readonly names: string[] = [];
  readonly #hash = createHash('sha256');

  private constructor(
    readonly file: FileHandle,
    readonly size: number,
  ) {}

  static async create(path: string, size: number): Promise<PixelFile> {
    return new PixelFile(await open(path, 'w'), size);
  }

  async append(name: string, pixels: Uint8Array): Promise<void> {
    if (pixels.length !== this.size * this.size * 3) throw new Error(`${name}: ${pixels.length} bytes of pixels`);
    // writeFile goes on from the current position and, unlike write, does not stop half-way.
    await this.file.writeFile(pixels);
    this.#hash.update(pixels);
    this.names.push(name);
  }

  /** Call it once, at the end. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  async close(): Promise<void> {
    await this.file.sync();
    await this.file.close();
  }
}
