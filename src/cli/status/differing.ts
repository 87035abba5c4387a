import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parse } from 'yaml';
import type { Config } from '../../registry/config.js';
import { runFile } from '../../pipeline/paths.js';
import { configNameOf, paramsOf } from '../../pipeline/run-name.js';
import type { Components } from '../../registry/kinds.js';
import { mapAtOnce } from '../../support/at-once.js';

/** Reading more configs takes too long for a list. */
const MOST = 200;
/** The number of a run's values to show. */
const SHOWN = 4;

/**
 * The values that distinguish runs of the same name: `seed=43, loss.lambda.forward=5`, by run folder. Runs with a unique name or an unreadable config
 * have no entry.
 */
export async function differing(
  runDirs: readonly string[],
  components: Components,
): Promise<ReadonlyMap<string, string>> {
  const groups = new Map<string, string[]>();
  for (const dir of runDirs) {
    const name = configNameOf(basename(dir));
    groups.set(name, [...(groups.get(name) ?? []), dir]);
  }
  const texts = new Map<string, string>();
  for (const dirs of groups.values()) {
    if (dirs.length < 2 || dirs.length > MOST) continue;
    const params = await mapAtOnce(dirs, (dir) => paramsIn(dir, components));
    const known = params.filter((each) => each !== undefined);
    const keys = [...new Set(known.flatMap((each) => Object.keys(each)))];
    const varying = keys.filter((key) => new Set(known.map((each) => each[key])).size > 1);
    dirs.forEach((dir, i) => texts.set(dir, textOf(params[i], varying)));
  }
  return texts;
}

type Params = ReturnType<typeof paramsOf>;

function textOf(params: Params | undefined, varying: readonly string[]): string {
  const own = params === undefined ? [] : varying.filter((key) => params[key] !== undefined);
  const shown = own.slice(0, SHOWN).map((key) => `${key}=${String(params![key])}`);
  return [...shown, ...(own.length > SHOWN ? [`${own.length - SHOWN} more`] : [])].join(', ');
}

async function paramsIn(runDir: string, components: Components): Promise<Params | undefined> {
  try {
    return paramsOf(parse(await readFile(runFile.config(runDir), 'utf8')) as Config, components);
  } catch {
    // `status` reports the problem with the run itself.
    return undefined;
  }
}
