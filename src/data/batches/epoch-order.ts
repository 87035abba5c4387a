import type { DatasetConfig } from '../../config/config.js';
import type { Domain } from '../../registry/kinds/dataset.js';
import { keyedRandom } from '../../support/keyed-random.js';
import { shuffledOrder } from './shuffle.js';

export type ShuffleBuffer = DatasetConfig['shuffle_buffer'];

/** Which image of a domain comes at a position of an epoch; both from 0. */
export type Order = (epoch: number, position: number) => number;

/**
 * The order in which a domain's images are shown, a function of (seed, domain, epoch, position).
 *
 * With no buffer the epochs are cut from one endless stream of shuffles of the whole domain: every image comes once before any comes
 * again, wherever an epoch ends. With a buffer each epoch shuffles anew from the first image on, as the tutorial does; where an epoch
 * is longer than the domain, further rounds follow.
 *
 * @param count images of the domain
 * @param perEpoch images that an epoch shows of it
 */
export function epochOrder(
  domain: Domain,
  count: number,
  perEpoch: number,
  buffer: ShuffleBuffer,
  seed: number,
): Order {
  const latest = new Map<string, Uint32Array>();
  const shuffled = (epoch: number, round: number): Uint32Array => {
    const key = `${epoch}/${round}`;
    let order = latest.get(key);
    if (order === undefined) {
      order = shuffledOrder(count, buffer ?? count, keyedRandom('shuffle', seed, domain, epoch, round));
      // Reading ahead looks across the border of two rounds, rarely further.
      if (latest.size >= 4) latest.delete(latest.keys().next().value!);
      latest.set(key, order);
    }
    return order;
  };
  if (buffer !== null) return (epoch, at) => shuffled(epoch, Math.floor(at / count))[at % count]!;
  return (epoch, position) => {
    const at = epoch * perEpoch + position;
    return shuffled(Math.floor(at / count), 0)[at % count]!;
  };
}

/**
 * How many images of a domain no epoch ever shows: a buffer looks only so far ahead, and each epoch begins with the first image again.
 *
 * @param count images of the domain
 * @param perEpoch images that an epoch shows of it
 */
export function neverShown(count: number, perEpoch: number, buffer: ShuffleBuffer): number {
  if (buffer === null || perEpoch >= count) return 0;
  return Math.max(0, count - (perEpoch + buffer - 1));
}
