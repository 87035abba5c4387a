import type { ReportEnvironment } from '../../report/run/run-report.js';
import { isJsonObject, type Json, type JsonObject } from '../../support/json.js';
import { typed } from '../../support/shell.js';
import { readEnvironment } from '../recorded-environment.js';
import type { StageRecord } from '../stage-record.js';

/** The environment of the run's training, else of its first stage: that of the last attempt, from environment.json. */
export async function environmentIn(
  runDir: string,
  records: ReadonlyMap<string, StageRecord>,
): Promise<ReportEnvironment | null> {
  const all = await readEnvironment(runDir);
  const trained = Object.keys(all).find((stage) => records.get(stage)?.parts.stage.type === 'train');
  const attempts = all[trained ?? Object.keys(all)[0] ?? ''];
  const attempt = Array.isArray(attempts) ? (attempts as readonly Json[]).at(-1) : undefined;
  return isJsonObject(attempt ?? null) ? environmentOf(attempt as JsonObject) : null;
}

function environmentOf({ command, git, seed, versions, machine }: JsonObject): ReportEnvironment {
  const words = Array.isArray(command) ? command.filter((word) => typeof word === 'string') : [];
  const state = isJsonObject(git ?? null) ? (git as JsonObject) : {};
  return {
    command: words.map(typed).join(' '),
    commit: textOrNull(state['commit']),
    branch: textOrNull(state['branch']),
    dirty: state['dirty'] === true,
    remote: textOrNull(state['remote']),
    seed: typeof seed === 'number' ? seed : null,
    versions: isJsonObject(versions ?? null) ? (versions as JsonObject) : {},
    machine: isJsonObject(machine ?? null) ? (machine as JsonObject) : {},
  };
}

function textOrNull(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
