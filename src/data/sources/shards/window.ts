import { open } from 'node:fs/promises';

/** Bytes read at once: many small entries lie in it, and little is read of a large one. */
const WINDOW = 1 << 16;

/** Reads small parts of a large file at rising positions; keeps one window of it in memory. */
export interface Window {
  readonly size: number;
  /** The bytes from a position on; fewer at the end of the file. They change with the next call. */
  readonly at: (position: number, length: number) => Promise<Buffer>;
}

/** Opens a file for {@link Window}, and closes it when `use` has ended. */
export async function withWindow<T>(path: string, use: (window: Window) => Promise<T>): Promise<T> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    let [start, bytes]: [number, Buffer] = [0, Buffer.alloc(0)];
    const at = async (position: number, length: number): Promise<Buffer> => {
      if (position < start || position + length > start + bytes.length) {
        const wanted = Buffer.allocUnsafe(Math.max(length, WINDOW));
        let read = 0;
        for (let more = -1; more !== 0 && read < wanted.length; read += more)
          more = (await file.read(wanted, read, wanted.length - read, position + read)).bytesRead;
        [start, bytes] = [position, wanted.subarray(0, read)];
      }
      return bytes.subarray(position - start, position - start + length);
    };
    return await use({ size, at });
  } finally {
    await file.close();
  }
}
