import { recording } from './graph/recorder.js';

/** One of several copies of a step, each with its part of the batch. */
export interface Replica {
  /** From 0, below `count`. */
  readonly index: number;
  readonly count: number;
  /** Images in its part of the batch. */
  readonly batch: number;
  /** Where a graph computes it: `/device:GPU:1`. By default, where TensorFlow chooses. */
  readonly device?: string;
}

let current: Replica | undefined;

/** The replica that is computed now, or traced. */
export const replica = (): Replica | undefined => current;

/** Runs `f` for a replica: its ops are placed on the replica's device, and its random numbers are those of its part of the batch. */
export function asReplica<T>(one: Replica, f: () => T): T {
  const graph = recording()?.graph;
  const [before, device] = [current, graph?.device];
  current = one;
  if (graph !== undefined) graph.device = one.device;
  try {
    return f();
  } finally {
    current = before;
    if (graph !== undefined) graph.device = device;
  }
}
