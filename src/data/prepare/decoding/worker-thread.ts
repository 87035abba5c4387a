import { parentPort, Worker, type Transferable } from 'node:worker_threads';

/** A thread that was lost with everything it had under way; the message says why of an image: `breaks the decoder`. */
export class WorkerLost extends Error {}

/** What travels between a thread and its owner. */
interface Numbered<T> {
  readonly id: number;
  readonly content: T;
}

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(why: Error): void;
}

/** A worker thread that is given tasks and answers each. */
export class WorkerThread<Task, Answer> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting<Answer>>();
  #next = 0;
  #alive = true;

  /** @param file the module that it runs, which calls {@link serveTasks} */
  constructor(file: string) {
    this.#worker = new Worker(file);
    this.#worker.on('message', ({ id, content }: Numbered<Answer>) => this.#settle(id)?.resolve(content));
    this.#worker.on('error', (error) => void this.end(new WorkerLost(lossReason(error), { cause: error })));
    this.#worker.on('exit', () => void this.end(new WorkerLost('breaks the decoder (its thread ended)')));
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** How many tasks it has. */
  get load(): number {
    return this.#waiting.size;
  }

  run(content: Task, transfer: readonly Transferable[]): Promise<Answer> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, content } satisfies Numbered<Task>, transfer);
    });
  }

  /** Ends it; its tasks are rejected at once. Resolves when it is gone, which takes long if it is deep in a decoder. */
  async end(why: Error): Promise<void> {
    this.#alive = false;
    for (const id of [...this.#waiting.keys()]) this.#settle(id)!.reject(why);
    this.#worker.unref();
    await this.#worker.terminate();
  }

  #settle(id: number): Waiting<Answer> | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

/** A thread's side. `transfer` is handed over with the answer instead of being copied. */
export function serveTasks<Task, Answer>(
  work: (task: Task) => Promise<{ readonly answer: Answer; readonly transfer: readonly Transferable[] }>,
): void {
  const port = parentPort!;
  port.on('message', ({ id, content }: Numbered<Task>) => {
    // What it rejects with ends the thread, and its owner hears of it.
    void work(content).then(({ answer, transfer }) =>
      port.postMessage({ id, content: answer } satisfies Numbered<Answer>, transfer),
    );
  });
}

/** In words that follow the image's name. */
function lossReason(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return 'takes more memory to decode than there is';
  return `breaks the decoder (${message ?? String(error)})`;
}
