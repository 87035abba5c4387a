import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import type { StageContext } from '../registry/kinds/stage.js';
import type { Phase } from '../registry/kinds/stage-event.js';

/** Reports that a phase begins, before native code blocks the thread: the event leaves the process first. */
export async function announce(phase: Phase, { emit }: Pick<StageContext, 'emit'>): Promise<void> {
  emit(phase);
  await eventLoopTurn();
}
