import { dirname } from 'node:path';
import { execa } from 'execa';
import type { LauncherSite } from '../../../registry/kinds/launcher.js';
import { makeFolder } from '../../../support/files.js';
import { processIdentity } from '../../../support/process-identity.js';
import { cardOf } from '../../../support/shared-cards.js';

/** How this machine is divided among trials. */
export interface LocalCapacity {
  /** Concurrent trials. */
  readonly capacity: number;
  /** Processor cores per trial. */
  readonly cores: number;
  /** Graphics cards, of which each trial gets one. */
  readonly cards: number;
}

/** The processes of trials. A handle is a process's id and identity, so that a later command finds it. */
export class LocalTrials {
  /** Slots of running trials; the slot determines the graphics card. */
  readonly #slots = new Map<number, string>();

  constructor(
    private readonly site: LauncherSite,
    private readonly limits: LocalCapacity,
  ) {}

  /** @returns its handle */
  async start(trial: number, [program, ...args]: readonly string[]): Promise<string> {
    const slot = this.#freeSlot();
    this.#slots.set(slot, 'starting');
    const log = this.site.logOf(trial);
    await makeFolder(dirname(log));
    const child = execa(program!, [...args, String(trial)], {
      cwd: this.site.cwd,
      env: { ...this.#environment(slot) },
      stdin: 'ignore',
      stdout: { file: log, append: true },
      stderr: { file: log, append: true },
      buffer: false,
      // Ctrl-C in the terminal goes to the sweep, which signals each trial once.
      detached: true,
      cleanup: false,
      // When this process ends for any reason, the trial loses the channel, saves and exits.
      ipc: true,
      reject: false,
    });
    const { pid } = child;
    if (pid === undefined) {
      this.#slots.delete(slot);
      const { originalMessage } = await child;
      throw new Error(`The process of trial ${trial} cannot be started: ${originalMessage ?? 'unknown'}`);
    }
    void child.finally(() => this.#slots.delete(slot));
    const handle = `${pid}@${processIdentity(pid) ?? 'gone'}`;
    this.#slots.set(slot, handle);
    return handle;
  }

  /** Asks it to save and exit. */
  stop(handle: string): void {
    if (!isAlive(handle)) return;
    try {
      process.kill(pidOf(handle), 'SIGTERM');
    } catch {
      // It ended in the meantime.
    }
  }

  #freeSlot(): number {
    for (let slot = 0; ; slot++) if (!this.#slots.has(slot)) return slot;
  }

  #environment(slot: number): NodeJS.ProcessEnv {
    const { cards, cores } = this.limits;
    const threads = String(cores);
    return {
      TF_NUM_INTRAOP_THREADS: threads,
      TF_NUM_INTEROP_THREADS: threads,
      OMP_NUM_THREADS: threads,
      ...this.site.env,
      // A config that names a device comes before this: see `deviceOf`.
      ...cardOf(slot, cards),
    };
  }
}

/** Whether the process is alive. */
export function isAlive(handle: string): boolean {
  return processIdentity(pidOf(handle)) === handle.slice(handle.indexOf('@') + 1);
}

function pidOf(handle: string): number {
  return Number(handle.slice(0, handle.indexOf('@')));
}
