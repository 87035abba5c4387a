import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isJsonObject, type Json } from '../../support/json.js';
import { runFile } from '../paths.js';
import { readRecord, type StageRecord } from '../stage-record.js';
import { foldersIn } from '../storage/store-entries.js';

/** A stage of a run, as read from its folder. */
export interface FoundStage {
  readonly name: string;
  readonly type: string;
  readonly record?: StageRecord;
  /** Whether its stage.json exists but cannot be read. */
  readonly damaged: boolean;
}

export interface FoundStages {
  readonly stages: readonly FoundStage[];
  /** A problem of the run's folder. */
  readonly problem: string | null;
}

/** The stages of a run, in order: those of its config, or if that cannot be read, those with a folder. */
export async function findStages(runDir: string): Promise<FoundStages> {
  const config = await configuredTypes(runDir);
  if (typeof config !== 'string') {
    const stages = await Promise.all([...config].map(([name, type]) => stageAt(runDir, name, type)));
    return { stages, problem: null };
  }
  const folders = (await foldersIn(runDir)).filter((name) => !name.includes('.'));
  const left = await Promise.all(folders.map((name) => stageAt(runDir, name, name)));
  const problem = `${config}: these are the stages that have left something.`;
  return { stages: inOrder(left.filter(({ record, damaged }) => damaged || record !== undefined)), problem };
}

async function stageAt(runDir: string, name: string, type: string): Promise<FoundStage> {
  const dir = runFile.stage(runDir, name);
  const record = await readRecord(dir);
  const damaged = record === undefined && (await fileExists(join(dir, 'stage.json')));
  return { name, type: record?.parts.stage.type ?? type, damaged, ...(record !== undefined && { record }) };
}

/** By start time, and after the stages that they consumed, which have no folder here if they are shared. */
function inOrder(left: readonly FoundStage[]): FoundStage[] {
  const byName = new Map(left.map((stage) => [stage.name, stage]));
  const ordered = new Map<string, FoundStage>();
  const add = (name: string) => {
    if (ordered.has(name)) return;
    const stage = byName.get(name) ?? { name, type: name, damaged: false };
    for (const input of Object.values(stage.record?.inputs ?? {})) if (input.stage !== name) add(input.stage);
    ordered.set(name, stage);
  };
  const begun = [...left].sort((a, b) => (a.record?.started ?? '~').localeCompare(b.record?.started ?? '~'));
  for (const { name } of begun) add(name);
  return [...ordered.values()];
}

/** The types of a run's stages by name, or a message why its config has none. */
async function configuredTypes(runDir: string): Promise<Map<string, string> | string> {
  const file = runFile.config(runDir);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return (await fileExists(file)) ? 'config.yaml cannot be read' : 'config.yaml is gone';
  const stages = stagesIn(sectionOf(text)) ?? stagesIn(text);
  if (stages === undefined) return 'config.yaml is damaged';
  return new Map(Object.entries(stages).map(([name, stage]) => [name, typeOf(stage) ?? name]));
}

/** The section on stages: parsing the rest of the config takes a second for a thousand runs. */
function sectionOf(text: string): string {
  return /^stages:.*(?:\n(?:[ #].*)?)*/m.exec(text)?.[0] ?? '';
}

function stagesIn(text: string): Readonly<Record<string, Json>> | undefined {
  try {
    const config: unknown = parse(text);
    return isJsonObject(config) && isJsonObject(config['stages']) ? config['stages'] : undefined;
  } catch {
    return undefined;
  }
}

function typeOf(stage: Json | undefined): string | undefined {
  return isJsonObject(stage) && typeof stage['type'] === 'string' ? stage['type'] : undefined;
}

async function fileExists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
