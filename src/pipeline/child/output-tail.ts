import type { Readable } from 'node:stream';

/** The last lines of a process's output: TensorFlow prints a lot, of use only after a failure. */
export class OutputTail {
  #lines: string[] = [];
  #unfinished = '';

  constructor(private readonly most: number) {}

  follow(stream: Readable | null): void {
    stream?.setEncoding('utf8').on('data', (text: string) => this.#add(text));
  }

  lines(): readonly string[] {
    return [...this.#lines, this.#unfinished].filter((line) => line.trim() !== '').slice(-this.most);
  }

  #add(text: string): void {
    const lines = (this.#unfinished + text).split('\n');
    // Limits the memory for a line without an end.
    this.#unfinished = lines.pop()!.slice(-10_000);
    this.#lines = [...this.#lines, ...lines].slice(-this.most);
  }
}
