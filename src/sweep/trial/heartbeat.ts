import { stat, writeFile } from 'node:fs/promises';
import type { Progress } from '../../registry/kinds/stage-event.js';
import { isJsonObject } from '../../support/json.js';
import { lockHolder } from '../../support/lock.js';
import { hostname } from 'node:os';
import { trialFile } from '../sweep-files.js';
import { readJson } from '../frozen.js';

/** How often a trial writes its progress. */
const EVERY_MS = 2000;
/** A trial of another machine without progress for this long counts as dead; shared file systems can lag. */
const SILENCE_MS = 60_000;

/** Progress of a trial. */
export interface TrialProgress extends Progress {
  readonly stage: string;
  /** The share of its training that is done, from 0 to 1. */
  readonly trained: number;
}

/** Writes a trial's progress to disk at intervals, for processes that watch the sweep. */
export class Heartbeat {
  #progress: TrialProgress | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly sweepDir: string,
    private readonly trial: number,
  ) {
    void this.#beat();
    this.#timer = setInterval(() => void this.#beat(), EVERY_MS).unref();
  }

  report(progress: TrialProgress): void {
    this.#progress = progress;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Ignores write errors: the next beat tries again. */
  async #beat(): Promise<void> {
    const text = JSON.stringify(this.#progress ?? null);
    await writeFile(trialFile.progress(this.sweepDir, this.trial), text).catch(() => undefined);
  }
}

export async function readProgress(sweepDir: string, trial: number): Promise<TrialProgress | undefined> {
  const progress = await readJson(trialFile.progress(sweepDir, trial)).catch(() => undefined);
  if (!isJsonObject(progress)) return undefined;
  // Earlier versions do not write `trained`.
  return { trained: 0, ...progress } as unknown as TrialProgress;
}

/** Whether a process runs the trial: on this machine it is checked directly, on another it must have written progress recently. */
export async function isAtWork(sweepDir: string, trial: number): Promise<boolean> {
  const holder = await lockHolder(trialFile.lock(sweepDir, trial));
  if (holder === undefined) return false;
  if (holder.host === hostname()) return true;
  const progressFile = await stat(trialFile.progress(sweepDir, trial)).catch(() => undefined);
  return Date.now() - Math.max(progressFile?.mtimeMs ?? 0, Date.parse(holder.start)) < SILENCE_MS;
}
