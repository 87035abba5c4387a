import { dirname, relative } from 'node:path';
import type { RunRecord } from '../registry/kinds/record.js';
import type { RunnerEvent } from './runner-events.js';
import type { Journal } from './journal.js';

/** Writes an event of a run to its journal, if it is of a recorded kind. @returns whether it was written */
export function record(journal: Journal, event: RunnerEvent): boolean {
  if (event.kind === 'stage-event') return journal.track(event.tracked);
  const line = recordOf(event, dirname(journal.path));
  if (line === undefined) return false;
  journal.append(line);
  journal.sync();
  return true;
}

/** @param runDir paths are relative to it */
function recordOf(event: RunnerEvent, runDir: string): RunRecord | undefined {
  const ofRun = { stage: '', name: '', step: null, time: Date.now() };
  const ofStage = (stage: string) => ({ ...ofRun, stage, name: stage });
  switch (event.kind) {
    case 'run-started':
      return { ...ofRun, kind: event.kind, value: event.start };
    case 'run-ended':
      return { ...ofRun, kind: event.kind, value: { status: event.status } };
    case 'stage-started':
      return {
        ...ofStage(event.stage),
        kind: event.kind,
        value: { reason: event.reason, resumes: event.resumes, inputs: event.inputs },
      };
    case 'stage-finished': {
      const { seconds, outputs, artifacts } = event;
      const value = { seconds, outputs, dir: relative(runDir, event.dir), artifacts };
      return { ...ofStage(event.stage), kind: event.kind, value };
    }
    case 'stage-failed':
      return { ...ofStage(event.stage), kind: event.kind, value: event.problems.map((problem) => problem.message) };
    case 'stage-interrupted':
      return { ...ofStage(event.stage), kind: event.kind, value: null };
    case 'set-aside':
      return { ...ofStage(event.stage), kind: event.kind, value: { to: event.to, reason: event.reason } };
    default:
      return undefined;
  }
}
