import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, writeFileAtomic } from '../../support/files.js';
import { isJsonObject } from '../../support/json.js';

/** What the server said of the file of which a part is here. */
export interface PartOrigin {
  readonly url: string;
  /** Proves that the file is still the same: a strong ETag, or a date. */
  readonly validator?: string;
  readonly total?: number;
}

/** A download that is under way: `<to>.part`, and beside it what it is a part of. It outlives the process, so that another one goes on. */
export class Part {
  #hash: Hash = createHash('sha256');

  private constructor(
    private readonly to: string,
    private readonly file: FileHandle,
    private origin: PartOrigin | undefined,
    private length: number,
  ) {}

  /** Opens what is there; a whole file from an earlier call is a part, too. */
  static async open(to: string, signal: AbortSignal): Promise<Part> {
    await mkdir(dirname(to), { recursive: true });
    await rename(to, partOf(to)).catch(ignoreMissing);
    const file = await open(partOf(to), 'a');
    try {
      const origin = await readOrigin(to);
      const part = new Part(to, file, origin, (await file.stat()).size);
      if (origin === undefined) await file.truncate(0);
      if (origin === undefined) part.length = 0;
      await part.#readAgain(signal);
      return part;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Bytes that are here. */
  get size(): number {
    return this.length;
  }

  get total(): number | undefined {
    return this.origin?.total;
  }

  /** What to compare the server's file with before going on with it. */
  validatorFor(url: string): string | undefined {
    return this.origin?.url === url ? this.origin.validator : undefined;
  }

  async restart(origin: PartOrigin): Promise<void> {
    // First what it was is forgotten: bytes of one file must never be continued with those of another.
    await rm(originOf(this.to), { force: true });
    await this.file.truncate(0);
    this.length = 0;
    this.#hash = createHash('sha256');
    await this.knowing(origin);
  }

  async knowing(origin: PartOrigin): Promise<void> {
    this.origin = origin;
    await writeFileAtomic(originOf(this.to), JSON.stringify(origin));
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.file.appendFile(bytes);
    this.#hash.update(bytes);
    this.length += bytes.length;
  }

  /** SHA-256 of what is here. */
  sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Makes it the file. */
  async finish(): Promise<void> {
    if (this.origin !== undefined) await this.knowing({ ...this.origin, total: this.length });
    await this.file.sync();
    await this.file.close();
    await rename(partOf(this.to), this.to);
  }

  async discard(): Promise<void> {
    await this.close();
    await Promise.all([partOf(this.to), originOf(this.to)].map((path) => rm(path, { force: true })));
  }

  /** Leaves it for later; nothing is left when nothing came. */
  async close(): Promise<void> {
    await this.file.close();
    if (this.length === 0)
      await Promise.all([partOf(this.to), originOf(this.to)].map((path) => rm(path, { force: true })));
  }

  async #readAgain(signal: AbortSignal): Promise<void> {
    if (this.length === 0) return;
    for await (const chunk of createReadStream(partOf(this.to), { signal })) this.#hash.update(chunk as Buffer);
  }
}

function partOf(to: string): string {
  return `${to}.part`;
}

function originOf(to: string): string {
  return `${to}.part.json`;
}

/** Bytes of unknown origin are not gone on with. */
async function readOrigin(to: string): Promise<PartOrigin | undefined> {
  try {
    const origin: unknown = JSON.parse(await readFile(originOf(to), 'utf8'));
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
