import { sha256 } from '../support/hash.js';
import type { Json, JsonObject } from '../support/json.js';
import type { GraphStage } from './graph-stage.js';
import type { PluginContent } from './plugin-use.js';
import { omit, pick } from './view.js';

/**
 * Everything that determines a stage's result, as plain data. Its hash is the fingerprint; it is kept in stage.json so that a later run can
 * report what changed. It excludes formatting, paths, names, trackers, bookkeeping and passwords.
 */
export interface FingerprintParts {
  readonly [key: string]: Json;
  /** A component raises its version when its results change. */
  readonly stage: { readonly type: string; readonly version: number };
  /** The stage's own options, from its section under `stages`, as far as they count. */
  readonly options: JsonObject;
  /** The config that the stage declares to read, without what `files` covers. */
  readonly config: JsonObject;
  /** The stage's identity of its input files: other images give another result. */
  readonly files: Json;
  /** The plugins that define the stage's component, or a component in the config that it reads. */
  readonly plugins: readonly PluginContent[];
  /** Fingerprints of the inputs by artifact kind: changes of earlier stages and of the wiring propagate. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The fingerprint of the result that `--from RUN` continues, for a stage that continues it; else null. */
  readonly from: string | null;
}

export interface FingerprintFacts {
  /** See {@link countedConfig}. */
  readonly counted: JsonObject;
  readonly files: Json;
  readonly plugins: readonly PluginContent[];
  /** Fingerprints by stage name; must contain the stage's inputs. */
  readonly fingerprints: ReadonlyMap<string, string>;
  readonly from?: string;
}

/** The parts of a stage's fingerprint. */
export function fingerprintParts(stage: GraphStage, facts: FingerprintFacts): FingerprintParts {
  const inputs = Object.entries(stage.inputs).map(
    ([artifact, from]) => [artifact, facts.fingerprints.get(from)!] as const,
  );
  return {
    stage: { type: stage.type, version: stage.component.version },
    options: optionsOf(stage, facts.counted),
    config: omit(pick(facts.counted, stage.reads), stage.coveredByIdentity),
    files: facts.files,
    plugins: facts.plugins,
    inputs: Object.fromEntries(inputs),
    from: stage.component.continues === true ? (facts.from ?? null) : null,
  };
}

function optionsOf({ name }: GraphStage, counted: JsonObject): JsonObject {
  const stages = counted['stages'] as Readonly<Record<string, JsonObject>>;
  return omit(stages[name]!, ['type', 'needs']);
}

/** The hash of the parts, in hexadecimal. */
export function fingerprintOf(parts: FingerprintParts): string {
  return sha256(parts);
}
