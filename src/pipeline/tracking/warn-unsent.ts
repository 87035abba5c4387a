import type { Listener } from '../runner-events.js';
import type { UnsentRecords } from './tracker-feeds.js';

/** Warns of trackers that have not received all records, and explains how to send them. */
export function warnUnsent(
  left: readonly UnsentRecords[],
  { runName }: { readonly runName: string },
  listen: Listener,
): void {
  if (left.length === 0) return;
  const names = left.map(({ tracker }) => tracker).join(' and ');
  const verb = left.length === 1 ? 'has' : 'have';
  const text = `${names} ${verb} not received all of the run’s records. They are in its journal: the next \`runner run\`, or \`runner sync ${runName}\`, sends them.`;
  listen({ kind: 'note', level: 'warning', text });
}
