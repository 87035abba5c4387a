import type { Config } from '../config/config.js';
import { sha256 } from '../support/hash.js';
import type { Json, JsonObject } from '../support/json.js';
import { dropPasswords } from '../support/passwords.js';
import type { GraphStage } from './graph.js';
import type { PluginContent } from './plugin-content.js';
import { omit, pick } from './view.js';

/** Config that a stage may read and that never changes a result. Plugins count by their content instead of their paths. */
const uncounted = ['name', 'tracking', 'engine.mode', 'plugins'];

/**
 * Everything that decides what a stage makes, as plain data: its hash is the fingerprint, and it is kept in stage.json so that a
 * later run can say what changed. Formatting, paths of plugins, names, trackers and passwords are not in it.
 */
export interface FingerprintParts {
  readonly [key: string]: Json;
  /** Another component would make something else; a component raises its version when it would. */
  readonly stage: { readonly type: string; readonly version: number };
  /** The stage's own options, from its section under `stages`. */
  readonly options: JsonObject;
  /** The config that the stage declares to read; it can see no other. What `files` tells better is left out. */
  readonly config: JsonObject;
  /** What the stage says of its input files: the same config over other pictures is another result. */
  readonly files: Json;
  /** A plugin can change or replace any component. */
  readonly plugins: readonly PluginContent[];
  /** Artifact kind to the fingerprint of what is consumed: a change upstream is a change here, and so is another wiring. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The fingerprint of what `--from RUN` goes on from, for a stage that continues it; else null. */
  readonly from: string | null;
}

export interface FingerprintFacts {
  readonly config: Config;
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
    config: dropPasswords(
      omit(pick(facts.config as unknown as JsonObject, stage.reads), [...uncounted, ...stage.identified]),
    ),
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
