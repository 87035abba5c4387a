import { basename, dirname, join } from 'node:path';
import type { StageComponent } from '../registry/kinds/stage.js';
import type { ResultState } from './decision.js';
import { differences, joinPhrases, ownDifferences } from './differences.js';
import { currentParts } from './former-versions.js';
import type { Plan, PlannedStage } from './planned-stage.js';
import { type ConsumedInput, readRecord, type StageRecord } from './stage-record.js';

/** How an existing result compares with what a stage would compute now. `open`: the same if an input that is still to be built is unchanged. */
export type Comparison = { readonly is: 'same' } | { readonly is: 'open' | 'other'; readonly reason: string };

interface Known {
  readonly plan: Plan;
  /** Of all earlier stages, by name. */
  readonly results: ReadonlyMap<string, ResultState>;
}

/**
 * Compares a record with a planned stage. Inputs are compared by content: a rebuilt input with equal content, such as by another version of
 * runner, does not invalidate the result.
 */
export async function compare(record: StageRecord, stage: PlannedStage, known: Known): Promise<Comparison> {
  const parts = currentParts(record, stage);
  const isSame = record.fingerprint === stage.fingerprint;
  if (!isSame && ownDifferences(parts, stage.parts, stage).length > 0) {
    return { is: 'other', reason: joinPhrases(differences(parts, stage.parts, stage)) };
  }
  const found: { readonly is: 'open' | 'other'; readonly name: string; readonly changed: boolean }[] = [];
  for (const [artifact, name] of Object.entries(stage.inputs)) {
    const is = await compareInput(record, artifact, stage, known);
    const changed = parts.inputs[artifact] !== stage.parts.inputs[artifact];
    if (is !== 'same') found.push({ is, name, changed });
  }
  const { parent } = stage;
  if (parent !== undefined && record.parent?.made !== parent.resultId) {
    found.push({ is: 'other', name: join(basename(dirname(parent.dir)), basename(parent.dir)), changed: false });
  }
  if (found.length === 0) return { is: 'same' };
  return { is: found.every(({ is }) => is === 'open') ? 'open' : 'other', reason: reasonOf(found) };
}

async function compareInput(
  record: StageRecord,
  artifact: string,
  stage: PlannedStage,
  { plan, results }: Known,
): Promise<Comparison['is']> {
  const name = stage.inputs[artifact]!;
  const { component, dir } = plan.stages.find((other) => other.name === name)!;
  const then = record.inputs[artifact];
  const now = results.get(name)!;
  const isSame = record.parts.inputs[artifact] === stage.parts.inputs[artifact];
  if (then === undefined || now.is === 'new') return 'other';
  // The same work on the same input gives the same result.
  if (now.is === 'open') return isSame ? 'same' : 'open';
  if (then.made === now.resultId) return 'same';
  // The ids of earlier versions depend on paths, so they cannot be compared.
  if (record.former && isSame && component.scope === 'shared') return 'same';
  if ((await contentOf(then, component, plan.runsRoot)) === now.resultId) return 'same';
  const unused = stage.unused[artifact] ?? [];
  if (unused.length === 0) return 'other';
  const used = await component.content?.(dir, unused).catch(() => undefined);
  if (used === undefined) return 'other';
  // The earlier input is the same in what is used, or had nothing else.
  return used === then.made || used === (await contentOf(then, component, plan.runsRoot, unused)) ? 'same' : 'other';
}

/** Today's id of a consumed input, if it still exists: earlier versions computed other ids. */
async function contentOf(
  { dir, made }: ConsumedInput,
  component: StageComponent,
  runsRoot: string,
  unused: readonly string[] = [],
): Promise<string | undefined> {
  const path = join(runsRoot, dir);
  if (component.content === undefined || (await readRecord(path))?.made !== made) return undefined;
  return component.content(path, unused).catch(() => undefined);
}

function reasonOf(found: readonly { readonly name: string; readonly changed: boolean }[]): string {
  const changed = found.filter(({ changed }) => changed).map(({ name }) => `its input ${name} changed`);
  const again = found.filter(({ changed }) => !changed).map(({ name }) => name);
  return [...changed, ...(again.length > 0 ? [`its input ${again.join(' and ')} is made again`] : [])].join(', ');
}
