import { isEqualJson, isJsonObject, type Json, type JsonObject } from '../../support/json.js';
import type { RunEntry } from '../run-entry.js';
import { readEnvironment } from '../../pipeline/recorded-environment.js';
import { omit } from '../../pipeline/view.js';

/** A fact on where and with what stages ran, and its value for each run; null if unknown. */
export interface EnvironmentDifference {
  /** The stages that it concerns. */
  readonly stages: readonly string[];
  readonly key: string;
  readonly values: readonly Json[];
}

/** What can change a stage's numbers, other than its config: versions, code, machine, threads. */
export async function environmentDifferences(runs: readonly RunEntry[]): Promise<EnvironmentDifference[]> {
  const all = await Promise.all(runs.map(factsOf));
  const stages = [...new Set(all.flatMap((facts) => [...facts.keys()]))];
  const differences = stages.flatMap((stage) => {
    // A stage that one of the runs lacks shows in the metrics.
    const facts = all.map((each) => each.get(stage) ?? null);
    const keys = [...new Set(facts.flatMap((each) => Object.keys(each ?? {})))];
    const rows = keys.map((key) => ({ stages: [stage], key, values: facts.map((each) => each?.[key] ?? null) }));
    return facts.includes(null)
      ? []
      : rows.filter(({ values }) => !values.every((value) => isEqualJson(value, values[0])));
  });
  return merged(differences);
}

/** The facts on each stage of a run's own. */
async function factsOf({ dir, records }: RunEntry): Promise<Map<string, JsonObject>> {
  const environment = await readEnvironment(dir);
  return new Map(
    [...records].map(([stage, { parts }]) => {
      const attempts = environment[stage];
      const last = Array.isArray(attempts) ? (attempts as readonly Json[]).at(-1) : undefined;
      const plugins = Object.fromEntries(
        parts.plugins.map(({ name, sha256 }) => [`plugin ${name}`, sha256.slice(0, 8)]),
      );
      return [
        stage,
        { ...shownFacts(isJsonObject(last) ? last : {}), 'stage version': parts.stage.version, ...plugins },
      ];
    }),
  );
}

function shownFacts({ versions, git, packageLock, machine }: JsonObject): JsonObject {
  const engine = memberOf(versions, 'engine');
  // Node's version is the run's own.
  const { kind, settings, ...facts } = omit(isJsonObject(engine) ? engine : {}, ['node']);
  const commit = memberOf(git, 'commit');
  return {
    runner: memberOf(versions, 'runner'),
    node: memberOf(versions, 'node'),
    // Older records have no device, and none was other than what the engine is for.
    ...(kind !== undefined && { device: kind }),
    ...facts,
    ...(isJsonObject(settings ?? null) ? (settings as JsonObject) : {}),
    commit:
      typeof commit !== 'string'
        ? null
        : `${commit.slice(0, 8)}${memberOf(git, 'dirty') === true ? ' and changes' : ''}`,
    packages: typeof packageLock === 'string' ? packageLock.slice(0, 8) : null,
    ...Object.fromEntries(
      ['host', 'system', 'processor', 'cores', 'threads'].map((key) => [key, memberOf(machine, key)]),
    ),
  };
}

function memberOf(value: Json | undefined, key: string): Json {
  return isJsonObject(value) ? (value[key] ?? null) : null;
}

/** One row for stages with the same values. */
function merged(rows: readonly EnvironmentDifference[]): EnvironmentDifference[] {
  const all: EnvironmentDifference[] = [];
  for (const row of rows) {
    const at = all.findIndex(
      ({ key, values }) => key === row.key && values.every((value, i) => isEqualJson(value, row.values[i])),
    );
    if (at < 0) all.push(row);
    else all[at] = { ...row, stages: [...all[at]!.stages, ...row.stages] };
  }
  return all;
}
