import type { Readable } from 'node:stream';
import { HttpError } from './http-error.js';

/**
 * Reads the bodies of requests into memory, within a limit for each and one for all that are being read: clients that send slowly cannot fill the
 * memory.
 */
export class BodyReader {
  #held = 0;

  /** @param most bytes of one body @param total bytes of all bodies that are being read */
  constructor(
    private readonly most: number,
    private readonly total: number,
  ) {}

  /** @throws {@link HttpError} 413 for a body that is too large, 503 where too many are being read */
  async read(body: Readable, declared: number): Promise<Buffer> {
    if (declared > this.most) throw this.#tooLarge();
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        this.#held += chunk.length;
        if (bytes > this.most) throw this.#tooLarge();
        if (this.#held > this.total)
          throw new HttpError(503, 'busy', 'The server is reading too many requests at once.', 1);
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    } finally {
      this.#held -= bytes;
    }
  }

  #tooLarge(): HttpError {
    return new HttpError(
      413,
      'body-too-large',
      `The request has more than ${Math.round((this.most / 2 ** 20) * 10) / 10} MB.`,
    );
  }
}
