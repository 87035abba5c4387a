import type { Listener } from '../runner-events.js';
import type { UnsentRecords } from './tracker-feeds.js';

/** Says what trackers have not had, and that nothing of it is lost. */
export function tellLeft(
  left: readonly UnsentRecords[],
  { runName }: { readonly runName: string },
  listen: Listener,
): void {
  if (left.length === 0) return;
  const names = left.map(({ tracker }) => tracker).join(' and ');
  const verb = left.length === 1 ? 'has' : 'have';
  const text = `${names} ${verb} not had all of the run’s records. They are in its journal: the next \`runner run\`, or \`runner sync ${runName}\`, hands them over.`;
  listen({ kind: 'note', level: 'warning', text });
}
