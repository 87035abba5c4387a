import type { Progress } from '../../registry/kinds/stage-event.js';

const interval = 10_000;

/** Progress without a terminal: a line every ten seconds, at the start of a phase, and at the end. */
export class ProgressLog {
  #said = -Infinity;
  #phase: string | undefined;

  constructor(private readonly now: () => number = () => performance.now()) {}

  restart(): void {
    this.#said = -Infinity;
    this.#phase = undefined;
  }

  isDue(progress: Progress): boolean {
    const isEnd = progress.total > 0 && progress.done === progress.total;
    const due = progress.phase !== this.#phase || isEnd || this.now() - this.#said >= interval;
    if (due) [this.#said, this.#phase] = [this.now(), progress.phase];
    return due;
  }
}
