import { firstSentence } from '../../support/first-sentence.js';
import { isJsonObject, type Json } from '../../support/json.js';
import type { LastEvents } from '../last-events.js';
import type { StageRecord } from '../stage-record.js';
import type { RunProgress } from '../run-progress.js';
import type { FoundStage } from './stage-records.js';

export interface StageStatus {
  readonly name: string;
  /**
   * `unfinished`: stopped or cut off, goes on with the next run. `none`: not started. `damaged`: its stage.json cannot be read, so that
   * it is run again.
   */
  readonly state: 'done' | 'running' | 'unfinished' | 'failed' | 'damaged' | 'none';
  /** Why it failed, is unfinished or damaged, in a sentence. */
  readonly reason: string | null;
  /** ISO time. */
  readonly finished: string | null;
  readonly seconds: number | null;
  /** Where it is, or how far it got; of stages that are running or unfinished, where that is known. */
  readonly progress: StageProgress | null;
  /** The numbers among its outputs' `metrics`, by path: `AtoB/psnr`. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface StageProgress {
  /** Where in the work it is (`epoch 3/40`), or what it does before it counts: `building the graph`. */
  readonly phase: string | null;
  /** How long it has been doing that, where there is nothing to count yet. */
  readonly phaseSeconds: number | null;
  /** What is counted: `steps`, `images`. */
  readonly unit: string | null;
  readonly done: number | null;
  /** 0 where it is not known. */
  readonly total: number | null;
  /** Units a second. */
  readonly rate: number | null;
  /** Until the stage is done; while it is running. */
  readonly etaSeconds: number | null;
  /** The numbers that the stage shows, such as the losses. */
  readonly values: Readonly<Record<string, number>>;
  /** ISO time of the last report. */
  readonly updated: string;
}

/** What is known of a run beside the records of its stages. */
export interface RunFacts {
  /** The process that works on the run. */
  readonly holder: number | undefined;
  readonly progress: RunProgress | undefined;
  readonly events: LastEvents;
  /** The stages whose results others have used. */
  readonly consumed: ReadonlySet<string>;
  /** Results in the store that the run has made and not used yet, by the stage's type. */
  readonly made: ReadonlyMap<string, StageRecord>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What is known of a stage, put together. */
export function stageStatus(stage: FoundStage, facts: RunFacts): StageStatus {
  const { holder, progress, made } = facts;
  const record = stage.record ?? made.get(stage.type);
  const { state, reason } = stateOf(stage, record, facts);
  const working = state === 'running';
  const shown = progress?.stage === stage.name && (working ? progress.pid === holder : state !== 'done');
  const { seconds = 0, finished = null, outputs } = record ?? {};
  return {
    name: stage.name,
    state,
    reason,
    finished: finished ?? endOf(stage.name, state, facts),
    // Counted when an attempt ends.
    seconds: seconds === 0 && finished === null ? null : seconds,
    progress: shown && isTelling(progress) ? progressOf(progress, working, facts.now) : null,
    metrics: numbersIn(outputs?.['metrics']),
  };
}

function isTelling({ phase, progress }: RunProgress): boolean {
  return phase !== null || progress !== null;
}

type State = Pick<StageStatus, 'state' | 'reason'>;

function stateOf({ name, damaged, record: own }: FoundStage, record: StageRecord | undefined, facts: RunFacts): State {
  if (isAtWork(name, record, facts)) return { state: 'running', reason: null };
  if (damaged) return { state: 'damaged', reason: 'Its stage.json is damaged, or of another version of runner.' };
  const { events, consumed } = facts;
  const { last, failures } = events;
  // A shared stage leaves nothing in the run's folder before it is done: only the journal has that a later attempt failed.
  const isNews = last?.stage === name && last.time > Date.parse(record?.finished ?? '');
  if (record?.status === 'done' && !(own === undefined && isNews && last.kind !== 'stage-finished'))
    return { state: 'done', reason: null };
  const failure = record?.problem?.message ?? failures.get(name);
  if (record?.status === 'failed' || (last?.kind === 'stage-failed' && last.stage === name)) {
    return { state: 'failed', reason: failure === undefined ? null : firstSentence(failure) };
  }
  if (record?.status === 'interrupted') return STOPPED;
  if (own !== undefined) return CUT_OFF;
  if (last?.stage === name && last.kind === 'stage-interrupted') return STOPPED;
  if (last?.stage === name && last.kind === 'stage-started') return CUT_OFF;
  return { state: consumed.has(name) ? 'done' : 'none', reason: null };
}

const STOPPED: State = { state: 'unfinished', reason: 'It was stopped.' };
const CUT_OFF: State = { state: 'unfinished', reason: 'It was cut off: its process ended without a word.' };

function isAtWork(name: string, record: StageRecord | undefined, { holder, progress, events }: RunFacts): boolean {
  if (holder === undefined) return false;
  if (progress?.pid === holder) return progress.stage === name && record?.status !== 'done';
  // A process that only just begins, that feeds trackers, or of a version that did not report where it is.
  return progress === undefined && (record?.status === 'running' || isOpen(name, events));
}

function isOpen(name: string, { last }: LastEvents): boolean {
  return last?.kind === 'stage-started' && last.stage === name;
}

/** Of a shared stage only the journal has when it failed. */
function endOf(name: string, state: StageStatus['state'], { events: { last } }: RunFacts): string | null {
  return state === 'failed' && last?.stage === name ? new Date(last.time).toISOString() : null;
}

function progressOf({ phase, progress, updated }: RunProgress, working: boolean, now: number): StageProgress {
  const { unit = null, done = null, total = null, rate = 0, values = {} } = progress ?? {};
  const since = working ? now : updated;
  const left = rate > 0 && total! > done! ? (total! - done!) / rate : undefined;
  return {
    phase: phase?.text ?? progress?.phase ?? null,
    phaseSeconds: phase === null ? null : Math.max(0, (since - phase.since) / 1000),
    ...{ unit, done, total },
    rate: rate > 0 ? rate : null,
    etaSeconds: !working || left === undefined ? null : Math.max(0, left - (now - updated) / 1000),
    values,
    updated: new Date(updated).toISOString(),
  };
}

/** The numbers of a stage's `metrics`, by path: `AtoB/psnr`. */
export function numbersIn(value: Json | undefined, path: readonly string[] = []): Record<string, number> {
  if (typeof value === 'number') return { [path.join('/')]: value };
  if (!isJsonObject(value)) return {};
  if (typeof value['value'] === 'number') return { [path.join('/')]: value['value'] };
  return Object.assign({}, ...Object.entries(value).map(([key, item]) => numbersIn(item, [...path, key]))) as Record<
    string,
    number
  >;
}
