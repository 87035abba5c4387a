import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { changedOptions } from '../../config/changed-options.js';
import { optionDifferences, sharedNumber } from '../../config/config-differences.js';
import type { Config } from '../../registry/config.js';
import type { Components } from '../../registry/kinds.js';
import type { ConfigDifferences } from '../../report/run/run-report.js';
import { isEqualJson, isJsonObject, type Json, type JsonObject } from '../../support/json.js';
import { runFile } from '../paths.js';
import type { StageRecord } from '../stage-record.js';

/** How a run's config differs from that of the run that it continues, or else from the defaults. */
export async function reportedDifferences(
  config: JsonObject,
  records: ReadonlyMap<string, StageRecord>,
  runsRoot: string,
  components: Components,
): Promise<ConfigDifferences | null> {
  const parent = [...records.values()].find((record) => record.parent !== undefined)?.parent;
  const parentDir = parent === undefined ? undefined : join(runsRoot, dirname(parent.dir));
  const before = parentDir === undefined ? undefined : await configOf(parentDir);
  if (parentDir !== undefined && before !== undefined)
    return { from: basename(parentDir), options: between(before, config) };
  try {
    const options = changedOptions(config as unknown as Config, components);
    return {
      from: 'the defaults',
      options: options.map(({ path, value, before }) => ({ path, value: textOf(value), before: textOf(before) })),
    };
  } catch {
    // A config of another version.
    return null;
  }
}

async function configOf(runDir: string): Promise<JsonObject | undefined> {
  try {
    const config: unknown = parse(await readFile(runFile.config(runDir), 'utf8'), { logLevel: 'error' });
    return isJsonObject(config) ? config : undefined;
  } catch {
    return undefined;
  }
}

function between(before: JsonObject, now: JsonObject): ConfigDifferences['options'] {
  return optionDifferences([before, now]).flatMap(({ path, values: [old, own] }) =>
    path[0] === 'name' || isEqualJson(own, old)
      ? []
      : [{ path: path.join('.'), value: textOf(own), before: textOf(old) }],
  );
}

/** As in YAML: `[psnr, ssim]`, `{forward: 10, backward: 5}`. */
function textOf(value: Json | undefined): string {
  if (value === undefined) return '–';
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  if (!isJsonObject(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const shared = sharedNumber(value);
  if (shared !== undefined) return String(shared);
  return `{${Object.entries(value)
    .map(([key, item]) => `${key}: ${textOf(item)}`)
    .join(', ')}}`;
}
