import { metricPath, parseMetricName } from '../../registry/metric-name.js';
import { didYouMean } from '../../support/did-you-mean.js';
import type { Json } from '../../support/json.js';
import { invalid, type Outcome, valid } from '../../support/outcome.js';
import { meansOf, type RecordedValue } from '../../evaluation/recorded-values.js';
import { configValue, pathsOf } from '../recorded-config.js';
import type { RunEntry } from '../run-entry.js';

/** What a column, a condition or the order is about: a fact on the run, a config key or a metric. */
export interface Field {
  /** In full: `kd-efficientnet-lite0` if `kd` was given. */
  readonly name: string;
  readonly kind: 'run' | 'config' | 'metric';
  /** Undefined if the run has none. */
  readonly valueOf: (run: RunEntry) => Json | undefined;
  /** Of a metric. */
  readonly better?: RecordedValue['better'];
  readonly unit?: string;
  readonly diagnostic?: true;
  /** What measured it, if not the run's evaluation: `validate`, the stage of a second evaluation. */
  readonly source?: string;
  /** Whether it is of one direction only. */
  readonly isDirected?: boolean;
}

/** Facts on the run itself. */
export const OWN = ['name', 'status', 'started', 'finished', 'seconds', 'problem', 'dir'] as const;

/** Everything that a table over some runs may be about. */
export class Fields {
  readonly #metrics: ReadonlyMap<string, Field>;
  readonly #config: readonly string[];

  constructor(runs: readonly RunEntry[]) {
    const means = new Map(runs.map((run) => [run, meansOf(run.metrics)]));
    const metrics = new Map<string, Field>();
    const sources = sourcesOf(runs);
    for (const run of runs) {
      for (const [name, mean] of means.get(run)!)
        note(metrics, { name, source: sources.get(name) ?? '' }, mean, (each) => means.get(each)?.get(name));
    }
    for (const run of runs) {
      for (const [name, measured] of run.metrics) {
        const { source, direction } = parseMetricName(name);
        note(metrics, { name, source, isDirected: direction !== null }, measured, (each) => each.metrics.get(name));
      }
    }
    this.#metrics = metrics;
    this.#config = [...new Set(runs.flatMap(({ config }) => (config === null ? [] : pathsOf(config))))];
  }

  /** The metrics, means over both directions first. */
  metrics(): Field[] {
    return [...this.#metrics.values()];
  }

  /** By its full name, or by the beginning of a metric's name if it is the beginning of one only. */
  find(name: string): Outcome<Field> {
    const field = this.#exact(name);
    if (field !== undefined) return valid(field);
    const [only, ...others] = this.#beginningWith(name);
    if (only === undefined) return invalid(this.#unknown(name));
    if (others.length === 0) return valid(only);
    const names = [only, ...others].map((each) => each.name);
    return invalid({
      code: 'unknown-key',
      message: `More than one metric begins with "${name}".`,
      cure: `Name one of: ${names.join(', ')}.`,
    });
  }

  #exact(name: string): Field | undefined {
    const own = OWN.find((each) => each === name);
    if (own !== undefined) return { name, kind: 'run', valueOf: (run) => run[own] ?? undefined };
    return this.#metrics.get(name) ?? (this.#config.includes(name) ? configField(name) : undefined);
  }

  /** `kd` means the mean over both directions where there is one. */
  #beginningWith(name: string): Field[] {
    const all = this.metrics().filter((field) => field.name.startsWith(name));
    const whole = all.filter((field) => field.isDirected !== true);
    return whole.length > 0 ? whole : all;
  }

  #unknown(name: string) {
    const known = [...OWN, ...this.#metrics.keys(), ...this.#config];
    // `lambda` for `loss.lambda`, `metrics.psnr` for `psnr`, `recall` for `pr/recall`.
    const part = known.find(
      (each) => [`.${name}`, `/${name}`].some((end) => each.endsWith(end)) || name.endsWith(`.${each}`),
    );
    const near = part ?? didYouMean(name, known);
    const metrics = this.metrics().filter((field) => field.isDirected !== true);
    const list =
      metrics.length === 0 ? 'they have no metrics yet' : `metrics: ${metrics.map((each) => each.name).join(', ')}`;
    return {
      code: 'unknown-key',
      message: `None of the runs has a config key or metric "${name}".`,
      cure:
        near === undefined
          ? `Keys of a config such as loss.lambda, ${OWN.slice(0, 5).join(', ')}; ${list}.`
          : `Did you mean "${near}"?`,
    } as const;
  }
}

/** Where the values of each mean come from. */
function sourcesOf(runs: readonly RunEntry[]): Map<string, string> {
  const names = runs.flatMap(({ metrics }) => [...metrics.keys()].map(parseMetricName));
  return new Map(names.map((name) => [metricPath({ ...name, direction: null }), name.source]));
}

/** A config key, whether or not a run has it. */
export function configField(path: string): Field {
  return { name: path, kind: 'config', valueOf: ({ config }) => configValue(config, path) };
}

/** Adds a metric; the first run that says which values are better, and their unit, decides. */
function note(
  all: Map<string, Field>,
  about: Pick<Field, 'name' | 'source' | 'isDirected'>,
  measured: RecordedValue,
  of: (run: RunEntry) => RecordedValue | undefined,
): void {
  const { name } = about;
  const known = all.get(name);
  const better = known?.better ?? measured.better;
  const unit = known?.unit ?? measured.unit;
  if (known !== undefined && known.better === better && known.unit === unit) return;
  all.set(name, {
    ...(known ?? about),
    kind: 'metric',
    valueOf: (run) => of(run)?.value,
    ...(better && { better }),
    ...(unit !== undefined && { unit }),
    ...(measured.diagnostic && { diagnostic: true }),
  });
}
