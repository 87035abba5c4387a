import type { Scalar } from '@tensorflow/tfjs-core';
/** The numbers of a step's losses. */
export function lossNumbers(losses: Readonly<Record<string, Scalar>>): Record<string, number> {
  return Object.fromEntries(Object.entries(losses).map(([name, loss]) => [name, loss.dataSync()[0]!]));
}
