import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

/** Pieces are put together up to this many bytes before they are written. */
const BUFFERED = 1 << 20;

/** A file in the making, written from its start to its end. */
export class AppendedFile {
  #pieces: Uint8Array[] = [];
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
    this.#pieces.push(piece);
    this.#waiting += piece.length;
    if (this.#waiting >= BUFFERED) await this.#flush();
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
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#waiting = 0;
    // writeFile goes on from the current position and, unlike write, does not stop half-way.
    await this.file.writeFile(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
  }
}
