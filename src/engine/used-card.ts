import { deviceOf, possibleCards } from '../support/device.js';
import { nvidiaFacts, type Card } from '../support/nvidia.js';

/** The card that a process computes on. */
export interface UsedCard {
  /** `NVIDIA H200`; two names where cards differ and CUDA has chosen. */
  readonly card: string;
  /** In bytes. */
  readonly cardMemory: number;
  readonly computeCapability: string;
  readonly driver: string;
}

/** The card of this process, by nvidia-smi; undefined where that does not answer. */
export function usedCard(
  env: NodeJS.ProcessEnv,
  cards: readonly Card[] = nvidiaFacts().cards ?? [],
): UsedCard | undefined {
  const possible = possibleCards(deviceOf(undefined, env), env, cards);
  const [first] = possible;
  if (first === undefined) return undefined;
  return {
    card: [...new Set(possible.map(({ name }) => name))].join(' or '),
    cardMemory: first.memory,
    computeCapability: first.computeCapability.toFixed(1),
    driver: first.driver,
  };
}
