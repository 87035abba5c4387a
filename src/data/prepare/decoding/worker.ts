/** A worker thread: answers tasks with pixels that are handed over, not copied. */
import sharp from 'sharp';
import Tinypool from 'tinypool';
import { answer, type Answer, type Good, type Task } from './answer.js';

// There is a worker a core: libvips needs no threads of its own, and no picture comes twice.
sharp.concurrency(1);
sharp.cache(false);

/** What a worker says: an answer; or what went wrong in the runner itself, which is not the picture's fault. */
export type Said = { readonly answer: Answer } | { readonly bug: string };

export default async function work(task: Task): Promise<Said> {
  try {
    const made = await answer(task);
    return 'images' in made ? handedOver(made) : { answer: made };
  } catch (error) {
    return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Pixels may lie in memory that cannot be handed over (of sharp), or twice in the same: so in new memory, each for itself. */
function handedOver(good: Good): Said {
  const images = good.images.map(({ data, sum }) => ({ data: new Uint8Array(data), sum: new Uint8Array(sum) }));
  const said: Said = { answer: { ...good, images } };
  return Tinypool.move({
    [Tinypool.transferableSymbol]: images.map(({ data }) => data.buffer),
    [Tinypool.valueSymbol]: said,
  } as never) as unknown as Said;
}
