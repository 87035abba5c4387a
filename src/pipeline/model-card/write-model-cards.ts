import { join } from 'node:path';
import { parse } from 'yaml';
import { makeModelCard } from '../../report/card/make-model-card.js';
import type { CardFacts } from '../../report/card/card-facts.js';
import type { ReportCheckpoint, RunReport } from '../../report/run/run-report.js';
import type { Direction } from '../../registry/kinds/export-format.js';
import { errorCode, writeFileAtomic } from '../../support/files.js';
import { isJsonObject, type JsonObject } from '../../support/json.js';
import { hidePasswords } from '../../support/passwords.js';
import { runFile } from '../paths.js';
import { readRuns } from '../run-status.js';
import type { StageRecord } from '../stage-record.js';
import { exportsIn } from './exports-in.js';

const CARD = 'README.md';

/**
 * Writes a model card beside the exports of each direction, `export/AtoB/README.md`. What it says of metrics comes from the run's evaluation, which
 * the export itself does not see. Exports of earlier versions, which do not say enough of themselves, get none.
 *
 * @returns the files that were written
 */
export async function writeModelCards(runDir: string, report: RunReport): Promise<readonly string[]> {
  const [{ records }] = (await readRuns([runDir])) as [Awaited<ReturnType<typeof readRuns>>[number]];
  const written: string[] = [];
  for (const [stage, record] of records) {
    if (record.status !== 'done' || record.parts.stage.type !== 'export') continue;
    for (const direction of ['AtoB', 'BtoA'] as const) {
      const facts = await factsOf(runDir, stage, record, direction, report, records);
      if (facts === undefined) continue;
      const file = join(runFile.stage(runDir, stage), direction, CARD);
      // Its folder may have been deleted since.
      const isWritten = await writeFileAtomic(file, makeModelCard(facts)).then(() => true, ifMissing);
      if (isWritten) written.push(file);
    }
  }
  return written;
}

function ifMissing(error: unknown): false {
  if (errorCode(error) === 'ENOENT') return false;
  throw error;
}

async function factsOf(
  runDir: string,
  stage: string,
  record: StageRecord,
  direction: Direction,
  report: RunReport,
  records: ReadonlyMap<string, StageRecord>,
): Promise<CardFacts | undefined> {
  const exports = await exportsIn(runFile.stage(runDir, stage), record, direction);
  if (exports.length === 0) return undefined;
  const config = configOf(report);
  const license = isJsonObject(config['export'] ?? null) ? (config['export'] as JsonObject)['license'] : null;
  const step = typeof record.outputs['step'] === 'number' ? record.outputs['step'] : null;
  const version = report.environment?.versions['runner'];
  return {
    run: report.name,
    direction,
    license: typeof license === 'string' ? license : null,
    config,
    imported: importedOf(config, stage, direction, records),
    step,
    measured: measuredAt(step, direction, report),
    descriptions: report.descriptions,
    data: report.data,
    version: typeof version === 'string' ? version : null,
    exports,
  };
}

/** The checkpoint of the generator that an export has from a stage of type import; null if it needs none. */
function importedOf(
  { stages = null }: JsonObject,
  stage: string,
  direction: Direction,
  records: ReadonlyMap<string, StageRecord>,
): CardFacts['imported'] {
  const own = isJsonObject(stages) ? stages[stage]! : null;
  const needs = isJsonObject(own) && Array.isArray(own['needs']) ? own['needs'] : [];
  const record = needs.map((name) => records.get(String(name))).find((each) => each?.parts.stage.type === 'import');
  if (record === undefined) return null;
  const { imported = null } = record.outputs;
  if (!isJsonObject(imported)) return {};
  return (direction === 'BtoA' ? (imported['F'] ?? imported['G']) : imported['G']) as CardFacts['imported'];
}

/** The measurement of the checkpoint that was exported, and of no other. */
function measuredAt(step: number | null, direction: Direction, { evaluations }: RunReport): ReportCheckpoint | null {
  const all = evaluations.flatMap(({ checkpoints }) => checkpoints);
  return all.find((checkpoint) => checkpoint.step === step && direction in checkpoint.metrics) ?? null;
}

function configOf({ config }: RunReport): JsonObject {
  const parsed: unknown = config === null ? {} : parse(config, { logLevel: 'error' });
  return isJsonObject(parsed) ? hidePasswords(parsed) : {};
}
