import type { DatasetConfig } from '../../registry/config.js';
import type { Domain } from '../../registry/kinds/dataset.js';
import { keyedRandom } from '../../support/keyed-random.js';
import { shuffledOrder } from './shuffle.js';

export type ShuffleBuffer = DatasetConfig['shuffle_buffer'];

/** The index of the image at a position of an epoch, all from 0. */
export type Order = (epoch: number, position: number) => number;

/**
 * The order in which a domain's images are shown: a function of (seed, domain, epoch, position).
 *
 * Without a buffer the epochs are cut from one endless stream of shuffles of the whole domain: every image is shown once before any is
 * shown again, across epochs. With a buffer each epoch shuffles again from the first image on, as the tutorial does; if an epoch is
 * longer than the domain, further rounds follow.
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
      // Reading ahead spans at most two rounds, rarely more.
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
 * The number of images of a domain that no epoch ever shows: a buffer reaches only so far, and each epoch starts at the first image.
 *
 * @param count images of the domain
 * @param perEpoch images that an epoch shows of it
 */
export function neverShown(count: number, perEpoch: number, buffer: ShuffleBuffer): number {
  if (buffer === null || perEpoch >= count) return 0;
  return Math.max(0, count - (perEpoch + buffer - 1));
}
