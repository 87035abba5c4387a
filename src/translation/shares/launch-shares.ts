import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Launcher } from '../../registry/kinds/launcher.js';
import type { StageEvent } from '../../registry/kinds/stage-event.js';
import { ProblemError } from '../../support/problem.js';
import { imagesIn, sumOfCounts } from '../counts.js';
import type { TranslationCounts } from '../request.js';
import { readJobs, readShare, shareFile, writeJobs, type ShareRecord } from './share-files.js';

export interface LaunchRequest {
  /** The output folder, absolute, on a file system that all machines share. */
  readonly out: string;
  readonly count: number;
  readonly launcher: Launcher;
  readonly launcherName: string;
  /** Translates a share, whose number comes last. Given again, it goes on. */
  readonly command: readonly string[];
  readonly stop: AbortSignal;
  readonly onEvent: (event: StageEvent) => void;
}

/** `left`: the jobs go on without this process. */
export type LaunchEnd =
  | { readonly status: 'done'; readonly counts: TranslationCounts; readonly unfinished: readonly UnfinishedShare[] }
  | { readonly status: 'left' }
  | { readonly status: 'interrupted' };

export interface UnfinishedShare {
  readonly share: number;
  readonly reason: string;
}

/**
 * Translates in shares through a launcher, and waits for them. Shares that an earlier command has started are watched, not started again. How a
 * share ended is read from its own record, never from the launcher.
 *
 * @throws ProblemError if the user must act
 */
export async function launchShares(request: LaunchRequest): Promise<LaunchEnd> {
  const { out, count, launcher, stop } = request;
  const dir = shareFile.dir(out, count);
  const shares = Array.from({ length: count }, (_, i) => i + 1);
  const jobs = new Jobs(dir, request);
  await jobs.open();
  while (jobs.left(shares).length > 0) {
    if (stop.aborted) {
      if (launcher.detached) return { status: 'left' };
      await jobs.cancel();
      return { status: 'interrupted' };
    }
    await jobs.step(shares);
    report(await recordsOf(dir, shares), request);
    if (jobs.left(shares).length > 0) {
      await pause(launcher.interval, undefined, { signal: stop }).catch(() => undefined);
    }
  }
  const records = await recordsOf(dir, shares);
  const unfinished = shares.flatMap((share, i) => {
    const reason = reasonOf(records[i], shareFile.log(dir, share));
    return reason === undefined ? [] : [{ share, reason }];
  });
  if (unfinished.length === 0) await rm(shareFile.all(out), { recursive: true, force: true });
  return { status: 'done', counts: sumOf(records), unfinished };
}

/** The jobs of shares at the launcher. */
class Jobs {
  readonly #handles = new Map<number, string>();
  readonly #ended = new Set<number>();
  #silent = false;

  constructor(
    private readonly dir: string,
    private readonly request: LaunchRequest,
  ) {}

  /** Finds the jobs of an earlier command. */
  async open(): Promise<void> {
    const before = await readJobs(this.dir);
    if (before?.launcher === this.request.launcherName) {
      for (const [share, handle] of Object.entries(before.handles)) this.#handles.set(Number(share), handle);
    } else await rm(this.dir, { recursive: true, force: true });
  }

  left(shares: readonly number[]): number[] {
    return shares.filter((share) => !this.#ended.has(share));
  }

  /** Asks for the states of jobs, and submits shares that have none. A launcher that does not respond is asked again later. */
  async step(shares: readonly number[]): Promise<void> {
    try {
      await this.#watch();
      await this.#submit(this.left(shares).filter((share) => !this.#handles.has(share)));
      this.#silent = false;
    } catch (error) {
      if (error instanceof ProblemError || !(error instanceof Error)) throw error;
      if (!this.#silent) {
        const text = `The launcher does not respond (${error.message}); it is asked again.`;
        this.request.onEvent({ kind: 'note', level: 'warning', text });
      }
      this.#silent = true;
    }
  }

  async cancel(): Promise<void> {
    await this.request.launcher.cancel([...this.#handles.values()]);
  }

  async #watch(): Promise<void> {
    if (this.#handles.size === 0) return;
    const states = await this.request.launcher.watch([...this.#handles.values()]);
    for (const [share, handle] of this.#handles) {
      const state = states.get(handle);
      if (state === 'queued' || state === 'running') continue;
      this.#handles.delete(share);
      const record = await readShare(this.dir, share);
      // Of a job that the launcher has lost, only the record can say that it ended.
      if (state === 'gone' || record?.status === 'done') this.#ended.add(share);
    }
    await this.#save();
  }

  async #submit(waiting: readonly number[]): Promise<void> {
    const { launcher, command } = this.request;
    const room = launcher.batches === true && this.#handles.size > 0 ? 0 : launcher.capacity - this.#handles.size;
    const trials = waiting.slice(0, Math.max(0, room));
    if (trials.length === 0) return;
    for (const share of trials) await rm(shareFile.record(this.dir, share), { force: true });
    for (const [share, handle] of await launcher.submit({ trials, command })) this.#handles.set(share, handle);
    await this.#save();
  }

  #save(): Promise<void> {
    return writeJobs(this.dir, { launcher: this.request.launcherName, handles: Object.fromEntries(this.#handles) });
  }
}

type Records = readonly (ShareRecord | undefined)[];

const recordsOf = (dir: string, shares: readonly number[]): Promise<Records> =>
  Promise.all(shares.map((share) => readShare(dir, share)));

function report(records: Records, { onEvent }: LaunchRequest): void {
  const isCounted = records.every((record) => record !== undefined && record.total > 0);
  const total = isCounted ? records.reduce((sum, record) => sum + (record?.total ?? 0), 0) : 0;
  onEvent({ kind: 'progress', unit: 'images', done: imagesIn(sumOf(records)), total });
}

const sumOf = (records: Records): TranslationCounts =>
  sumOfCounts(records.flatMap((record) => (record === undefined ? [] : [record.counts])));

/** Why a share whose job has ended is not finished. */
function reasonOf(record: ShareRecord | undefined, log: string): string | undefined {
  if (record?.status === 'done') return undefined;
  if (record?.status === 'failed') return record.problem ?? 'it failed';
  return `its process ended without a result: see ${log}`;
}
