import { basename, dirname, join } from 'node:path';
import type { StageComponent } from '../registry/kinds/stage.js';
import { differences, inWords, ownDifferences } from './differences.js';
import { partsAsNow } from './former.js';
import type { PlannedStage } from './plan.js';
import { type ConsumedInput, readRecord, type StageRecord } from './stage-record.js';

/** How what is there compares with what a stage would make now. `pending`: the same, if an input that is yet to be made comes out as before. */
export type Comparison = { readonly is: 'same' } | { readonly is: 'pending' | 'other'; readonly reason: string };

/** An input as far as it is known: `made` is `undefined` while only its making will show whether it is another. */
export interface KnownInput {
  readonly component: StageComponent;
  readonly made: string | undefined;
}

/** Something that no record has: an input that is certain to be made anew. */
export const TO_BE_MADE = 'to be made';

/**
 * Compares a record with a planned stage. Of inputs the content decides: where it is the same, what was made of it stays, although
 * another version of the runner, say, has made it again.
 *
 * @param inputOf the input that a stage of this name makes
 */
export async function compare(
  record: StageRecord,
  stage: PlannedStage,
  inputOf: (stage: string) => KnownInput,
  runsRoot: string,
): Promise<Comparison> {
  const parts = partsAsNow(record, stage);
  const isSame = record.fingerprint === stage.fingerprint;
  if (!isSame && ownDifferences(parts, stage.parts, stage).length > 0) {
    return { is: 'other', reason: inWords(differences(parts, stage.parts, stage)) };
  }
  const found: { readonly is: 'pending' | 'other'; readonly name: string; readonly changed: boolean }[] = [];
  for (const [artifact, name] of Object.entries(stage.inputs)) {
    const is = await compareInput(record, artifact, stage, inputOf(name), runsRoot);
    const changed = parts.inputs[artifact] !== stage.parts.inputs[artifact];
    if (is !== 'same') found.push({ is, name, changed });
  }
  const { parent } = stage;
  if (parent !== undefined && record.parent?.made !== parent.made) {
    found.push({ is: 'other', name: join(basename(dirname(parent.dir)), basename(parent.dir)), changed: false });
  }
  if (found.length === 0) return { is: 'same' };
  return { is: found.every(({ is }) => is === 'pending') ? 'pending' : 'other', reason: reasonOf(found) };
}

async function compareInput(
  record: StageRecord,
  artifact: string,
  stage: PlannedStage,
  { component, made }: KnownInput,
  runsRoot: string,
): Promise<'same' | 'pending' | 'other'> {
  const then = record.inputs[artifact];
  const isSame = record.parts.inputs[artifact] === stage.parts.inputs[artifact];
  if (then === undefined) return 'other';
  // The same work on the same input: it will come out as it did.
  if (made === undefined) return isSame ? 'same' : 'pending';
  if (then.made === made) return 'same';
  // What told two of them apart then was made of paths, too, so it tells nothing.
  if (record.former && isSame && component.scope === 'shared' && made !== TO_BE_MADE) return 'same';
  return (await contentOf(then, component, runsRoot)) === made ? 'same' : 'other';
}

/** What tells the content of an input that was consumed, where it is still there: earlier versions told it in another way. */
async function contentOf(
  { dir, made }: ConsumedInput,
  component: StageComponent,
  runsRoot: string,
): Promise<string | undefined> {
  const path = join(runsRoot, dir);
  if (component.content === undefined || (await readRecord(path))?.made !== made) return undefined;
  return component.content(path).catch(() => undefined);
}

function reasonOf(found: readonly { readonly name: string; readonly changed: boolean }[]): string {
  const changed = found.filter(({ changed }) => changed).map(({ name }) => `its input ${name} changed`);
  const again = found.filter(({ changed }) => !changed).map(({ name }) => name);
  return [...changed, ...(again.length > 0 ? [`its input ${again.join(' and ')} is made again`] : [])].join(', ');
}
