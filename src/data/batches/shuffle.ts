import type { Random } from '../../support/keyed-random.js';

/**
 * The order in which tf.data's `shuffle(bufferSize)` returns 0..count-1: a buffer contains the next `bufferSize` inputs; each step returns
 * a uniformly drawn one and replaces it by the next input; at the end the buffer runs empty. So the k-th output is never beyond input
 * k + bufferSize - 1, and with a buffer as large as the input all orders are equally likely.
 */
export function shuffledOrder(count: number, bufferSize: number, random: Random): Uint32Array {
  const order = new Uint32Array(count);
  const buffer = Array.from({ length: Math.min(count, Math.max(1, bufferSize)) }, (_, i) => i);
  let next = buffer.length;
  for (let step = 0; step < count; step++) {
    const slot = random.int(buffer.length);
    order[step] = buffer[slot]!;
    if (next < count) buffer[slot] = next++;
    else {
      const last = buffer.pop()!;
      if (slot < buffer.length) buffer[slot] = last;
    }
  }
  return order;
}
