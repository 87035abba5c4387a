import { stat } from 'node:fs/promises';
import type { TrackerSite } from '../../registry/kinds/tracker.js';
import { formatBytes } from '../../support/bytes.js';
import { errorCode } from '../../support/files.js';
import { ProblemError } from '../../support/problem.js';
import { filesOf, type ArtifactUpload } from './mlflow-artifacts.js';
import { MlflowError } from './client/errors.js';
import type { MlflowClient, Run } from './client/types.js';

/** A server that is slow to answer is asked for several at once. */
const AT_ONCE = 8;
const TELL_EVERY_MS = 10_000;

/** What the server could not take now, and why. */
export interface UnsentUploads {
  readonly uploads: readonly ArtifactUpload[];
  readonly why: Error | undefined;
}

/** A file or a text, as it was when it was looked at. */
interface Piece {
  readonly upload: ArtifactUpload;
  readonly bytes: number;
  /** Another one when the file has changed. */
  readonly mark: string;
}

/** Uploads files to a run. What can never be uploaded is told and passed over: curves must not wait for images. */
export class Uploader {
  /** What this process has uploaded need not be again when the same records come again. */
  readonly #had = new Set<string>();
  /** The store is out of reach from here. */
  #hopeless = false;

  constructor(
    private readonly client: MlflowClient,
    private readonly note: TrackerSite['note'],
  ) {}

  /** @throws the signal's reason */
  async upload(run: Run, uploads: readonly ArtifactUpload[], signal: AbortSignal): Promise<UnsentUploads> {
    if (this.#hopeless || uploads.length === 0) return { uploads: [], why: undefined };
    const pieces = (await Promise.all(uploads.map((upload) => this.#look(upload)))).flat();
    const queue = pieces.filter(({ mark }) => !this.#had.has(mark));
    const progress = new Progress(queue, this.note);
    const left: ArtifactUpload[] = [];
    let why: Error | undefined;
    await atOnce(AT_ONCE, queue, async (piece) => {
      if (this.#hopeless) return;
      // One that fails for a while is not asked for the rest at once.
      const failure = why ?? (await this.#put(run, piece, signal));
      if (failure === undefined) return progress.add(piece);
      why = failure;
      left.push(piece.upload);
    });
    return { uploads: left, why };
  }

  async #look(upload: ArtifactUpload): Promise<Piece[]> {
    if ('text' in upload) {
      const { path, text } = upload;
      return [{ upload, bytes: text.length, mark: `${path}\n${text}` }];
    }
    try {
      const files = await filesOf(upload);
      return await Promise.all(
        files.map(async (file) => {
          const { size, mtimeMs } = await stat(file.file);
          return { upload: file, bytes: size, mark: `${file.path}\n${size} ${mtimeMs}` };
        }),
      );
    } catch (error) {
      this.#passOver(upload, error);
      return [];
    }
  }

  /** @returns what may pass by itself */
  async #put(run: Run, { upload, mark }: Piece, signal: AbortSignal): Promise<Error | undefined> {
    const content = 'text' in upload ? new TextEncoder().encode(upload.text) : upload.file;
    try {
      await this.client.uploadArtifact(run, upload.path, content, signal);
      this.#had.add(mark);
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof MlflowError && error.temporary) return error;
      this.#passOver(upload, error);
      return undefined;
    }
  }

  #passOver({ path }: ArtifactUpload, error: unknown): void {
    if (error instanceof ProblemError) {
      const { code, message, cure = '' } = error.problems[0]!;
      // Anything else is wrong with the server as a whole.
      if (code !== 'mlflow-artifacts') throw error;
      if (this.#hopeless) return;
      this.#hopeless = true;
      return this.note('warning', `${message} ${cure} Files are not uploaded; everything else is.`);
    }
    const code = errorCode(error);
    if (code === undefined && !(error instanceof MlflowError)) throw error;
    const why = code === 'ENOENT' ? 'it is not there any more' : (error as Error).message;
    this.note('warning', `${path} was not uploaded: ${why.replace(/\.$/, '')}.`);
  }
}

/** Tells how far a long upload is. */
class Progress {
  readonly #total: number;
  #done = 0;
  #files = 0;
  #told = performance.now();

  constructor(
    private readonly queue: readonly Piece[],
    private readonly note: TrackerSite['note'],
  ) {
    this.#total = queue.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  add({ bytes }: Piece): void {
    this.#done += bytes;
    this.#files++;
    if (performance.now() - this.#told < TELL_EVERY_MS) return;
    this.#told = performance.now();
    const files = `${this.#files} of ${this.queue.length} files`;
    this.note('info', `uploaded ${files}, ${formatBytes(this.#done)} of ${formatBytes(this.#total)}.`);
  }
}

/** Works through items, so many at a time. */
async function atOnce<T>(count: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: count }, worker));
}
