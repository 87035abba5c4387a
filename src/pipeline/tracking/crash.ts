import { type Journal, journalLines } from '../journal.js';

/**
 * Adds to a journal that the process which worked on the run last has died, if it has: it began and never told its end. The caller holds the
 * run's lock, so it is not just at work.
 */
export function markCrash(journal: Journal): void {
  let open: number | undefined;
  for (const { kind, time } of journalLines(journal.path)) {
    if (kind === 'run-started') open = time;
    else if (kind === 'run-ended') open = undefined;
    else if (open !== undefined) open = time;
  }
  if (open === undefined) return;
  // It was alive at its last word; when it died after that nobody knows.
  journal.append({ kind: 'run-ended', stage: '', name: '', step: null, time: open, value: { status: 'crashed' } });
}
