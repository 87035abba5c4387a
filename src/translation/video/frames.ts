import type { RgbImage } from '../../inference/image-grid.js';

/** `P6`, width, height, 255, each followed by white space: what ffmpeg writes before the pixels of each frame. */
const HEADER = /^P6\s(\d+)\s(\d+)\s255\s/;
/** No header is longer. */
const MOST_HEADER = 32;

/** The frames in a stream of PPM images, one after the other. @throws RangeError for anything else */
export async function* framesIn(stream: AsyncIterable<Uint8Array>): AsyncGenerator<RgbImage> {
  const queue: Buffer[] = [];
  let length = 0;
  const source = stream[Symbol.asyncIterator]();
  for (;;) {
    const start = await peek(MOST_HEADER);
    if (start.length === 0) return;
    const header = HEADER.exec(start.toString('latin1'));
    if (header === null) throw new RangeError('A frame has no header.');
    const [width, height] = [Number(header[1]), Number(header[2])];
    const bytes = header[0].length + width * height * 3;
    const frame = await peek(bytes);
    if (frame.length < bytes) throw new RangeError('The last frame is cut off.');
    yield { width, height, data: Uint8Array.from(frame.subarray(header[0].length, bytes)) };
    drop(bytes);
  }

  /** The next bytes, which stay in the queue; fewer at the end. */
  async function peek(wanted: number): Promise<Buffer> {
    while (length < wanted) {
      const next = await source.next();
      if (next.done === true) break;
      queue.push(Buffer.from(next.value));
      length += next.value.length;
    }
    const whole = queue.length === 1 ? queue[0]! : Buffer.concat(queue);
    queue.splice(0, queue.length, ...(whole.length > 0 ? [whole] : []));
    return whole.subarray(0, wanted);
  }

  function drop(bytes: number): void {
    queue[0] = queue[0]!.subarray(bytes);
    length -= bytes;
  }
}
