import { createInterface } from 'node:readline';
import { peakOf } from '../../src/pipeline/child/peak-memory.js';
import type { Facts, Reply, Task } from '../protocol.js';

/** What a contestant does at a word; gives the seconds that it took. */
export type Deeds = Readonly<Record<string, () => number | Promise<number>>>;

export interface Ready {
  readonly facts: Facts;
  readonly deeds: Deeds;
  /** Where the work is another process's, the most memory that it has used, in MB of 10^6 bytes. */
  readonly peakMb?: () => number;
}

/** A contestant's side of the protocol: gets ready for the task, then does what it is asked. */
export async function serve(prepare: (task: Task) => Promise<Ready>): Promise<void> {
  try {
    const { facts, deeds, peakMb = ownPeakMb } = await prepare(JSON.parse(process.argv[2]!) as Task);
    say({ ready: facts });
    for await (const word of createInterface({ input: process.stdin })) {
      if (word === 'end') break;
      const deed = deeds[word];
      if (deed === undefined) throw new Error(`Nothing is to be done at the word "${word}".`);
      say({ seconds: await deed() });
    }
    say({ peakMb: peakMb() });
    process.exit(0);
  } catch (error) {
    // The last line of standard error is what the driver tells.
    const { stack, message } = error as Error;
    process.stderr.write(`${stack}\n${message.replaceAll('\n', ' ')}\n`, () => process.exit(1));
  }
}

/** Seconds that the work takes. */
export function timed(work: () => void): number {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}

/** The most memory that this process has used, in MB of 10^6 bytes. */
function ownPeakMb(): number {
  // Not Linux: what Node knows.
  return Math.round((peakOf(process.pid) ?? process.resourceUsage().maxRSS * 1024) / 1e6);
}

function say(reply: Reply): void {
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
