import { basename, dirname, join } from 'node:path';
import type { PlannedStage } from './plan.js';
import type { StageRecord } from './record.js';

/**
 * Which inputs of a stage are not those that its result was made from any more, although their fingerprints are the same: `--force`
 * made them again, or someone removed them.
 *
 * @param madeNow the `made` of what a stage has made; nothing when that is not known yet
 * @returns why the stage is to be made again, in words; nothing when it is not
 */
export function remadeInputs(
  stage: PlannedStage,
  record: StageRecord,
  madeNow: (stage: string) => string | undefined,
): string | undefined {
  const remade = Object.entries(stage.inputs)
    .filter(([artifact, input]) => differ(record.inputs[artifact]?.made, madeNow(input)))
    .map(([, input]) => input);
  if (stage.parent !== undefined && differ(record.parent?.made, stage.parent.made)) remade.push(nameOf(stage.parent));
  return remade.length === 0 ? undefined : `its input ${remade.join(' and ')} is made again`;
}

function differ(then: string | undefined, now: string | undefined): boolean {
  return now !== undefined && then !== now;
}

/** `toy-1234abcd/train` */
function nameOf({ dir }: { readonly dir: string }): string {
  return join(basename(dirname(dir)), basename(dir));
}
