import { parentPort, Worker, type Transferable } from 'node:worker_threads';

/** A thread was lost with all its running tasks; the message follows the image's name: `breaks the decoder`. */
export class WorkerLost extends Error {}

/** A message between a thread and its owner. */
interface Numbered<T> {
  readonly id: number;
  readonly content: T;
}

interface Waiting<Reply> {
  resolve(reply: Reply): void;
  reject(why: Error): void;
}

/** A worker thread that takes tasks and replies to each. */
export class WorkerThread<Task, Reply> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting<Reply>>();
  #next = 0;
  #alive = true;

  /** @param file the module to run, which calls {@link serveTasks} */
  constructor(file: string) {
    this.#worker = new Worker(file);
    this.#worker.on('message', ({ id, content }: Numbered<Reply>) => this.#settle(id)?.resolve(content));
    this.#worker.on('error', (error) => void this.end(new WorkerLost(lossReason(error), { cause: error })));
    this.#worker.on('exit', () => void this.end(new WorkerLost('breaks the decoder (its thread ended)')));
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** The number of running tasks. */
  get load(): number {
    return this.#waiting.size;
  }

  run(content: Task, transfer: readonly Transferable[]): Promise<Reply> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, content } satisfies Numbered<Task>, transfer);
    });
  }

  /** Rejects its tasks at once and terminates it. Resolves when it has ended, which takes long inside a native decoder. */
  async end(why: Error): Promise<void> {
    this.#alive = false;
    for (const id of [...this.#waiting.keys()]) this.#settle(id)!.reject(why);
    this.#worker.unref();
    await this.#worker.terminate();
  }

  #settle(id: number): Waiting<Reply> | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

/** The thread's side. `transfer` lists buffers to transfer with the reply instead of copying them. */
export function serveTasks<Task, Reply>(
  work: (task: Task) => Promise<{ readonly reply: Reply; readonly transfer: readonly Transferable[] }>,
): void {
  const port = parentPort!;
  port.on('message', ({ id, content }: Numbered<Task>) => {
    // A rejection ends the thread, which rejects its owner's tasks.
    void work(content).then(({ reply, transfer }) =>
      port.postMessage({ id, content: reply } satisfies Numbered<Reply>, transfer),
    );
  });
}

/** The reason, as a text that follows the image's name. */
function lossReason(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return 'takes more memory to decode than there is';
  return `breaks the decoder (${message ?? String(error)})`;
}
