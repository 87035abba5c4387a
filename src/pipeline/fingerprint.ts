import { sha256 } from '../support/hash.js';
import type { Json, JsonObject } from '../support/json.js';
import { dropPasswords } from '../support/passwords.js';
import type { GraphStage } from './graph-stage.js';
import type { PluginContent } from './plugin-use.js';
import { omit, pick } from './view.js';

/**
 * Everything that decides what a stage makes, as plain data: its hash is the fingerprint, and it is kept in stage.json so that a
 * later run can say what changed. Formatting, paths, names, trackers, bookkeeping and passwords are not in it.
 */
export interface FingerprintParts {
  readonly [key: string]: Json;
  /** Another component would make something else; a component raises its version when it would. */
  readonly stage: { readonly type: string; readonly version: number };
  /** The stage's own options, from its section under `stages`. */
  readonly options: JsonObject;
  /** The config that the stage declares to read; it can see no other. What `files` tells better is left out. */
  readonly config: JsonObject;
  /** What the stage says of its input files: the same config over other images is another result. */
  readonly files: Json;
  /** Those that a component of the stage comes from, or one that the config it reads names. */
  readonly plugins: readonly PluginContent[];
  /** Artifact kind to the fingerprint of what comes from upstream: a change there is a change here, and so is another wiring. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The fingerprint of what `--from RUN` goes on from, for a stage that continues it; else null. */
  readonly from: string | null;
}

export interface FingerprintFacts {
  /** See {@link countedConfig}. */
  readonly counted: JsonObject;
  readonly files: Json;
  readonly plugins: readonly PluginContent[];
  /** Fingerprints of stages, by stage name; those of the inputs must be there. */
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
    options: dropPasswords(stage.options),
    config: omit(pick(facts.counted, stage.reads), stage.coveredByIdentity),
    files: facts.files,
    plugins: facts.plugins,
    inputs: Object.fromEntries(inputs),
    from: stage.component.continues === true ? (facts.from ?? null) : null,
  };
}

/** The hash of the parts, in hexadecimal. */
export function fingerprintOf(parts: FingerprintParts): string {
  return sha256(parts);
}
