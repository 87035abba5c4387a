import { rename } from 'node:fs/promises';
import type { Broadcast } from './broadcast.js';
import type { PlannedStage } from './planned-stage.js';
import { setAside } from './set-aside.js';
import { readRecord, type StageRecord } from './stage-record.js';

interface Restored {
  readonly stage: PlannedStage;
  readonly reason: string;
  /** The folder that was set aside. */
  readonly restores: string;
}

/** Restores a result that was set aside, and sets the current one aside. */
export async function restoreResult({ stage, reason, restores }: Restored, broadcast: Broadcast): Promise<void> {
  await moveAside(stage, await readRecord(stage.dir), reason, broadcast);
  await rename(restores, stage.dir);
}

/** Sets aside a stage's folder, if it exists. @param record its record, if readable */
export async function moveAside(
  stage: PlannedStage,
  record: StageRecord | undefined,
  reason: string,
  broadcast: Broadcast,
): Promise<void> {
  const to = await setAside(stage.dir, record);
  if (to !== undefined) broadcast.emit({ kind: 'set-aside', stage: stage.name, to, reason });
}
