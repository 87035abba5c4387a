import { availableParallelism, cpus, totalmem } from 'node:os';
import { OURS } from './contestants.js';
import type { Facts } from './protocol.js';
import type { Result } from './race.js';
import { compareTimes, median, range, type Range, type Ratio } from './statistics.js';

/** One contestant in one case. Times are seconds per unit: a step, a start, an image, a batch. */
export interface Row {
  readonly who: string;
  readonly what: string;
  readonly case: string;
  readonly size: number;
  readonly batch: number;
  readonly precision: string;
  /** The median of the rounds; null if not measured. */
  readonly seconds: number | null;
  readonly range: Range | null;
  readonly rounds: readonly number[];
  /** Peak memory of the process, in MB of 10^6 bytes. */
  readonly peakMb: number | null;
  /** Its memory on a GPU, in MB of 10^6 bytes; null without one. */
  readonly gpuMb: number | null;
  /** How many operations a step runs; null if not counted. */
  readonly launches: number | null;
  /** How many numbers the kernels of all convolutions have: equal for all who run the same networks. */
  readonly weights: number | null;
  /** From the start of the process to the start of its first step. */
  readonly startupSeconds: number | null;
  readonly device: string | null;
  readonly notMeasured?: string;
  readonly [more: string]: unknown;
}

export interface Comparison extends Ratio {
  /** Our peak memory divided by the other's. */
  readonly memory: number | null;
}

export interface Report {
  readonly machine: Readonly<Record<string, unknown>>;
  readonly rows: readonly Row[];
  /** By `<case> <precision> <who>/ours`. */
  readonly ratios: Readonly<Record<string, Comparison>>;
}

export function row(result: Result, more: Readonly<Record<string, unknown>> = {}): Row {
  const { entry, seconds, peakMb, gpuMb, launches, weights, startupSeconds, facts, notMeasured } = result;
  const measured = notMeasured === undefined && seconds.length > 0;
  return {
    who: entry.who,
    what: entry.what,
    case: entry.case.name,
    size: entry.case.size,
    batch: entry.case.batch,
    precision: entry.precision,
    seconds: measured ? median(seconds) : null,
    range: measured ? range(seconds) : null,
    rounds: seconds,
    peakMb: peakMb ?? null,
    gpuMb: gpuMb ?? null,
    launches: launches ?? null,
    weights: weights ?? null,
    startupSeconds: startupSeconds ?? null,
    device: facts['device'] ?? null,
    ...more,
    ...(notMeasured !== undefined && { notMeasured: notMeasured.why }),
  };
}

/** Compares each peer with ours, in all cases that both completed. */
export function ratios(rows: readonly Row[]): Record<string, Comparison> {
  const found: Record<string, Comparison> = {};
  for (const other of rows.filter(({ who }) => who !== OURS)) {
    const same = (row: Row) => row.case === other.case && row.precision === other.precision && row.what === other.what;
    const own = rows.find((row) => row.who === OURS && same(row));
    if (own === undefined || own.seconds === null || other.seconds === null) continue;
    const ratio = compareTimes(other.rounds, own.rounds);
    if (ratio === undefined) continue;
    const memory = own.peakMb === null || other.peakMb === null ? null : own.peakMb / other.peakMb;
    found[ratioName(other)] = { ...ratio, memory };
  }
  return found;
}

export function ratioName({ case: name, precision, who }: Row): string {
  return `${name} ${precision} ${who}/${OURS}`;
}

/**
 * The machine and the software of the measurements.
 * @param load average number of busy processes before
 */
export function machine(results: readonly Result[], load: number): Readonly<Record<string, unknown>> {
  const software: Record<string, Facts> = {};
  for (const { entry, facts } of results) software[entry.who] = { ...software[entry.who], ...facts };
  return {
    cpu: cpus()[0]?.model ?? process.arch,
    cores: availableParallelism(),
    memoryGb: Number((totalmem() / 1e9).toFixed(1)),
    load: Number(load.toFixed(2)),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    software,
  };
}
