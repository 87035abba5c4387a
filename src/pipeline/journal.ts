import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { RunRecord } from '../registry/kinds/record.js';
import type { TrackedEvent } from '../registry/kinds/stage-event.js';
import { diskFullCode } from '../support/disk-full.js';
import { errorCode } from '../support/files.js';
import type { Json } from '../support/json.js';
import { hidePasswords } from '../support/passwords.js';
import { ProblemError, type Problem } from '../support/problem.js';
import { cutUnfinishedLine, linesOf } from './lines.js';
import { decodeNumber, encodeNumber } from '../support/numbers.js';

/**
 * The run's record of every metric and event, from which everything else can be rebuilt. A step repeated after a crash is not recorded again,
 * unless its stage started over.
 *
 * Writes are synchronous: they are small, stay in order, and fail at the caller if the disk is full.
 */
export class Journal {
  readonly #file: number;
  readonly #seen = new Map<string, number>();

  /** Opens or creates the journal, and removes a torn last line. @throws ProblemError if it cannot be written */
  constructor(readonly path: string) {
    this.#file = this.#guarded(() => {
      mkdirSync(dirname(path), { recursive: true });
      return openSync(path, 'a+');
    });
    this.#guarded(() => cutUnfinishedLine(this.#file));
    for (const line of journalLines(path)) this.#remember(line);
  }

  /** Records an event of a stage; progress and phases are not kept. @returns whether a line was added */
  track({ stage, time, event }: TrackedEvent): boolean {
    switch (event.kind) {
      case 'metric':
        return this.#once({ kind: event.kind, stage, name: event.name, step: event.step, time, value: event.value });
      case 'image': {
        const { kind, name, step, file } = event;
        return this.#once({ kind, stage, name, step, time, value: relative(dirname(this.path), file) });
      }
      case 'text':
        return this.#once({ kind: event.kind, stage, name: event.name, step: event.step, time, value: event.text });
      case 'histogram':
        return this.#once({
          kind: event.kind,
          stage,
          name: event.name,
          step: event.step,
          time,
          value: event.histogram,
        });
      case 'checkpoint': {
        const { kind, name, step, dir, epoch, metrics } = event;
        const value = { dir: relative(dirname(this.path), dir), epoch, metrics };
        return this.#once({ kind, stage, name, step, time, value });
      }
      case 'note':
        this.append({ kind: event.kind, stage, name: event.level, step: null, time, value: event.text });
        return true;
      case 'progress':
      case 'phase':
        return false;
    }
  }

  append(line: RunRecord): void {
    const { kind, name, step, time, value, stage } = line;
    const bytes = Buffer.from(
      `${JSON.stringify({ kind, name, step, time, value: hidePasswords(value as Json), stage }, encodeNumber)}\n`,
    );
    this.#guarded(() => {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done);
    });
    this.#remember(line);
  }

  /** Flushes everything to the disk. */
  sync(): void {
    this.#guarded(() => fsyncSync(this.#file));
  }

  close(): void {
    closeSync(this.#file);
  }

  #once(line: Extract<RunRecord, { readonly step: number }>): boolean {
    const last = this.#seen.get(keyOf(line)) ?? -Infinity;
    // Of a name there is one checkpoint at a time, and it can be an earlier one again: the best by another metric.
    if (line.kind === 'checkpoint' ? line.step === last : line.step <= last) return false;
    this.append(line);
    return true;
  }

  #remember(line: RunRecord): void {
    if (line.kind === 'stage-started' && !line.value.resumes) {
      for (const key of this.#seen.keys()) if (key.startsWith(`${line.stage}\n`)) this.#seen.delete(key);
    }
    // Notes and stage events have no step, and are never duplicates.
    if (line.step !== null) this.#seen.set(keyOf(line), line.step);
  }

  #guarded<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      throw new ProblemError(unwritable(this.path, error));
    }
  }
}

/** The lines of a journal, in order, without a torn last line. @returns an empty list if there is no file */
export function readJournal(path: string): RunRecord[] {
  return [...journalLines(path)];
}

/** The same, with one line in memory at a time: a long training writes millions. */
export function* journalLines(path: string): Generator<RunRecord> {
  for (const line of linesOf(path)) {
    const parsed = parsedRecord(line);
    if (parsed !== undefined) yield parsed;
  }
}

/** A line as a record; `undefined` if it does not parse. */
export function parsedRecord(line: string): RunRecord | undefined {
  try {
    // Decoding every value takes twice as long, and few lines have such a number.
    return JSON.parse(line, /"(NaN|-?Infinity)"/.test(line) ? decodeNumber : undefined) as RunRecord;
  } catch {
    return undefined;
  }
}

function keyOf({ stage, kind, name }: RunRecord): string {
  return `${stage}\n${kind}\n${name}`;
}

function unwritable(path: string, error: unknown): Problem {
  const full = diskFullCode(error) !== undefined;
  return {
    code: full ? 'disk-full' : 'journal-unwritable',
    message: full
      ? `The disk is full: ${path} cannot be written.`
      : `The run’s journal ${path} cannot be written (${errorCode(error)}).`,
    cure: full
      ? 'Make room and give the same command again: it goes on from the last checkpoint.'
      : 'Check what is at this path and who may write there.',
  };
}
