import { parsedRecord } from '../../pipeline/journal.js';
import { linesOf } from '../../pipeline/lines.js';
import { runFile } from '../../pipeline/paths.js';

export interface Point {
  readonly step: number;
  readonly value: number;
}

/** Values of a run by step, by name: `loss/G/total`. */
export type Curves = ReadonlyMap<string, readonly Point[]>;

/** A curve has up to twice as many. */
const MOST_POINTS = 200;
/** Curves on the machine, not on the training. */
const NOT_SHOWN = /^(speed|memory|time|data)\/|^learning-rate$/;

/** Reads the curves of a run from its journal, at a bounded number of points: neighbours are averaged. */
export function readCurves(runDir: string): Curves {
  const stages = new Map<string, Map<string, ThinnedCurve>>();
  for (const line of linesOf(runFile.journal(runDir))) {
    const isStart = line.startsWith('{"kind":"stage-started"');
    if (!isStart && !line.startsWith('{"kind":"metric"')) continue;
    const record = parsedRecord(line);
    // A stage that starts over computes its curves again.
    if (record?.kind === 'stage-started' && !record.value.resumes) stages.delete(record.stage);
    if (record?.kind !== 'metric' || NOT_SHOWN.test(record.name)) continue;
    const curves = stages.get(record.stage) ?? new Map<string, ThinnedCurve>();
    stages.set(record.stage, curves);
    const curve = curves.get(record.name) ?? new ThinnedCurve();
    curves.set(record.name, curve.add(record.step, record.value));
  }
  const all = [...stages.values()].flatMap((curves) => [...curves]);
  return new Map(all.map(([name, curve]) => [name, curve.points()] as const).filter(([, points]) => points.length > 1));
}

/** Keeps the means of equally many neighbours each. */
export class ThinnedCurve {
  #points: Point[] = [];
  /** Neighbours of each point. */
  #stride = 1;
  #sum = { count: 0, step: 0, value: 0 };

  /** A value that is not finite leaves a gap. */
  add(step: number, value: number): this {
    if (!Number.isFinite(value)) return this;
    const sum = this.#sum;
    [sum.count, sum.step, sum.value] = [sum.count + 1, sum.step + step, sum.value + value];
    if (sum.count < this.#stride) return this;
    this.#points.push(mean(sum));
    this.#sum = { count: 0, step: 0, value: 0 };
    if (this.#points.length === 2 * MOST_POINTS) this.#halve();
    return this;
  }

  /** With what is left over at the end. */
  points(): Point[] {
    return this.#sum.count > 0 ? [...this.#points, mean(this.#sum)] : [...this.#points];
  }

  #halve(): void {
    const pairs = Array.from(
      { length: MOST_POINTS },
      (_, i) => [this.#points[2 * i]!, this.#points[2 * i + 1]!] as const,
    );
    this.#points = pairs.map(([a, b]) => ({ step: (a.step + b.step) / 2, value: (a.value + b.value) / 2 }));
    this.#stride *= 2;
  }
}

function mean({
  count,
  step,
  value,
}: {
  readonly count: number;
  readonly step: number;
  readonly value: number;
}): Point {
  return { step: step / count, value: value / count };
}
