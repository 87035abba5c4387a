import type { Card } from './nvidia.js';
import { ProblemError } from './problem.js';

/**
 * Where the engine computes. `auto`: on the graphics card if the engine is for one, else on the processor. A number: on that card, from 0,
 * of those that CUDA_VISIBLE_DEVICES names, or else of all, numbered as nvidia-smi does.
 */
export type Device = 'auto' | 'cpu' | 'gpu' | number;

/** The variable with the device of processes that no config determines: those of `translate`, `serve`, `demo` and a user's program. */
export const DEVICE_VARIABLE = 'RUNNER_DEVICE';

/** The variable with the number of cards that a process computes on, one by default: `engine.replicas`. */
export const REPLICAS_VARIABLE = 'RUNNER_REPLICAS';

/**
 * The device of a config, or the environment's where that is `auto`. Where the config says `gpu`, the environment may say which: a sweep
 * divides the cards so.
 *
 * @throws ProblemError `bad-device`
 */
export function deviceOf(configured: Device | undefined, env: NodeJS.ProcessEnv): Device {
  if (configured === 'cpu' || typeof configured === 'number') return configured;
  const chosen = fromEnvironment(env);
  return configured === 'gpu' && typeof chosen !== 'number' ? 'gpu' : chosen;
}

function fromEnvironment(env: NodeJS.ProcessEnv): Device {
  const text = env[DEVICE_VARIABLE] ?? '';
  if (text === '') return 'auto';
  if (text === 'auto' || text === 'cpu' || text === 'gpu') return text;
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new ProblemError({
    code: 'bad-device',
    message: `${DEVICE_VARIABLE} is "${text}"; it can be auto, cpu, gpu or a card’s number, from 0.`,
    cure: 'Set it to one of these, or unset it.',
  });
}

/**
 * The cards that CUDA_VISIBLE_DEVICES names: numbers, or beginnings of ids. CUDA ignores what comes after a name that it does not know,
 * such as -1. Undefined if it is not set: all cards are visible.
 */
export function visibleCards(env: NodeJS.ProcessEnv): readonly string[] | undefined {
  const list = env['CUDA_VISIBLE_DEVICES'];
  if (list === undefined) return undefined;
  const names = list.split(',').map((name) => name.trim());
  const end = names.findIndex((name) => !/^(\d+|(GPU|MIG)-.+)$/.test(name));
  return end < 0 ? names : names.slice(0, end);
}

/** The cards that a process may come to compute on: one, unless CUDA's own order decides among different ones. */
export function possibleCards(device: Device, env: NodeJS.ProcessEnv, cards: readonly Card[]): readonly Card[] {
  if (device === 'cpu') return [];
  const visible = visibleCards(env);
  const position = typeof device === 'number' ? device : 0;
  if (visible === undefined) return typeof device === 'number' ? cards.slice(position, position + 1) : cards;
  const name = visible[position];
  if (name === undefined) return [];
  const isNumber = /^\d+$/.test(name);
  // By default CUDA numbers cards by speed, which this does not know.
  if (isNumber && env['CUDA_DEVICE_ORDER'] !== 'PCI_BUS_ID' && new Set(cards.map((card) => card.name)).size > 1)
    return cards;
  return cards.filter(({ index, uuid }) => (isNumber ? index === Number(name) : uuid.startsWith(name)));
}
