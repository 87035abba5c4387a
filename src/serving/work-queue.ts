import { once } from 'node:events';
import type { FromEngine, Refusal, Timing, ToEngine, Translated, Work } from './protocol.js';

/** Why a piece of work was not done. */
export type WorkFailure = 'queue-full' | 'too-late' | 'engine-died' | 'stopping' | Refusal['reason'];

export class WorkError extends Error {
  constructor(
    readonly reason: WorkFailure,
    message: string,
  ) {
    super(message);
    this.name = 'WorkError';
  }
}

/** How a piece of work ended, and how long it waited in this process before it, in milliseconds. */
export interface Done {
  readonly result: Translated;
  readonly timing: Timing & { readonly queued: number };
}

export interface QueueOptions {
  /** Pieces of work that wait or are being done. */
  readonly queue: number;
  /** How long a piece of work may take from its arrival, in milliseconds. */
  readonly timeout: number;
}

/**
 * Pieces of work that are in the engine's process at once. While a batch runs, others are decoded, get their metadata read, and are encoded, each of
 * which takes as long as a batch at most: enough for six full batches.
 */
const WINDOW = 48;
/** A piece of work during which the engine died so often is not tried again. */
const TRIES = 2;

interface Pending {
  readonly id: number;
  readonly work: Work;
  readonly arrived: number;
  readonly resolve: (done: Done) => void;
  readonly reject: (error: WorkError) => void;
  /** Ends its time limit. */
  readonly dispose: () => void;
  sent?: number;
  tries: number;
}

/** The work that waits for the engine, and the work that it has. */
export class WorkQueue {
  readonly #waiting: Pending[] = [];
  readonly #inWork = new Map<number, Pending>();
  readonly #emptied = new EventTarget();
  #send: ((message: ToEngine) => void) | undefined;
  #isClosed = false;
  #next = 0;

  constructor(private readonly options: QueueOptions) {}

  /** Pieces of work that wait or are being done. */
  get load(): number {
    return this.#waiting.length + this.#inWork.size;
  }

  /**
   * Waits for a piece of work to be done.
   *
   * @param signal aborted when nobody waits for it any more
   * @throws {@link WorkError}
   */
  submit(work: Work, signal: AbortSignal): Promise<Done> {
    if (this.#isClosed) return Promise.reject(new WorkError('stopping', 'The server is stopping.'));
    if (this.load >= this.options.queue)
      return Promise.reject(new WorkError('queue-full', `${this.load} requests are waiting already.`));
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      const { timeout } = this.options;
      const late = new WorkError('too-late', `It was not done within ${timeout / 1000} s.`);
      const timer = setTimeout(() => this.#drop(id, late), timeout);
      const leave = () => this.#drop(id, new WorkError('stopping', 'The client has gone.'));
      signal.addEventListener('abort', leave);
      const dispose = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', leave);
      };
      this.#waiting.push({ id, work, arrived: performance.now(), resolve, reject, dispose, tries: 0 });
      if (signal.aborted) leave();
      this.#pump();
    });
  }

  /** The engine is ready: it is sent what waits. */
  open(send: (message: ToEngine) => void): void {
    this.#send = send;
    this.#pump();
  }

  /** The engine has answered. */
  answer(message: Exclude<FromEngine, { kind: 'models' }>): void {
    const pending = this.#inWork.get(message.id);
    if (pending === undefined) return;
    this.#inWork.delete(message.id);
    pending.dispose();
    if (message.kind === 'refused') pending.reject(new WorkError(message.refusal.reason, message.refusal.message));
    else {
      const queued = pending.sent! - pending.arrived;
      pending.resolve({ result: message.result, timing: { ...message.timing, queued } });
    }
    this.#pump();
  }

  /** The engine has died. What it had waits again, in its place, but for what it had at an earlier death too. */
  takeBack(): void {
    this.#send = undefined;
    const pieces = [...this.#inWork.values()];
    this.#inWork.clear();
    const died = new WorkError('engine-died', 'The server’s engine died twice while this was in work.');
    for (const pending of pieces.filter(({ tries }) => tries >= TRIES)) reject(pending, died);
    this.#waiting.unshift(...pieces.filter(({ tries }) => tries < TRIES));
    this.#settle();
  }

  /** Takes no more work. Resolves when what there is has been done. */
  async drain(): Promise<void> {
    if (this.load > 0) await once(this.#emptied, 'empty');
    this.#isClosed = true;
  }

  /** The engine has ended for good: nothing more is done. */
  close(): void {
    this.#isClosed = true;
    this.#send = undefined;
    const ended = new WorkError('stopping', 'The server’s engine has ended.');
    for (const pending of [...this.#waiting.splice(0), ...this.#inWork.values()]) reject(pending, ended);
    this.#inWork.clear();
    this.#settle();
  }

  /** Sends what there is room for. What the engine had when it died goes alone: only what kills it suffers. */
  #pump(): void {
    while (this.#send !== undefined && this.#waiting.length > 0) {
      const isSuspect = this.#waiting[0]!.tries > 0 || [...this.#inWork.values()].some(({ tries }) => tries > 1);
      if (this.#inWork.size >= (isSuspect ? 1 : WINDOW)) return;
      const pending = this.#waiting.shift()!;
      pending.sent = performance.now();
      pending.tries++;
      this.#inWork.set(pending.id, pending);
      this.#send({ kind: 'work', id: pending.id, work: pending.work });
    }
    this.#settle();
  }

  #drop(id: number, error: WorkError): void {
    const waits = this.#waiting.findIndex((pending) => pending.id === id);
    const pending = waits >= 0 ? this.#waiting.splice(waits, 1)[0] : this.#inWork.get(id);
    if (pending === undefined) return;
    if (this.#inWork.delete(id)) this.#send?.({ kind: 'cancel', id });
    reject(pending, error);
    this.#pump();
  }

  #settle(): void {
    if (this.load === 0) this.#emptied.dispatchEvent(new Event('empty'));
  }
}

function reject(pending: Pending, error: WorkError): void {
  pending.dispose();
  pending.reject(error);
}
