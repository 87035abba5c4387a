import { DEVICE_VARIABLE, deviceOf, REPLICAS_VARIABLE, visibleCards, type Device } from '../support/device.js';
import type { Engine } from '../support/engine-files.js';
import { cardCount } from '../support/nvidia.js';
import { ProblemError, type Problem } from '../support/problem.js';

/**
 * CUDA's variables for the device that RUNNER_DEVICE names: CUDA reads them when it starts. A process gets one card, since TensorFlow
 * takes some memory of each that it sees, and tfjs-node computes eagerly on the last of them but runs graphs on the first. With replicas it
 * gets as many as there are.
 *
 * RUNNER_DEVICE itself becomes `gpu` when a card is chosen: for a process of this one, the number would count among this one card.
 *
 * @param count how many cards there are, undefined if that is unknown
 * @throws ProblemError `no-gpu` for a card that is not there
 */
export function deviceEnvironment(
  env: NodeJS.ProcessEnv,
  engine: Engine | undefined,
  count: number | undefined = cardCount(),
): NodeJS.ProcessEnv {
  if (engine?.kind !== 'gpu') return {};
  const device = deviceOf(undefined, env);
  if (device === 'cpu') return { CUDA_VISIBLE_DEVICES: '' };
  const problem = missingCard(device, env, count);
  if (problem !== undefined) throw new ProblemError(problem);
  const visible = visibleCards(env);
  const replicas = Number(env[REPLICAS_VARIABLE] ?? 1);
  if (replicas > 1) return severalCards(replicas, visible);
  if (typeof device !== 'number') {
    // CUDA's first card is the fastest; a single one needs no choice.
    if (visible === undefined) return (count ?? 1) > 1 ? { CUDA_VISIBLE_DEVICES: '0' } : {};
    return visible.length > 1 ? { CUDA_VISIBLE_DEVICES: visible[0] } : {};
  }
  return {
    [DEVICE_VARIABLE]: 'gpu',
    CUDA_VISIBLE_DEVICES: visible?.[device] ?? String(device),
    // That of nvidia-smi; a list of the user's may follow CUDA's own.
    ...(visible === undefined && { CUDA_DEVICE_ORDER: env.CUDA_DEVICE_ORDER ?? 'PCI_BUS_ID' }),
  };
}

function severalCards(count: number, visible: readonly string[] | undefined): NodeJS.ProcessEnv {
  const all = visible ?? Array.from({ length: count }, (_, i) => String(i));
  return { CUDA_VISIBLE_DEVICES: all.slice(0, count).join(',') };
}

/** The problem of more replicas than cards, as far as the number of cards is known. */
export function missingCards(replicas: number, env: NodeJS.ProcessEnv, count: number | undefined): Problem | undefined {
  const { most, there } = cardsThere(env, count);
  if (replicas < 2 || most === undefined || most === 0 || replicas <= most) return undefined;
  return {
    code: 'no-gpu',
    message: `engine.replicas: ${replicas} replicas need a card each, and ${there}.`,
    cure: most === 1 ? 'Leave engine.replicas out.' : `Use at most ${most} replicas.`,
    option: ['engine', 'replicas'],
  };
}

/** The problem of a card's number that is too high, as far as the number of cards is known. */
export function missingCard(device: Device, env: NodeJS.ProcessEnv, count: number | undefined): Problem | undefined {
  if (typeof device !== 'number') return undefined;
  const { most, there } = cardsThere(env, count);
  // Where there is none at all, the reason is more than the number.
  if (most === undefined || most === 0 || device < most) return undefined;
  return {
    code: 'no-gpu',
    message: `engine.device: there is no card ${device}: ${there}, counted from 0.`,
    cure: most === 1 ? 'Use 0, or gpu.' : `Use a number from 0 to ${most - 1}, or gpu for the first.`,
    option: ['engine', 'device'],
  };
}

/** How many cards a process may use, and who says so; undefined if that is unknown. */
function cardsThere(env: NodeJS.ProcessEnv, count: number | undefined) {
  const visible = visibleCards(env);
  if (visible === undefined) return { most: count, there: `this machine has ${count}` };
  return { most: visible.length, there: `CUDA_VISIBLE_DEVICES names ${visible.length}` };
}
