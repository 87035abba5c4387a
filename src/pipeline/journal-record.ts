import type { RunnerEvent } from './events.js';
import type { Journal, JournalLine } from './journal.js';

/** Writes an event of a run into its journal, where it belongs there. */
export function record(journal: Journal, event: RunnerEvent): void {
  if (event.kind === 'stage-event') return journal.track(event.tracked);
  const line = lineOf(event);
  if (line === undefined) return;
  journal.append({ ...line, name: line.stage, step: null, time: Date.now() });
  if (event.kind.startsWith('stage-')) journal.sync();
}

function lineOf(event: RunnerEvent): Pick<JournalLine, 'kind' | 'stage' | 'value'> | undefined {
  switch (event.kind) {
    case 'stage-started':
      return { kind: event.kind, stage: event.stage, value: { reason: event.reason, resumes: event.resumes } };
    case 'stage-finished':
      return { kind: event.kind, stage: event.stage, value: { seconds: event.seconds, outputs: event.outputs } };
    case 'stage-failed':
      return { kind: event.kind, stage: event.stage, value: event.problems.map((problem) => problem.message) };
    case 'stage-interrupted':
      return { kind: event.kind, stage: event.stage, value: null };
    case 'set-aside':
      return { kind: event.kind, stage: event.stage, value: { to: event.to, reason: event.reason } };
    default:
      return undefined;
  }
}
