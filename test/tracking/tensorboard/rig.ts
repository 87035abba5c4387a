import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { curvesOf } from '../../../src/pipeline/tracking/curves.js';
import { builtins } from '../../../src/app/builtins.js';
import type { Histogram, RunRecord, RunStart } from '../../../src/registry/kinds/record.js';
import type { Tracker, TrackerSite } from '../../../src/registry/kinds/tracker.js';
import type { Json } from '../../../src/support/json.js';
import { crc32c } from '../../../src/support/crc32c.js';
import { tensorboard } from '../../../src/tracking/tensorboard/tensorboard.js';
import { config } from '../../rig.js';

export const never = new AbortController().signal;
export const START_TIME = 1_700_000_000_000;

/** A run's folder, and its trackers as of successive processes. */
export class TensorBoardRig {
  readonly notes: string[] = [];
  #tracker: Tracker | undefined;
  #state: Json | undefined;

  private constructor(readonly runDir: string) {}

  static async create(): Promise<TensorBoardRig> {
    return new TensorBoardRig(await mkdtemp(join(tmpdir(), 'tensorboard-')));
  }

  get dir(): string {
    return this.runDir;
  }

  /** The state that the feed would keep. */
  get state(): Json | undefined {
    return this.#state;
  }

  async take(...records: readonly RunRecord[]): Promise<void> {
    this.#tracker ??= this.open(this.#state);
    this.#state = await this.#tracker.take(records, never);
  }

  /** Ends the process; the next `take` is of another one. */
  async endProcess(): Promise<void> {
    await this.#tracker?.close?.();
    this.#tracker = undefined;
  }

  /** The process dies after writing the event files and before its cursor is kept. */
  async takeAndDie(...records: readonly RunRecord[]): Promise<void> {
    const kept = this.#state;
    await this.take(...records);
    await this.endProcess();
    this.#state = kept;
  }

  /** What the feed does after StartOver. */
  async startOver(): Promise<void> {
    await this.endProcess();
    this.#state = undefined;
  }

  open(state: Json | undefined, changes: Partial<TrackerSite> = {}): Tracker {
    return tensorboard.create(undefined as never, {
      runDir: this.runDir,
      runName: 'toy-1234abcd',
      config: config(),
      params: { 'generator.width': 64, 'loss.adversarial': 'bce', 'dataset.flip': true, 'dataset.limit': null },
      curves: curvesOf(config(), builtins()),
      state,
      env: {},
      note: (_level, text) => this.notes.push(text),
      ...changes,
    });
  }

  /** All events of the folder, in the order in which TensorBoard reads them. */
  async events(): Promise<Event[]> {
    const names = (await readdir(this.dir)).filter((name) => name.includes('tfevents')).sort();
    const files = await Promise.all(names.map((name) => readFile(join(this.dir, name))));
    return files.flatMap((bytes) => recordsOf(bytes).map(decoded));
  }

  /** The points of a tag: step and value. */
  async points(tag: string): Promise<[number, number][]> {
    const events = await this.events();
    return events.flatMap(({ step, summary }) =>
      (summary?.value ?? [])
        .filter((value) => value.tag === tag)
        .map((value): [number, number] => [step, value.simple_value]),
    );
  }

  async tags(): Promise<string[]> {
    return (await this.events()).flatMap(({ summary }) => (summary?.value ?? []).map(({ tag }) => tag));
  }

  remove(): Promise<void> {
    return rm(this.runDir, { recursive: true, force: true });
  }
}

export const metric = (name: string, step: number, value = step, stage = 'train'): RunRecord => ({
  kind: 'metric',
  stage,
  name,
  step,
  time: START_TIME + step,
  value,
});
export const image = (name: string, step: number, file: string): RunRecord => ({
  kind: 'image',
  stage: 'train',
  name,
  step,
  time: START_TIME,
  value: file,
});
export const text = (name: string, step: number, value: string): RunRecord => ({
  kind: 'text',
  stage: 'preprocess',
  name,
  step,
  time: START_TIME,
  value,
});
export const histogram = (name: string, step: number, value: Histogram): RunRecord => ({
  kind: 'histogram',
  stage: 'train',
  name,
  step,
  time: START_TIME,
  value,
});
export const stageStarted = (stage: string, resumes: boolean): RunRecord => ({
  kind: 'stage-started',
  stage,
  name: stage,
  step: null,
  time: START_TIME,
  value: { reason: 'a test', resumes },
});
const ofRun = { stage: '', name: '', step: null };
export const runStarted = (changes: Partial<RunStart> = {}): RunRecord => ({
  ...ofRun,
  kind: 'run-started',
  time: START_TIME,
  value: {
    command: ['runner', 'run', 'a|b.yaml'],
    cwd: '/home/ada',
    user: 'ada',
    git: { commit: 'c0ffee', branch: 'main', dirty: true, remote: 'https://example.org/a.git' },
    versions: { runner: '0.1.0', engine: { tensorflow: '2.21.0' } },
    machine: { host: 'box', memory: 16_000_000_000, processor: null },
    ...changes,
  },
});
export const runEnded = (status: 'finished' | 'failed' | 'interrupted' | 'crashed'): RunRecord => ({
  ...ofRun,
  kind: 'run-ended',
  time: START_TIME + 5000,
  value: { status },
});

/** The fields that the tests read. Written separately from the source, to detect a wrong number there. */
const { root } = protobuf.parse(
  `syntax = "proto3";
  message Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; Log session_log = 7; }
  message Log { int32 status = 1; }
  message Summary { repeated Value value = 1; }
  message Value { string tag = 1; float simple_value = 2; Image image = 4; Tensor tensor = 8; Metadata metadata = 9; }
  message Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }
  message Tensor { int32 dtype = 1; Shape tensor_shape = 2; bytes tensor_content = 4; repeated bytes string_val = 8; }
  message Shape { message Dim { int64 size = 1; } repeated Dim dim = 2; }
  message Metadata { Plugin plugin_data = 1; string summary_description = 3; int32 data_class = 4; }
  message Plugin { string plugin_name = 1; bytes content = 2; }`,
  { keepCase: true },
);
const eventType = root.lookupType('Event');

export interface Event {
  readonly wall_time: number;
  readonly step: number;
  readonly file_version: string;
  readonly summary?: { readonly value: readonly Value[] };
  readonly session_log?: { readonly status: number };
}
export interface Value {
  readonly tag: string;
  readonly simple_value: number;
  readonly image?: { readonly height: number; readonly width: number; readonly encoded_image_string: Uint8Array };
  readonly tensor?: {
    readonly dtype: number;
    readonly tensor_shape: { readonly dim: readonly { readonly size: number }[] };
    readonly tensor_content: Uint8Array;
    readonly string_val: readonly Uint8Array[];
  };
  readonly metadata?: {
    readonly plugin_data: { readonly plugin_name: string; readonly content: Uint8Array };
    readonly summary_description: string;
  };
}

function decoded(bytes: Uint8Array): Event {
  return eventType.toObject(eventType.decode(bytes), { longs: Number, defaults: true, arrays: true }) as Event;
}

/** The records of a file. @throws Error for a wrong length or checksum */
function recordsOf(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    const data = bytes.subarray(at + 12, at + 12 + length);
    if (data.length < length) throw new Error(`a record is cut off at ${at}`);
    const sums = [bytes.readUInt32LE(at + 8), bytes.readUInt32LE(at + 12 + length)];
    const expected = [masked(bytes.subarray(at, at + 8)), masked(data)];
    if (sums.join() !== expected.join()) throw new Error(`a checksum is wrong at ${at}`);
    records.push(data);
    at += 16 + length;
  }
  return records;
}

function masked(bytes: Uint8Array): number {
  const crc = BigInt(crc32c(bytes));
  return Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn);
}
