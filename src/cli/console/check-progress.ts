import type { Io } from '../io.js';
import { liveBlock, type LiveBlock } from './live-block.js';

/** Shorter work is not shown. */
const QUIET_MS = 1000;
/** Time between two lines without a terminal. */
const PLAIN_MS = 15_000;

/** Shows how many experiments of a sweep are checked: on the terminal, or in lines on stderr, since stdout may be for programs. */
export class CheckProgress {
  readonly #live: LiveBlock | undefined;
  readonly #began = performance.now();
  #told = performance.now();

  constructor(private readonly io: Io) {
    this.#live = liveBlock(io);
  }

  readonly tell = (done: number, total: number): void => {
    const now = performance.now();
    if (now - this.#began < QUIET_MS || done === total) return;
    const text = `checking experiments: ${done} of ${total}`;
    if (this.#live !== undefined) this.#live.show((width) => [text.slice(0, width)]);
    else if (now - this.#told > PLAIN_MS) {
      this.#told = now;
      this.io.stderr.write(`${text}\n`);
    }
  };

  close(): void {
    this.#live?.close();
  }
}
