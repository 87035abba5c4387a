import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { TrackedEvent } from '../registry/kinds/tracker.js';
import { diskFullCode } from '../support/disk-full.js';
import { errorCode } from '../support/files.js';
import { isJsonObject, type Json } from '../support/json.js';
import { hidePasswords } from '../support/passwords.js';
import { ProblemError } from '../support/problem.js';
import { cutUnfinishedLine, linesOf } from './lines.js';
import { decodeNumber, encodeNumber } from '../support/numbers.js';

/** One line of journal.jsonl. */
export interface JournalLine {
  /** `metric`, `image`, `resumed`, `note`, or what happened to a stage: `stage-started`, `set-aside`... */
  readonly kind: string;
  readonly stage: string;
  readonly name: string;
  readonly step: number | null;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** A metric's number (`"NaN"`, `"Infinity"`, `"-Infinity"` where JSON has none), an image's path relative to the run's folder, a text. */
  readonly value: Json;
}

/**
 * The run's record of every metric and event, which everything else can be rebuilt from. A step that is done again after a crash is
 * not recorded again; when a stage starts from its beginning, what follows stands for itself.
 *
 * Writes are synchronous: they are small, stay in order, and a full disk is noticed where it happens.
 */
export class Journal {
  readonly #file: number;
  readonly #seen = new Map<string, number>();

  /** Opens or makes the journal. A last line that a crash cut off is removed. @throws ProblemError when it cannot be written */
  constructor(readonly path: string) {
    this.#file = this.#guarded(() => {
      mkdirSync(dirname(path), { recursive: true });
      return openSync(path, 'a+');
    });
    this.#guarded(() => cutUnfinishedLine(this.#file));
    for (const line of journalLines(path)) this.#remember(line);
  }

  /** Records what a stage told; progress is not kept. */
  track({ stage, time, event }: TrackedEvent): void {
    const line = { stage, time, kind: event.kind };
    if (event.kind === 'metric') this.#once({ ...line, name: event.name, step: event.step, value: event.value });
    if (event.kind === 'image') {
      this.#once({ ...line, name: event.name, step: event.step, value: relative(dirname(this.path), event.file) });
    }
    if (event.kind === 'text') this.#once({ ...line, name: event.name, step: event.step, value: event.text });
    if (event.kind === 'resumed') this.append({ ...line, name: stage, step: event.step, value: null });
    if (event.kind === 'note') this.append({ ...line, name: event.level, step: null, value: event.text });
  }

  append(line: JournalLine): void {
    const { kind, name, step, time, value, stage } = line;
    const bytes = Buffer.from(
      `${JSON.stringify({ kind, name, step, time, value: hidePasswords(value), stage }, encodeNumber)}\n`,
    );
    this.#guarded(() => {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done);
    });
    this.#remember(line);
  }

  /** Waits until everything is on the disk. */
  sync(): void {
    this.#guarded(() => fsyncSync(this.#file));
  }

  close(): void {
    closeSync(this.#file);
  }

  #once(line: JournalLine): void {
    if (line.step! > (this.#seen.get(keyOf(line)) ?? -Infinity)) this.append(line);
  }

  #remember(line: JournalLine): void {
    if (line.kind === 'stage-started' && isJsonObject(line.value) && line.value['resumes'] === false) {
      for (const key of this.#seen.keys()) if (key.startsWith(`${line.stage}\n`)) this.#seen.delete(key);
    } else if (line.kind === 'metric' || line.kind === 'image' || line.kind === 'text') {
      this.#seen.set(keyOf(line), line.step!);
    }
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

/** The lines of a journal, in order; numbers are numbers again. A torn last line is left out. @returns none when there is no file */
export function readJournal(path: string): JournalLine[] {
  return [...journalLines(path)];
}

/** The same, with one line in memory at a time: a long training leaves millions. */
export function* journalLines(path: string): Generator<JournalLine> {
  for (const line of linesOf(path)) {
    const parsed = parsedLine(line);
    if (parsed !== undefined) yield parsed;
  }
}

function parsedLine(line: string): JournalLine | undefined {
  try {
    // To look at every value takes twice as long, and hardly any line has such a number.
    return JSON.parse(line, /"(NaN|-?Infinity)"/.test(line) ? decodeNumber : undefined) as JournalLine;
  } catch {
    return undefined;
  }
}

function keyOf({ stage, kind, name }: JournalLine): string {
  return `${stage}\n${kind}\n${name}`;
}

function unwritable(path: string, error: unknown) {
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
