import { stat } from 'node:fs/promises';
import type { TrackerSite } from '../../registry/kinds/tracker.js';
import { formatBytes } from '../../support/bytes.js';
import { errorCode } from '../../support/files.js';
import { ProblemError } from '../../support/problem.js';
import { filesOf, type ArtifactUpload } from './mlflow-artifacts.js';
import { MlflowError } from './client/errors.js';
import type { MlflowClient, Run } from './client/types.js';

/** Uploads in parallel, because a server may respond slowly. */
const AT_ONCE = 8;
const REPORT_EVERY_MS = 10_000;

/** The uploads that failed for now, and why. */
export interface UnsentUploads {
  readonly uploads: readonly ArtifactUpload[];
  readonly why: Error | undefined;
}

/** A file or text at the time it was read. */
interface Piece {
  readonly upload: ArtifactUpload;
  readonly bytes: number;
  /** Changes when the file changes. */
  readonly mark: string;
}

/** Uploads files to a run. Reports and skips what can never be uploaded, so that curves need not wait for images. */
export class Uploader {
  /** Uploads of this process, not repeated when the same records come again. */
  readonly #uploaded = new Set<string>();
  /** The artifact store cannot be reached from here. */
  #unreachable = false;

  constructor(
    private readonly client: MlflowClient,
    private readonly note: TrackerSite['note'],
  ) {}

  /** @throws the signal's reason */
  async upload(run: Run, uploads: readonly ArtifactUpload[], signal: AbortSignal): Promise<UnsentUploads> {
    if (this.#unreachable || uploads.length === 0) return { uploads: [], why: undefined };
    const pieces = (await Promise.all(uploads.map((upload) => this.#piecesOf(upload)))).flat();
    const queue = pieces.filter(({ mark }) => !this.#uploaded.has(mark));
    const progress = new Progress(queue, this.note);
    const remaining: ArtifactUpload[] = [];
    let why: Error | undefined;
    await atOnce(AT_ONCE, queue, async (piece) => {
      if (this.#unreachable) return;
      // After a temporary failure, the rest is not tried now.
      const failure = why ?? (await this.#put(run, piece, signal));
      if (failure === undefined) return progress.add(piece);
      why = failure;
      remaining.push(piece.upload);
    });
    return { uploads: remaining, why };
  }

  async #piecesOf(upload: ArtifactUpload): Promise<Piece[]> {
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
      this.#skip(upload, error);
      return [];
    }
  }

  /** @returns an error that a retry may resolve */
  async #put(run: Run, { upload, mark }: Piece, signal: AbortSignal): Promise<Error | undefined> {
    const content = 'text' in upload ? new TextEncoder().encode(upload.text) : upload.file;
    try {
      await this.client.uploadArtifact(run, upload.path, content, signal);
      this.#uploaded.add(mark);
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof MlflowError && error.temporary) return error;
      this.#skip(upload, error);
      return undefined;
    }
  }

  #skip({ path }: ArtifactUpload, error: unknown): void {
    if (error instanceof ProblemError) {
      const { code, message, cure = '' } = error.problems[0]!;
      // Any other problem concerns the server as a whole.
      if (code !== 'mlflow-artifacts') throw error;
      if (this.#unreachable) return;
      this.#unreachable = true;
      return this.note('warning', `${message} ${cure} Files are not uploaded; everything else is.`);
    }
    const code = errorCode(error);
    if (code === undefined && !(error instanceof MlflowError)) throw error;
    const why = code === 'ENOENT' ? 'it does not exist any more' : (error as Error).message;
    this.note('warning', `${path} was not uploaded: ${why.replace(/\.$/, '')}.`);
  }
}

/** Reports the progress of a long upload. */
class Progress {
  readonly #total: number;
  #done = 0;
  #files = 0;
  #reported = performance.now();

  constructor(
    private readonly queue: readonly Piece[],
    private readonly note: TrackerSite['note'],
  ) {
    this.#total = queue.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  add({ bytes }: Piece): void {
    this.#done += bytes;
    this.#files++;
    if (performance.now() - this.#reported < REPORT_EVERY_MS) return;
    this.#reported = performance.now();
    const files = `${this.#files} of ${this.queue.length} files`;
    this.note('info', `uploaded ${files}, ${formatBytes(this.#done)} of ${formatBytes(this.#total)}.`);
  }
}

/** Processes items, up to `count` in parallel. */
async function atOnce<T>(count: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: count }, worker));
}
