import { dirname } from 'node:path';
import { execa } from 'execa';
import type { LauncherSite } from '../../../registry/kinds/launcher.js';
import { makeFolder } from '../../../support/files.js';
import { processIdentity } from '../../../support/process-identity.js';

/** What this machine has for trials. */
export interface Share {
  /** Trials at a time. */
  readonly capacity: number;
  /** Processor cores of each. */
  readonly cores: number;
  /** As CUDA_VISIBLE_DEVICES names them. */
  readonly cards: readonly string[];
}

/** The processes of trials. A handle is a process's number and identity, so that a later process finds it. */
export class LocalTrials {
  /** Of the trials that run: a place decides which graphics card a trial has. */
  readonly #places = new Map<number, string>();

  constructor(
    private readonly site: LauncherSite,
    private readonly share: Share,
  ) {}

  /** @returns its handle */
  async start(trial: number, [program, ...words]: readonly string[]): Promise<string> {
    const place = this.#freePlace();
    this.#places.set(place, 'starting');
    const log = this.site.logOf(trial);
    await makeFolder(dirname(log));
    const child = execa(program!, [...words, String(trial)], {
      cwd: this.site.cwd,
      env: { ...this.#environment(place) },
      stdin: 'ignore',
      stdout: { file: log, append: true },
      stderr: { file: log, append: true },
      buffer: false,
      // Ctrl-C in the terminal is for the sweep, which asks each trial once.
      detached: true,
      cleanup: false,
      // When this process is gone, whatever ended it, a trial loses the channel, saves and leaves.
      ipc: true,
      reject: false,
    });
    const { pid } = child;
    if (pid === undefined) {
      this.#places.delete(place);
      const { originalMessage } = await child;
      throw new Error(`The process of trial ${trial} cannot be started: ${originalMessage ?? 'unknown'}`);
    }
    void child.finally(() => this.#places.delete(place));
    const handle = `${pid}@${processIdentity(pid) ?? 'gone'}`;
    this.#places.set(place, handle);
    return handle;
  }

  /** Asks it to save and leave. */
  stop(handle: string): void {
    if (!isThere(handle)) return;
    try {
      process.kill(pidOf(handle), 'SIGTERM');
    } catch {
      // It was quicker.
    }
  }

  #freePlace(): number {
    for (let place = 0; ; place++) if (!this.#places.has(place)) return place;
  }

  #environment(place: number): NodeJS.ProcessEnv {
    const { cards, cores } = this.share;
    const card = cards.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: cards[place % cards.length]! };
    const threads = String(cores);
    return {
      TF_NUM_INTRAOP_THREADS: threads,
      TF_NUM_INTEROP_THREADS: threads,
      OMP_NUM_THREADS: threads,
      ...this.site.env,
      ...card,
    };
  }
}

/** Whether the process lives. */
export function isThere(handle: string): boolean {
  return processIdentity(pidOf(handle)) === handle.slice(handle.indexOf('@') + 1);
}

function pidOf(handle: string): number {
  return Number(handle.slice(0, handle.indexOf('@')));
}
