import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

/** Small pieces are put together up to this many bytes before they are written. */
const BUFFERED = 1 << 16;

/** A file in the making, written from its start to its end. */
export class AppendedFile {
  readonly #hash = createHash('sha256');
  #pieces: Uint8Array[] = [];
  #waiting = 0;

  private constructor(private readonly file: FileHandle) {}

  static async create(path: string): Promise<AppendedFile> {
    return new AppendedFile(await open(path, 'w'));
  }

  async append(piece: Uint8Array): Promise<void> {
    this.#hash.update(piece);
    this.#pieces.push(piece);
    this.#waiting += piece.length;
    if (this.#waiting >= BUFFERED) await this.#flush();
  }

  /** Writes the rest, to the disk. @returns SHA-256 of the whole file */
  async finish(): Promise<string> {
    await this.#flush();
    await this.file.sync();
    return this.#hash.digest('hex');
  }

  close(): Promise<void> {
    return this.file.close();
  }

  async #flush(): Promise<void> {
    const pieces = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#waiting = 0;
    // writeFile goes on from the current position and, unlike write, does not stop half-way.
    await this.file.writeFile(pieces);
  }
}
