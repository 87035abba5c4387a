import { open, readdir, rm, stat, truncate, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { StartOver } from '../../registry/kinds/tracker.js';
import { errorCode, makeFolder } from '../../support/files.js';
import { framed } from './tfrecord.js';

/** The part of an event file that is kept. */
export type KeptFile = { readonly name: string; readonly bytes: number };

/** Bytes per write. */
const CHUNK = 1 << 22;
/** `events.out.tfevents.<seconds>.<host>.<pid>.<n>`, by which TensorBoard finds event files; the suffix `.runner` marks our own. */
const OURS = /^events\.out\.tfevents\.(\d{10})\..*\.runner$/;

/**
 * The event files of one run. Appends batches, each of which counts completely or not at all.
 *
 * A process that dies may leave extra records in a file. The next process cuts those off and writes to a new file: a reader that had read
 * past the cut would misread anything appended to the old one.
 */
export class EventFiles {
  #current: { readonly name: string; readonly file: FileHandle; bytes: number } | undefined;
  #isClean = false;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  /**
   * @param header the first record of each file
   * @param kept the last result of {@link commit}, maybe of an earlier process
   */
  constructor(
    private readonly dir: string,
    private readonly header: (seconds: number) => Uint8Array,
    private kept: readonly KeptFile[],
  ) {}

  /**
   * Before a batch: removes everything of ours from the folder that is not kept.
   *
   * @returns whether the batch begins a file
   * @throws StartOver when a kept file is missing or too short
   */
  async begin(): Promise<boolean> {
    if (this.#isClean) await this.#check();
    else await this.#clean();
    return this.#current === undefined;
  }

  /** Adds a record to the batch. */
  async append(record: Uint8Array): Promise<void> {
    const bytes = framed(record);
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= CHUNK) await this.#flush();
  }

  /**
   * Ends the batch.
   *
   * @param passing a record that is removed before the next batch
   * @returns the files to keep
   */
  async commit(temporary?: Uint8Array): Promise<readonly KeptFile[]> {
    await this.#flush();
    const kept = this.#kept();
    if (temporary !== undefined) {
      await this.append(temporary);
      await this.#flush();
      await this.close();
    }
    return (this.kept = kept);
  }

  #kept(): readonly KeptFile[] {
    if (this.#current === undefined) return this.kept;
    const { name, bytes } = this.#current;
    return [...this.kept.filter((file) => file.name !== name), { name, bytes }];
  }

  /** Discards the batch, if possible; if not, the next {@link begin} does. */
  async undo(): Promise<void> {
    await this.close();
    await this.#clean().catch(() => undefined);
  }

  async close(): Promise<void> {
    const file = this.#current?.file;
    this.#current = undefined;
    this.#isClean = false;
    this.#pending = [];
    this.#pendingBytes = 0;
    await file?.close().catch(() => undefined);
  }

  async #flush(): Promise<void> {
    if (this.#pendingBytes === 0) return;
    const current = this.#current ?? (await this.#create());
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    await current.file.writeFile(bytes);
    current.bytes += bytes.length;
  }

  async #create() {
    const seconds = Math.max(Math.floor(Date.now() / 1000), (await this.#latest()) + 1);
    const host = hostname().replaceAll(/[^\w.-]/g, '_');
    const name = `events.out.tfevents.${String(seconds).padStart(10, '0')}.${host}.${process.pid}.0.runner`;
    const file = await open(join(this.dir, name), 'wx');
    this.#current = { name, file, bytes: 0 };
    const header = framed(this.header(seconds));
    await file.writeFile(header);
    this.#current.bytes = header.length;
    return this.#current;
  }

  /** Latest seconds in the names: readers sort files by name, so a new file must be last whatever the clock shows. */
  async #latest(): Promise<number> {
    const seconds = (await readdir(this.dir)).map((name) => Number(OURS.exec(name)?.[1] ?? 0));
    return Math.max(0, ...seconds);
  }

  async #clean(): Promise<void> {
    await makeFolder(this.dir);
    for (const { name, bytes } of this.kept) if ((await this.#sizeOf(name)) < bytes) throw new StartOver();
    const known = new Map(this.kept.map(({ name, bytes }) => [name, bytes]));
    for (const name of (await readdir(this.dir)).filter((name) => OURS.test(name))) {
      const [path, bytes] = [join(this.dir, name), known.get(name)];
      if (bytes === undefined) await rm(path);
      else if ((await this.#sizeOf(name)) > bytes) await truncate(path, bytes);
    }
    this.#isClean = true;
  }

  /** Checks that the current file is still in the folder, unchanged. */
  async #check(): Promise<void> {
    if (this.#current === undefined) return;
    const { name, bytes } = this.#current;
    if ((await this.#sizeOf(name)) !== bytes) throw new StartOver();
  }

  async #sizeOf(name: string): Promise<number> {
    try {
      return (await stat(join(this.dir, name))).size;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return -1;
      throw error;
    }
  }
}
