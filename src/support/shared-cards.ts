import { DEVICE_VARIABLE, visibleCards } from './device.js';
import { engineKind } from './engine-files.js';
import { nvidiaFacts } from './nvidia.js';

/**
 * How many graphics cards processes may share: those that CUDA_VISIBLE_DEVICES names, or all of the machine. None where the engine does not
 * use them, or the user has chosen the device of all by RUNNER_DEVICE.
 */
export function sharedCards(
  env: NodeJS.ProcessEnv,
  kind: 'cpu' | 'gpu' = engineKind(env),
  count: () => number | undefined = () => nvidiaFacts().count,
): number {
  if (kind === 'cpu' || (env[DEVICE_VARIABLE] ?? 'auto') !== 'auto') return 0;
  return visibleCards(env)?.length ?? count() ?? 0;
}

/** The environment of one of several processes, which get the cards in turn. @param cards how many there are */
export function cardOf(process: number, cards: number): NodeJS.ProcessEnv {
  return cards === 0 ? {} : { [DEVICE_VARIABLE]: String(process % cards) };
}
