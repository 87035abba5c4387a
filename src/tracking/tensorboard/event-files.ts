import { open, readdir, rm, stat, truncate, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { StartOver } from '../../registry/kinds/tracker.js';
import { errorCode, makeFolder } from '../../support/files.js';
import { framed } from './tfrecord.js';

/** What of an event file is kept. */
export type KeptFile = { readonly name: string; readonly bytes: number };

/** Written at once. */
const CHUNK = 1 << 22;
/** `events.out.tfevents.<seconds>.<host>.<pid>.<n>`, by which TensorBoard finds event files, and what tells ours from others'. */
const OURS = /^events\.out\.tfevents\.(\d{10})\..*\.runner$/;

/**
 * The event files of one run: appended to in batches, each of which counts whole or not at all.
 *
 * A process that dies may leave more in a file than anybody knows of. The next one cuts that off and goes on in a file of its own: a
 * reader that was further in the cut one would take what is appended there for the rest of what it has read.
 */
export class EventFiles {
  #current: { readonly name: string; readonly file: FileHandle; bytes: number } | undefined;
  #isClean = false;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  /**
   * @param header the first record of each file
   * @param kept what {@link commit} returned last, maybe in an earlier process
   */
  constructor(
    private readonly dir: string,
    private readonly header: (seconds: number) => Uint8Array,
    private kept: readonly KeptFile[],
  ) {}

  /**
   * Before a batch: leaves in the folder what is kept and nothing else of ours.
   *
   * @returns whether the batch begins a file
   * @throws StartOver where something that is kept is gone
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
   * @param passing a record that is there only until the next batch
   * @returns what counts from now on
   */
  async commit(passing?: Uint8Array): Promise<readonly KeptFile[]> {
    await this.#flush();
    const kept = this.#kept();
    if (passing !== undefined) {
      await this.append(passing);
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

  /** Takes the batch back, if that can be done now; if not, the next {@link begin} does it. */
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

  /** Seconds in the names: readers take files by their names' order, so a new one must come last whatever the clock says. */
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

  /** Whether what is written to still is where readers find it. */
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
