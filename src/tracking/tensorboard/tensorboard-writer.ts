import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageRecord, RunRecord, RunStartedRecord } from '../../registry/kinds/record.js';
import { StartOver, type Tracker, type TrackerSite } from '../../registry/kinds/tracker.js';
import { EventFiles } from './event-files.js';
import { unwritable } from './write-failure.js';
import { sessionEnd, sessionStart } from './hparams.js';
import { descriptionOf } from './descriptions.js';
import { layout } from './custom-layout.js';
import { SESSION_START, type SummaryValue } from './message-types.js';
import { encodeEvent } from './event-messages.js';
import { StageRestarts } from './stage-restarts.js';
import { configText, environmentText } from './run-texts.js';
import { stateOf, type TensorBoardState } from './tensorboard-state.js';
import { histogram, image, scalar, text } from './values.js';

/** Writes a run's records as TensorBoard's events, each exactly once. */
export class TensorBoardWriter implements Tracker {
  #state: TensorBoardState;
  readonly #files: EventFiles;
  /** Tags of curves whose description is in the current file. */
  #described = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly site: TrackerSite,
    private readonly dir: string,
  ) {
    this.#state = stateOf(site.state);
    const header = (seconds: number) => encodeEvent({ wallTime: seconds, fileVersion: 'brain.Event:2' });
    this.#files = new EventFiles(dir, header, this.#state.files);
  }

  take(records: readonly RunRecord[], signal: AbortSignal): Promise<TensorBoardState> {
    const taken = this.#batch(records, signal);
    this.#last = taken.catch(() => undefined);
    return taken;
  }

  /** A batch may still be written after its caller stopped waiting. */
  async close(): Promise<void> {
    await this.#last;
    await this.#files.close();
  }

  async #batch(records: readonly RunRecord[], signal: AbortSignal): Promise<TensorBoardState> {
    try {
      if (await this.#files.begin()) this.#described.clear();
      const batch = new EventBatch(this.site, this.#files, this.#described, this.#state);
      for (const record of records) {
        signal.throwIfAborted();
        await batch.add(record);
      }
      return (this.#state = await batch.commit());
    } catch (error) {
      await this.#files.undo();
      throw error instanceof StartOver || signal.aborted ? error : unwritable(this.dir, error);
    }
  }
}

/** Writes one batch and computes the next state. */
class EventBatch {
  readonly #restarts: StageRestarts;
  #begun: boolean;
  #ending: TensorBoardState['ending'];
  readonly #missing: string[] = [];

  constructor(
    private readonly site: TrackerSite,
    private readonly files: EventFiles,
    private readonly described: Set<string>,
    { begun, ending, stages }: TensorBoardState,
  ) {
    this.#begun = begun;
    this.#ending = ending;
    this.#restarts = new StageRestarts(stages);
  }

  async add(record: RunRecord): Promise<void> {
    const stale = this.#restarts.staleFrom(record);
    if (stale !== undefined) {
      const sessionLog = { status: SESSION_START };
      await this.files.append(encodeEvent({ wallTime: record.time / 1000, step: stale, sessionLog }));
    }
    const values = await this.#valuesOf(record);
    if (values.length > 0) await this.#append(record, values);
  }

  async commit(): Promise<TensorBoardState> {
    const ending = this.#ending;
    const end = ending === null ? undefined : sessionEnd(ending);
    // Readers use the first end that they find, so it must be removed when the run is resumed.
    const temporary = end && encodeEvent({ wallTime: ending!.time / 1000, step: 0, summary: { value: [end] } });
    const files = await this.files.commit(temporary);
    this.#reportMissing();
    return { files, begun: this.#begun, ending, stages: this.#restarts.stages };
  }

  async #append({ time, step }: RunRecord, value: readonly SummaryValue[]): Promise<void> {
    await this.files.append(encodeEvent({ wallTime: time / 1000, step: step ?? 0, summary: { value } }));
  }

  async #valuesOf(record: RunRecord): Promise<readonly SummaryValue[]> {
    switch (record.kind) {
      case 'metric': {
        const isFirst = !this.described.has(record.name);
        this.described.add(record.name);
        return [scalar(record.name, record.value, isFirst, this.#about(record.name))];
      }
      case 'image':
        return this.#image(record);
      case 'text':
        return [text(record.name, record.value)];
      case 'histogram':
        return [histogram(record.name, record.value, this.#about(record.name))];
      case 'run-started':
        return this.#start(record);
      case 'run-ended':
        this.#ending = { status: record.value.status, time: record.time };
        return [];
      default:
        return [];
    }
  }

  #start({ time, value }: RunStartedRecord): readonly SummaryValue[] {
    this.#ending = null;
    if (this.#begun) return [];
    this.#begun = true;
    return [
      text('config', configText(this.site.config)),
      text('environment', environmentText(value)),
      sessionStart(this.site, time),
      layout(this.site),
    ];
  }

  async #image({ name, value }: ImageRecord): Promise<readonly SummaryValue[]> {
    const png = await readFile(join(this.site.runDir, value)).catch(() => undefined);
    const found = png && image(name, png, this.#about(name));
    if (found === undefined) this.#missing.push(value);
    return found === undefined ? [] : [found];
  }

  #about(tag: string): string | undefined {
    return descriptionOf(tag, this.site.curves);
  }

  #reportMissing(): void {
    const [first] = this.#missing;
    if (first === undefined) return;
    const others = this.#missing.length - 1;
    const images = others === 0 ? `${first} is` : `${first} and ${others} more images are`;
    this.site.note('warning', `${images} missing or not in PNG format, and left out.`);
  }
}
