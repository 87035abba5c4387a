import { stat, writeFile } from 'node:fs/promises';
import type { Progress } from '../../registry/kinds/stage-event.js';
import { isJsonObject } from '../../support/json.js';
import { lockHolder } from '../../support/lock.js';
import { hostname } from 'node:os';
import { trialFile } from '../sweep-files.js';
import { readJson } from '../frozen.js';

/** How often a trial says that it lives, and how far it is. */
const EVERY_MS = 2000;
/** A trial of another machine that was silent for so long is dead: file systems that are shared can lag. */
const SILENCE_MS = 60_000;

/** How far a trial is. */
export interface TrialProgress extends Progress {
  readonly stage: string;
  /** How much of its training is done, from 0 to 1. */
  readonly trained: number;
}

/** Tells on the disk, now and then, what a trial is doing, for who watches the sweep from elsewhere. */
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

  /** Nothing is lost when it cannot be written. */
  async #beat(): Promise<void> {
    const text = JSON.stringify(this.#progress ?? null);
    await writeFile(trialFile.progress(this.sweepDir, this.trial), text).catch(() => undefined);
  }
}

export async function readProgress(sweepDir: string, trial: number): Promise<TrialProgress | undefined> {
  const progress = await readJson(trialFile.progress(sweepDir, trial)).catch(() => undefined);
  if (!isJsonObject(progress)) return undefined;
  // A process of an earlier version does not say how much.
  return { trained: 0, ...progress } as unknown as TrialProgress;
}

/** Whether a process is at a trial: one of this machine can be asked, one of another must have been heard of lately. */
export async function isAtWork(sweepDir: string, trial: number): Promise<boolean> {
  const holder = await lockHolder(trialFile.lock(sweepDir, trial));
  if (holder === undefined) return false;
  if (holder.host === hostname()) return true;
  const heard = await stat(trialFile.progress(sweepDir, trial)).catch(() => undefined);
  return Date.now() - Math.max(heard?.mtimeMs ?? 0, Date.parse(holder.start)) < SILENCE_MS;
}
