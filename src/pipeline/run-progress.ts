import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { StagePhase, Progress } from '../registry/kinds/stage-event.js';
import { phase } from '../registry/phases.js';
import { isJsonObject, type JsonObject } from '../support/json.js';
import { decodeNumber, encodeNumber } from '../support/numbers.js';
import type { Listener, RunnerEvent } from './runner-events.js';
import { WorkRate } from './work-rate.js';

/** The last reported progress of the process that works on a run: `progress.json`. Times are milliseconds since 1970. */
export interface RunProgress {
  /** The process that wrote it. */
  readonly pid: number;
  readonly updated: number;
  readonly stage: string;
  /** The current activity if it has no countable progress, and when it began. */
  readonly phase: (Pick<StagePhase, 'name' | 'text'> & { readonly since: number }) | null;
  /** The countable progress, and units per second. */
  readonly progress: (Progress & { readonly rate: number }) | null;
}

/** The least time between writes, except at a change of phase. `runner status` reads the file. */
const EVERY_MS = 1000;

/** Writes a run's `progress.json` from its events. The file stays when the run is stopped, to show its progress. */
export class RunProgressFile {
  #stage = '';
  #phase: RunProgress['phase'] = null;
  #progress: Progress | undefined;
  #rate = new WorkRate();
  #written = -Infinity;

  /** Removes the file of an earlier process. */
  constructor(
    private readonly path: string,
    private readonly now: () => number = Date.now,
  ) {
    this.#remove();
  }

  readonly listen: Listener = (event) => {
    switch (event.kind) {
      case 'waiting':
        return this.#begin(event.stage, phase('waiting'));
      case 'stage-started':
        return this.#begin(event.stage);
      case 'stage-event':
        return this.#onStageEvent(event.tracked.stage, event.tracked.event);
      case 'stage-interrupted':
      case 'stage-failed':
        return this.#write();
      case 'run-ended':
        return event.status === 'finished' ? this.#remove() : undefined;
    }
  };

  #onStageEvent(stage: string, event: (RunnerEvent & { kind: 'stage-event' })['tracked']['event']): void {
    if (event.kind === 'phase') return this.#begin(stage, event);
    if (event.kind !== 'progress') return;
    const begins = this.#rate.update(event) || this.#phase !== null || event.phase !== this.#progress?.phase;
    [this.#stage, this.#phase, this.#progress] = [stage, null, event];
    if (begins || this.now() - this.#written >= EVERY_MS) this.#write();
  }

  #begin(stage: string, begun?: StagePhase): void {
    this.#stage = stage;
    this.#phase = begun === undefined ? null : { name: begun.name, text: begun.text, since: this.now() };
    this.#progress = undefined;
    this.#rate = new WorkRate();
    this.#write();
  }

  /** Synchronous, so that writes keep the order of events. Failures are ignored. */
  #write(): void {
    if (this.#stage === '') return;
    this.#written = this.now();
    const now: RunProgress = {
      pid: process.pid,
      updated: this.#written,
      stage: this.#stage,
      phase: this.#phase,
      progress: this.#progress === undefined ? null : { ...this.#progress, rate: this.#rate.rate() },
    };
    try {
      writeFileSync(`${this.path}.tmp`, JSON.stringify(now, encodeNumber));
      renameSync(`${this.path}.tmp`, this.path);
    } catch {
      // The journal reports a full disk.
    }
  }

  #remove(): void {
    try {
      rmSync(this.path, { force: true });
    } catch {
      // Readers compare the process id.
    }
  }
}

/** @returns `undefined` if the file does not exist or cannot be parsed */
export async function readProgress(path: string): Promise<RunProgress | undefined> {
  try {
    const progress: unknown = JSON.parse(await readFile(path, 'utf8'), decodeNumber);
    return isProgress(progress) ? (progress as unknown as RunProgress) : undefined;
  } catch {
    return undefined;
  }
}

function isProgress(value: unknown): value is JsonObject {
  if (!isJsonObject(value)) return false;
  const { pid, updated, stage, phase: doing, progress } = value;
  const isPart = (part: unknown) => part === null || isJsonObject(part);
  return [pid, updated].every(Number.isFinite) && typeof stage === 'string' && isPart(doing) && isPart(progress);
}
