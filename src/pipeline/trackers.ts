import type { Config } from '../config/config.js';
import type { Components } from '../registry/kinds.js';
import type { TrackedEvent, Tracker, TrackerComponent, TrackerSite } from '../registry/kinds/tracker.js';

/** The trackers of a config that listen in this process, as one that cannot fail: each one's first trouble is told, and it goes on or not. */
export function openTrackers(
  config: Pick<Config, 'tracking'>,
  components: Components,
  place: TrackerComponent['place'],
  site: TrackerSite,
): Required<Tracker> {
  const told = new Set<string>();
  const guarded = <T>(name: string, action: () => T): T | undefined => {
    try {
      return action();
    } catch (error) {
      trouble(name, error);
      return undefined;
    }
  };
  const trouble = (name: string, error: unknown) => {
    if (told.has(name)) return;
    told.add(name);
    site.warn(`The tracker ${name} is in trouble, the run goes on without it: ${messageOf(error)}`);
  };

  const open: [string, Tracker][] = [];
  for (const [name, options] of Object.entries(config.tracking)) {
    const component = guarded(name, () => components.tracker.get(name));
    if (component?.place !== place) continue;
    const tracker = guarded(name, () => component.create(options as never, site));
    if (tracker !== undefined) open.push([name, tracker]);
  }
  const all = async (action: (tracker: Tracker) => Promise<void> | undefined) => {
    await Promise.all(
      open.map(async ([name, tracker]) => {
        try {
          await action(tracker);
        } catch (error) {
          trouble(name, error);
        }
      }),
    );
  };
  return {
    on: (event: TrackedEvent) => {
      for (const [name, tracker] of open) guarded(name, () => tracker.on(event));
    },
    flush: () => all((tracker) => tracker.flush?.()),
    close: () => all((tracker) => tracker.close()),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
