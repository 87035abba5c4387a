import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The memory of the machine's NVIDIA cards in use, in bytes. */
export interface GpuUse {
  /** By process; those of a container are often not listed. */
  readonly processes: ReadonlyMap<number, number>;
  /** Of all processes, on all cards. */
  readonly total: number;
}

const FORMAT = '--format=csv,noheader,nounits';

/** What nvidia-smi reports; undefined where it is missing or does not answer. */
export async function readGpuUse(): Promise<GpuUse | undefined> {
  try {
    const processes = parseProcesses(await ask('--query-compute-apps=pid,used_memory'));
    const cards = parseCardUse(await ask('--query-gpu=memory.used'));
    return { processes, total: cards.reduce((sum, bytes) => sum + bytes, 0) };
  } catch {
    return undefined;
  }
}

async function ask(query: string): Promise<string> {
  return (await promisify(execFile)('nvidia-smi', [query, FORMAT], { timeout: 10_000 })).stdout;
}

/**
 * The bytes of each process in the answer to `--query-compute-apps=pid,used_memory`: a line for each process and card, in MiB. Some systems
 * write `[N/A]` for the memory.
 */
export function parseProcesses(csv: string): ReadonlyMap<number, number> {
  const processes = new Map<number, number>();
  for (const [, pid, mib] of csv.matchAll(/^ *(\d+), *(\d+) *$/gm)) {
    processes.set(Number(pid), (processes.get(Number(pid)) ?? 0) + bytesOf(mib!));
  }
  return processes;
}

/** The bytes in use of each card in the answer to `--query-gpu=memory.used`, in MiB. */
export function parseCardUse(csv: string): readonly number[] {
  return [...csv.matchAll(/^ *(\d+) *$/gm)].map(([, mib]) => bytesOf(mib!));
}

const bytesOf = (mib: string) => Number(mib) * 2 ** 20;

/**
 * The memory that one process holds on cards. Frameworks keep what they have allocated once, so what one holds after its work is its
 * peak, and nothing must be sampled during the work, which that would disturb.
 */
export class GpuMemory {
  #before: GpuUse | undefined;
  #peak: number | undefined;

  /** To be called before the process starts. */
  async begin(): Promise<void> {
    this.#before = await readGpuUse();
  }

  /**
   * To be called after work of the process.
   *
   * @param alone whether no other process has worked since {@link begin}: then, where nvidia-smi does not list the process, what the cards have
   *   more in use than before is its memory
   */
  async sample(pid: number, alone: boolean): Promise<void> {
    const use = this.#before && (await readGpuUse());
    if (use === undefined) return;
    const grown = alone ? Math.max(0, use.total - this.#before!.total) : undefined;
    const held = use.processes.get(pid) ?? grown;
    if (held !== undefined) this.#peak = Math.max(this.#peak ?? 0, held);
  }

  /** In MB of 10^6 bytes; undefined if unknown. */
  get peakMb(): number | undefined {
    return this.#peak && Math.round(this.#peak / 1e6);
  }
}
