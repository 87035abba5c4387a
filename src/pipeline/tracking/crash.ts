import { type Journal, journalLines } from '../journal.js';

/**
 * Records a crash in a journal whose last `run-started` has no `run-ended`. The caller holds the run's lock, so that process is dead.
 */
export function markCrash(journal: Journal): void {
  let open: number | undefined;
  for (const { kind, time } of journalLines(journal.path)) {
    if (kind === 'run-started') open = time;
    else if (kind === 'run-ended') open = undefined;
    else if (open !== undefined) open = time;
  }
  if (open === undefined) return;
  // The time of its last record: the time of death is unknown.
  journal.append({ kind: 'run-ended', stage: '', name: '', step: null, time: open, value: { status: 'crashed' } });
}
