import { recordedNumbers } from '../../evaluation/recorded-values.js';
import { firstSentence } from '../../support/first-sentence.js';
import type { LastEvents } from '../last-events.js';
import type { StageRecord } from '../stage-record.js';
import type { RunProgress } from '../run-progress.js';
import type { FoundStage } from './stage-records.js';

export interface StageStatus {
  readonly name: string;
  /**
   * `unfinished`: stopped or cut off, resumed by the next run. `none`: not started. `damaged`: its stage.json cannot be read, so it will run
   * again.
   */
  readonly state: 'done' | 'running' | 'unfinished' | 'failed' | 'damaged' | 'none';
  /** Why it failed, is unfinished or damaged, in a sentence. */
  readonly reason: string | null;
  /** ISO time. */
  readonly finished: string | null;
  readonly seconds: number | null;
  /** The last known progress of a running or unfinished stage. */
  readonly progress: StageProgress | null;
  /** The numbers among its outputs' `metrics`, by path: `AtoB/psnr`. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface StageProgress {
  /** The position in the work (`epoch 3/40`), or the activity before progress is countable: `building the graph`. */
  readonly phase: string | null;
  /** The duration of that activity so far. */
  readonly phaseSeconds: number | null;
  /** The unit of progress: `steps`, `images`. */
  readonly unit: string | null;
  readonly done: number | null;
  /** 0 if unknown. */
  readonly total: number | null;
  /** Units per second. */
  readonly rate: number | null;
  /** Until the stage is done; only of a running stage. */
  readonly etaSeconds: number | null;
  /** The numbers that the stage shows, such as the losses. */
  readonly values: Readonly<Record<string, number>>;
  /** ISO time of the last report. */
  readonly updated: string;
}

/** Facts on a run besides the records of its stages. */
export interface RunFacts {
  /** The process that works on the run. */
  readonly holder: number | undefined;
  readonly progress: RunProgress | undefined;
  readonly events: LastEvents;
  /** The stages whose results other stages have consumed. */
  readonly consumed: ReadonlySet<string>;
  /** Results in the store that the run has built and not consumed yet, by type of stage. */
  readonly made: ReadonlyMap<string, StageRecord>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The status of a stage from its record and the facts on its run. */
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
    // Added up when an attempt ends.
    seconds: seconds === 0 && finished === null ? null : seconds,
    progress: shown && hasContent(progress) ? progressOf(progress, working, facts.now) : null,
    metrics: recordedNumbers(outputs?.['metrics']),
  };
}

function hasContent({ phase, progress }: RunProgress): boolean {
  return phase !== null || progress !== null;
}

type State = Pick<StageStatus, 'state' | 'reason'>;

function stateOf({ name, damaged, record: own }: FoundStage, record: StageRecord | undefined, facts: RunFacts): State {
  if (isAtWork(name, record, facts)) return { state: 'running', reason: null };
  if (damaged) return { state: 'damaged', reason: 'Its stage.json is damaged, or of another version of runner.' };
  const { events, consumed } = facts;
  const { last, failures } = events;
  // A shared stage has no folder in the run before it is done: only the journal has later failures.
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
const CUT_OFF: State = { state: 'unfinished', reason: 'It was cut off: its process ended without a result.' };

function isAtWork(name: string, record: StageRecord | undefined, { holder, progress, events }: RunFacts): boolean {
  if (holder === undefined) return false;
  if (progress?.pid === holder) return progress.stage === name && record?.status !== 'done';
  // A process that is starting, that feeds trackers, or of a version without progress.json.
  return progress === undefined && (record?.status === 'running' || isOpen(name, events));
}

function isOpen(name: string, { last }: LastEvents): boolean {
  return last?.kind === 'stage-started' && last.stage === name;
}

/** When a shared stage failed: only the journal has that. */
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
