import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

/** Bytes that are put together before they are written. */
const BUFFERED = 1 << 20;

/** A file in the making, written from its start to its end. */
export class AppendedFile {
  /** The same memory each time: what is allocated anew for each write makes the garbage collector run for nothing. */
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFERED);
  #waiting = 0;

  private constructor(
    private readonly file: FileHandle,
    private readonly hash: Hash | undefined,
  ) {}

  /** @param hashed whether its SHA-256 will be wanted */
  static async create(path: string, { hashed = false } = {}): Promise<AppendedFile> {
    return new AppendedFile(await open(path, 'w'), hashed ? createHash('sha256') : undefined);
  }

  async append(piece: Uint8Array): Promise<void> {
    this.hash?.update(piece);
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + BUFFERED - this.#waiting);
      this.#buffer.set(part, this.#waiting);
      this.#waiting += part.length;
      at += part.length;
      if (this.#waiting === BUFFERED) await this.#flush();
    }
  }

  /** Writes the rest, to the disk. */
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
    // writeFile goes on from the current position and, unlike write, does not stop half-way.
    await this.file.writeFile(this.#buffer.subarray(0, this.#waiting));
    this.#waiting = 0;
  }
}
