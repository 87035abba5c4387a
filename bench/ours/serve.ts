import { createInterface } from 'node:readline';
import { peakOf } from '../../src/pipeline/child/peak-memory.js';
import type { Facts, Reply, Task } from '../protocol.js';

/** Runs an action of a contestant once; returns its duration in seconds. */
export type Actions = Readonly<Record<string, () => number | Promise<number>>>;

export interface Ready {
  readonly facts: Facts;
  readonly actions: Actions;
  /** How many numbers the kernels of all convolutions have. */
  readonly weights?: number;
  /** How many operations a step runs. */
  readonly launches?: number;
  /** Peak memory in MB of 10^6 bytes, for work in another process. */
  readonly peakMb?: () => number;
}

/** A contestant's side of the protocol: prepares the task, then runs the requested actions. */
export async function serve(prepare: (task: Task) => Promise<Ready>): Promise<void> {
  try {
    const {
      facts,
      actions,
      weights,
      launches,
      peakMb = ownPeakMb,
    } = await prepare(JSON.parse(process.argv[2]!) as Task);
    send({ ready: facts, weights: weights ?? null });
    for await (const name of createInterface({ input: process.stdin })) {
      if (name === 'end') break;
      if (name === 'launches') {
        send({ launches: launches ?? null });
        continue;
      }
      const run = actions[name];
      if (run === undefined) throw new Error(`There is no action "${name}".`);
      send({ seconds: await run() });
    }
    send({ peakMb: peakMb() });
    process.exit(0);
  } catch (error) {
    // The driver reports the last line of standard error.
    const { stack, message } = error as Error;
    process.stderr.write(`${stack}\n${message.replaceAll('\n', ' ')}\n`, () => process.exit(1));
  }
}

/** Runs a function. @returns its duration in seconds */
export function timed(work: () => void): number {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}

/** Peak memory of this process, in MB of 10^6 bytes. */
function ownPeakMb(): number {
  // Outside Linux, Node's value.
  return Math.round((peakOf(process.pid) ?? process.resourceUsage().maxRSS * 1024) / 1e6);
}

function send(reply: Reply): void {
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
