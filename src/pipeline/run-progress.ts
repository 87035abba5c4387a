import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { StagePhase, Progress } from '../registry/kinds/stage-event.js';
import { phase } from '../registry/phases.js';
import { isJsonObject, type JsonObject } from '../support/json.js';
import { decodeNumber, encodeNumber } from '../support/numbers.js';
import type { Listener, RunnerEvent } from './runner-events.js';
import { WorkRate } from './work-rate.js';

/** What a process does on a run, as it last reported: `progress.json`. Times are milliseconds since 1970. */
export interface RunProgress {
  /** The process that has written it. */
  readonly pid: number;
  readonly updated: number;
  readonly stage: string;
  /** What it does while there is nothing to count, and since when. */
  readonly phase: (Pick<StagePhase, 'name' | 'text'> & { readonly since: number }) | null;
  /** How far it is, and how many units a second it makes. */
  readonly progress: (Progress & { readonly rate: number }) | null;
}

/** Written this often at most, but for what begins: `runner status` of another process reads it. */
const EVERY_MS = 1000;

/** Keeps a run's `progress.json`, from its events. The file stays when the run is stopped, to show how far it got. */
export class RunProgressFile {
  #stage = '';
  #phase: RunProgress['phase'] = null;
  #progress: Progress | undefined;
  #rate = new WorkRate();
  #written = -Infinity;

  /** Removes what another process has left. */
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
        return this.#hear(event.tracked.stage, event.tracked.event);
      case 'stage-interrupted':
      case 'stage-failed':
        return this.#write();
      case 'run-ended':
        return event.status === 'finished' ? this.#remove() : undefined;
    }
  };

  #hear(stage: string, event: (RunnerEvent & { kind: 'stage-event' })['tracked']['event']): void {
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

  /** At once, so that files are written in the order of events. Nothing is lost when it cannot be. */
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
      // The journal reports a disk that is full.
    }
  }

  #remove(): void {
    try {
      rmSync(this.path, { force: true });
    } catch {
      // A reader compares the process.
    }
  }
}

/** @returns nothing where there is no such file, or none that can be read */
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
