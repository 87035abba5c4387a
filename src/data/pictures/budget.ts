import { setTimeout as pause } from 'node:timers/promises';

/** Pixels that all threads of a process together may be decoding; each takes 3 to 8 bytes while it is decoded. */
const MOST_AT_ONCE = 200_000_000;
/** Smaller pictures are not counted: even one in every thread is nothing beside a big one. */
const SMALL = 4_000_000;
/** 32-bit numbers are shared, so in thousands. */
const UNIT = 1000;

/** How many pixels are being decoded, shared by threads: give it to each with `workerData`. */
export type PixelBudget = Int32Array<SharedArrayBuffer>;

export function pixelBudget(): PixelBudget {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/**
 * Does the work when there is room for that many pixels beside those that other threads are decoding, so that several huge
 * pictures at once do not multiply memory. One that is larger than all the room waits until it is alone.
 */
export async function withinBudget<T>(budget: PixelBudget, pixels: number, work: () => Promise<T>): Promise<T> {
  if (pixels < SMALL) return work();
  const share = Math.ceil(Math.min(pixels, MOST_AT_ONCE) / UNIT);
  await acquire(budget, share);
  try {
    return await work();
  } finally {
    Atomics.sub(budget, 0, share);
  }
}

async function acquire(budget: PixelBudget, share: number): Promise<void> {
  for (;;) {
    const used = Atomics.load(budget, 0);
    if (used + share > MOST_AT_ONCE / UNIT) await pause(POLL_MS);
    else if (Atomics.compareExchange(budget, 0, used, used + share) === used) return;
  }
}

/** Huge pictures take seconds; and asking is the one way that needs nobody to tell. */
const POLL_MS = 20;
