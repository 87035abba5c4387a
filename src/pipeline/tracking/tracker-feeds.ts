import { join } from 'node:path';
import type { Config } from '../../registry/config.js';
import { typeOfEntry } from '../../config/reference.js';
import type { Components } from '../../registry/kinds.js';
import type { JsonObject } from '../../support/json.js';
import { hidePasswords } from '../../support/passwords.js';
import type { Listener } from '../runner-events.js';
import { runFile } from '../paths.js';
import { paramsOf } from '../run-name.js';
import { curvesOf } from './curves.js';
import { lagOf, readCursor } from './cursor.js';
import { TrackerFeed, type FeedEvent, type FeedRetries } from './tracker-feed.js';

/** The part of a run that its trackers need. */
export interface TrackedRun {
  readonly runDir: string;
  readonly runName: string;
  readonly config: Config;
  readonly components: Components;
  readonly env: NodeJS.ProcessEnv;
}

/** A tracker that has not received the whole journal. */
export interface UnsentRecords {
  readonly tracker: string;
  /** Bytes of the journal that it has not received; Infinity if the cursor could not be read. */
  readonly lag: number;
}

/** All trackers of a run, fed independently: a slow or failing one does not affect the others. */
export class TrackerFeeds {
  readonly #feeds: readonly TrackerFeed[];
  readonly #listen: Listener;

  constructor(run: TrackedRun, listen: Listener, pace?: FeedRetries) {
    this.#listen = listen;
    this.#feeds = trackersOf(run).map(({ name, destination, file, component, options }) => {
      const { runDir, runName, env, components } = run;
      const config = hidePasswords(run.config as unknown as JsonObject) as unknown as Config;
      const note = (level: 'info' | 'warning', text: string) =>
        listen({ kind: 'note', level, text: `${name}: ${text}` });
      const site = {
        runDir,
        runName,
        config,
        params: paramsOf(config, components),
        curves: curvesOf(config, components),
        env,
        note,
      };
      return new TrackerFeed({
        name,
        journal: runFile.journal(runDir),
        file,
        destination,
        open: (state) => component.create(options as never, { ...site, state }),
        onEvent: (event) => this.#report(name, event),
        ...(pace && { pace }),
      });
    });
  }

  /** Call when the journal has grown. */
  wake(): void {
    for (const feed of this.#feeds) feed.wake();
  }

  /**
   * Sends the remaining records and closes the trackers.
   *
   * @param signal aborted when the user stops waiting
   * @param isStopping whether the user has asked to stop: then a failing tracker gets little time
   * @returns the trackers that have not received everything
   */
  async drain(signal?: AbortSignal, isStopping = false): Promise<readonly UnsentRecords[]> {
    const waiting = new Set(this.#feeds.map(({ name }) => name));
    const notice = setTimeout(() => {
      const text = `Waiting for ${[...waiting].join(' and ')} to take the rest of the run’s records; Ctrl-C leaves them for \`runner sync\`.`;
      this.#listen({ kind: 'note', level: 'info', text });
    }, NOTICE_AFTER_MS);
    try {
      const left = await Promise.all(
        this.#feeds.map(async (feed) => {
          const lag = await feed.drain(signal, ...(isStopping ? [STOPPING_PATIENCE_MS] : []));
          waiting.delete(feed.name);
          return { tracker: feed.name, lag };
        }),
      );
      return left.filter(({ lag }) => lag > 0);
    } finally {
      clearTimeout(notice);
    }
  }

  #report(name: string, event: FeedEvent): void {
    const note = (level: 'info' | 'warning', text: string) => this.#listen({ kind: 'note', level, text });
    switch (event.kind) {
      case 'failing':
        return note(
          'warning',
          `${name}: ${event.why} The run continues; the tracker receives the missing records later.`,
        );
      case 'works-again':
        return note('info', `${name}: works again.`);
      case 'stopped': {
        for (const { message, cure } of event.problems) {
          note(
            'warning',
            `${name}: ${message}${cure === undefined ? '' : ` ${cure}`} The run continues without it; nothing is lost.`,
          );
        }
      }
    }
  }
}

/** The trackers of a run that have not received everything, without starting them. */
export async function lagging(run: TrackedRun): Promise<readonly UnsentRecords[]> {
  const all = await Promise.all(
    trackersOf(run).map(async ({ name, file, destination }) => ({
      tracker: name,
      lag: await lagOf(await readCursor(file, destination), runFile.journal(run.runDir)),
    })),
  );
  return all.filter(({ lag }) => lag > 0);
}

function trackersOf({ runDir, config, components, env }: TrackedRun) {
  return Object.entries(config.tracking)
    .filter(([name, options]) => components.tracker.has(typeOfEntry(name, options)))
    .map(([name, options]) => {
      const component = components.tracker.get(typeOfEntry(name, options));
      const destination = component.destination?.(options as never, env) ?? '';
      return { name, options, component, destination, file: join(runFile.tracking(runDir), `${name}.json`) };
    });
}

const NOTICE_AFTER_MS = 2000;
/** Patience after the user has asked to stop. */
const STOPPING_PATIENCE_MS = 1500;
