import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

/** Bytes collected before each write. */
const BUFFERED = 1 << 20;

/** A file that is written from start to end. */
export class AppendedFile {
  /** Reused for every write: new buffers would only cause garbage collection. */
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFERED);
  #buffered = 0;

  private constructor(
    private readonly file: FileHandle,
    private readonly hash: Hash | undefined,
  ) {}

  /** @param hashed whether to compute its SHA-256 */
  static async create(path: string, { hashed = false } = {}): Promise<AppendedFile> {
    return new AppendedFile(await open(path, 'w'), hashed ? createHash('sha256') : undefined);
  }

  async append(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + BUFFERED - this.#buffered);
      this.#buffer.set(part, this.#buffered);
      this.#buffered += part.length;
      at += part.length;
      if (this.#buffered === BUFFERED) await this.#flush();
    }
  }

  /** Writes the rest and flushes the file to the disk. */
  async finish(): Promise<void> {
    await this.#flush();
    await this.file.sync();
  }

  /** SHA-256 of the whole file. Call it once. */
  sha256(): string {
    return this.hash!.digest('hex');
  }

  close(): Promise<void> {
    return this.file.close();
  }

  async #flush(): Promise<void> {
    const buffered = this.#buffer.subarray(0, this.#buffered);
    this.hash?.update(buffered);
    // writeFile continues at the current position and, unlike write, never writes only a part.
    await this.file.writeFile(buffered);
    this.#buffered = 0;
  }
}
