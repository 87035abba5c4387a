import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import type { StageContext } from './kinds/stage.js';
import type { StagePhase } from './kinds/stage-event.js';

/** What stages do before they can count their progress, in the order in which training does it. */
const PHASES = {
  waiting: 'waiting for another process, which builds it',
  'loading-engine': 'loading the engine',
  'reading-data': 'reading the data',
  'building-graph': 'building the graph',
  'restoring-checkpoint': 'restoring the checkpoint',
  'first-samples': 'translating the first samples',
  'first-step': 'making the first step',
} as const;

/** The event that a phase begins: `context.emit(phase('building-graph'))`. */
export function phase(name: keyof typeof PHASES): StagePhase {
  return { kind: 'phase', name, text: PHASES[name] };
}

/** Reports that a phase begins, before native code blocks the thread: the event leaves the process first. */
export async function announce(name: keyof typeof PHASES, { emit }: Pick<StageContext, 'emit'>): Promise<void> {
  emit(phase(name));
  await eventLoopTurn();
}
