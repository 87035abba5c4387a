import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, writeFileAtomic } from '../../support/files.js';
import { isJsonObject } from '../../support/json.js';

/** The file that a part belongs to, as its server described it. */
export interface PartOrigin {
  readonly url: string;
  /** Shows whether the file is still the same: a strong ETag, or a date. */
  readonly validator?: string;
  readonly total?: number;
}

/** An unfinished download: `<to>.part`, and its origin in `<to>.part.json`. It outlives the process, so that another can resume it. */
export class PartialDownload {
  #hash: Hash = createHash('sha256');

  private constructor(
    private readonly to: string,
    private readonly file: FileHandle,
    private origin: PartOrigin | undefined,
    private length: number,
  ) {}

  /** Opens an existing part, or a new one; a complete file from an earlier call counts as a part. */
  static async open(to: string, signal: AbortSignal): Promise<PartialDownload> {
    await mkdir(dirname(to), { recursive: true });
    await rename(to, partPath(to)).catch(ignoreMissing);
    const file = await open(partPath(to), 'a');
    try {
      const origin = await readOrigin(to);
      const part = new PartialDownload(to, file, origin, (await file.stat()).size);
      if (origin === undefined) await file.truncate(0);
      if (origin === undefined) part.length = 0;
      await part.#hashExisting(signal);
      return part;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Bytes received so far. */
  get size(): number {
    return this.length;
  }

  get total(): number | undefined {
    return this.origin?.total;
  }

  /** The validator to send when resuming from this address. */
  validatorFor(url: string): string | undefined {
    return this.origin?.url === url ? this.origin.validator : undefined;
  }

  async restart(origin: PartOrigin): Promise<void> {
    // The origin goes first: bytes of one file must never be appended to those of another.
    await rm(originPath(this.to), { force: true });
    await this.file.truncate(0);
    this.length = 0;
    this.#hash = createHash('sha256');
    await this.saveOrigin(origin);
  }

  async saveOrigin(origin: PartOrigin): Promise<void> {
    this.origin = origin;
    await writeFileAtomic(originPath(this.to), JSON.stringify(origin));
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.file.appendFile(bytes);
    this.#hash.update(bytes);
    this.length += bytes.length;
  }

  /** SHA-256 of the bytes received so far. */
  sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Renames the part to the file. */
  async finish(): Promise<void> {
    if (this.origin !== undefined) await this.saveOrigin({ ...this.origin, total: this.length });
    await this.file.sync();
    await this.file.close();
    await rename(partPath(this.to), this.to);
  }

  async discard(): Promise<void> {
    await this.close();
    await Promise.all([partPath(this.to), originPath(this.to)].map((path) => rm(path, { force: true })));
  }

  /** Keeps the part for later; an empty one is deleted. */
  async close(): Promise<void> {
    await this.file.close();
    if (this.length === 0)
      await Promise.all([partPath(this.to), originPath(this.to)].map((path) => rm(path, { force: true })));
  }

  async #hashExisting(signal: AbortSignal): Promise<void> {
    if (this.length === 0) return;
    for await (const chunk of createReadStream(partPath(this.to), { signal })) this.#hash.update(chunk as Buffer);
  }
}

function partPath(to: string): string {
  return `${to}.part`;
}

function originPath(to: string): string {
  return `${to}.part.json`;
}

/** @returns nothing for bytes of unknown origin, which are not resumed */
async function readOrigin(to: string): Promise<PartOrigin | undefined> {
  try {
    const origin: unknown = JSON.parse(await readFile(originPath(to), 'utf8'));
    if (!isJsonObject(origin) || typeof origin['url'] !== 'string') return undefined;
    const { url, validator, total } = origin;
    return {
      url,
      ...(typeof validator === 'string' ? { validator } : {}),
      ...(typeof total === 'number' ? { total } : {}),
    };
  } catch {
    return undefined;
  }
}

function ignoreMissing(error: unknown): void {
  if (errorCode(error) !== 'ENOENT') throw error;
}
