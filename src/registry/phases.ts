import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import type { StageContext } from './kinds/stage.js';
import type { StagePhase } from './kinds/stage-event.js';

/** Phases of stages without countable progress, in the order of training. */
const PHASES = {
  waiting: 'waiting for another process, which builds it',
  'loading-engine': 'loading the engine',
  'reading-data': 'reading the data',
  'building-graph': 'building the graph',
  'restoring-checkpoint': 'restoring the checkpoint',
  'first-samples': 'translating the first samples',
  'first-step': 'making the first step',
  'compiling-step': 'compiling the step with XLA, minutes at most; kept for the next start',
} as const;

/** The event at the start of a phase: `context.emit(phase('building-graph'))`. */
export function phase(name: keyof typeof PHASES): StagePhase {
  return { kind: 'phase', name, text: PHASES[name] };
}

/** Reports the start of a phase, and lets the event leave the process before native code blocks the thread. */
export async function announce(name: keyof typeof PHASES, { emit }: Pick<StageContext, 'emit'>): Promise<void> {
  emit(phase(name));
  await eventLoopTurn();
}
