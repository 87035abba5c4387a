import { relative, sep } from 'node:path';
import type { Config } from '../registry/config.js';
import { sha256 } from '../support/hash.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { dropPasswords } from '../support/passwords.js';
import type { FingerprintParts } from './fingerprint.js';
import type { PluginContent } from './plugin-use.js';
import type { PlannedStage } from './planned-stage.js';
import type { StageRecord } from './stage-record.js';
import { omit } from './view.js';

/** Support for runs of earlier versions (stage records of format 2): finds them, and compares their records. */

const UNCOUNTED = ['name', 'evaluate', 'export', 'engine.mode', 'engine.device', 'engine.xla', 'engine.replicas', 'launcher', 'tracking', 'plugins', 'dataset.mirror']; // prettier-ignore

/**
 * The hash at the end of a run's name, as earlier versions computed it: with bookkeeping, every plugin, and paths.
 *
 * @param base the parent of the runs' root: paths below it were relative to it
 */
export function formerRunHash(
  config: Config,
  plugins: readonly PluginContent[],
  from: string | undefined,
  base: string,
): string {
  const stages = Object.fromEntries(
    Object.entries(config.stages).map(([name, stage]) => [name, { ...stage, needs: [...stage.needs].sort() }]),
  );
  const counted = { ...omit(config as unknown as JsonObject, UNCOUNTED), stages };
  return sha256({ config: portable(dropPasswords(counted), base), plugins, from: from ?? null }).slice(0, 8);
}

/**
 * A record's parts as this version would have written them: without config and plugins that no longer count. The dropped plugins cannot have
 * mattered: a plugin cannot replace a component, and the config names the same ones.
 */
export function currentParts(record: StageRecord, stage: PlannedStage): FingerprintParts {
  const { parts, former } = record;
  if (!former) return parts;
  const counting = new Set(stage.parts.plugins.map(({ name }) => name));
  const plugins = parts.plugins.filter(({ name }) => counting.has(name));
  return { ...parts, config: omit(parts.config, uncountedIn(record, stage)), plugins };
}

/** Paths that counted in a former record and no longer count. */
function uncountedIn({ parts }: StageRecord, { bookkeeping }: PlannedStage): string[] {
  const sections = Object.entries(bookkeeping).filter(([key]) => key in parts.config);
  return sections.flatMap(([key, options]) => Object.keys(options as object).map((option) => `${key}.${option}`));
}

function portable(value: Json, base: string): Json {
  if (typeof value === 'string') return value.startsWith(`${base}${sep}`) ? relative(base, value) : value;
  if (Array.isArray(value)) return value.map((item) => portable(item as Json, base));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, portable(item, base)]));
}
