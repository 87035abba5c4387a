import type { Readable } from 'node:stream';

/** The last lines of what a process prints. TensorFlow is talkative; nobody wants to see it unless something went wrong. */
export class Tail {
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
    // A line without end is no line.
    this.#unfinished = lines.pop()!.slice(-10_000);
    this.#lines = [...this.#lines, ...lines].slice(-this.most);
  }
}
