import { superviseChild } from '../pipeline/child/supervise-child.js';
import type { StageEnd } from '../pipeline/stage-job.js';
import type { StageEvent } from '../registry/kinds/stage-event.js';
import type { Program } from '../registry/program.js';
import type { Problem } from '../support/problem.js';
import { SERVING_MEMORY_CURE } from './memory-cure.js';
import type { FromEngine, Refusal, ServedModel, ServingJob, Timing, ToEngine, Translated, Work } from './protocol.js';

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

export interface EngineOptions {
  /** Pieces of work that wait or are being done. */
  readonly queue: number;
  /** How long a piece of work may take from its arrival, in milliseconds. */
  readonly timeout: number;
}

/** Hears what happens to the engine. */
export interface EngineWatch {
  readonly onEvent: (event: StageEvent) => void;
  /** It ended by itself, and starts again. */
  readonly onDeath: (problems: readonly Problem[], bug: string | undefined) => void;
}

export type EngineEnd = Extract<StageEnd, { status: 'failed' | 'interrupted' }> | { readonly status: 'stopped' };

/** Pieces of work that are in the engine's process at once: enough for a full batch, another that is decoded, and one that is encoded. */
const WINDOW = 24;
/** A piece of work during which the engine died so often is not tried again. */
const TRIES = 2;
/** The engine is given up when it died so often in a row without having done anything. */
const DEATHS = 3;

interface Pending {
  readonly id: number;
  readonly work: Work;
  readonly arrived: number;
  readonly resolve: (done: Done) => void;
  readonly reject: (error: WorkError) => void;
  readonly dispose: () => void;
  sent?: number;
  tries: number;
}

/**
 * The process that computes, and the queue in front of it. When the process dies, it is started again, and what it had in work is tried once more:
 * a request's image may be what killed it.
 */
export class EngineProcess {
  /** The models, once they are loaded. */
  models: readonly ServedModel[] = [];
  /** Whether it can do work now. */
  isReady = false;
  readonly #waiting: Pending[] = [];
  readonly #inWork = new Map<number, Pending>();
  readonly #stop = new AbortController();
  readonly #stopNow = new AbortController();
  #send: (message: ToEngine) => void = () => undefined;
  #next = 0;
  #deaths = 0;

  constructor(
    private readonly job: ServingJob,
    private readonly program: Pick<Program, 'servingProcess'>,
    private readonly options: EngineOptions,
    private readonly watch: EngineWatch,
  ) {}

  /** Pieces of work that wait or are being done. */
  get load(): number {
    return this.#waiting.length + this.#inWork.size;
  }

  /**
   * Runs the engine until it is stopped or given up. @param onReady is called each time that it is ready
   */
  async run(onReady: () => void): Promise<EngineEnd> {
    for (;;) {
      const end = await this.#live(onReady);
      const hasStarted = this.models.length > 0;
      this.isReady = false;
      if (this.#stop.signal.aborted || this.#stopNow.signal.aborted) return this.#ended({ status: 'stopped' });
      if (end.status !== 'failed') return this.#ended({ status: 'interrupted' });
      // What keeps it from starting, such as a damaged checkpoint, does so again.
      if (!hasStarted || ++this.#deaths >= DEATHS) return this.#ended(end);
      this.watch.onDeath(end.problems, end.bug);
      this.#takeBack();
    }
  }

  /**
   * Does a piece of work.
   *
   * @param signal aborted when nobody waits for it any more
   * @throws {@link WorkError}
   */
  submit(work: Work, signal: AbortSignal): Promise<Done> {
    if (this.#stop.signal.aborted) return Promise.reject(new WorkError('stopping', 'The server is stopping.'));
    if (this.load >= this.options.queue)
      return Promise.reject(new WorkError('queue-full', `${this.load} requests are waiting already.`));
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      const late = setTimeout(() => this.#drop(id, new WorkError('too-late', `It was not done within ${this.options.timeout / 1000} s.`)), this.options.timeout); // prettier-ignore
      const gone = () => this.#drop(id, new WorkError('stopping', 'The client has gone.'));
      signal.addEventListener('abort', gone);
      const dispose = () => {
        clearTimeout(late);
        signal.removeEventListener('abort', gone);
      };
      this.#waiting.push({ id, work, arrived: performance.now(), resolve, reject, dispose, tries: 0 });
      if (signal.aborted) gone();
      this.#pump();
    });
  }

  /** Takes no more work, and ends when what there is has been done. */
  async stop(): Promise<void> {
    await this.idle();
    this.#stop.abort();
  }

  /** Ends at once. */
  kill(): void {
    this.#stop.abort();
    this.#stopNow.abort();
  }

  /** Resolves when there is no work. */
  async idle(): Promise<void> {
    while (this.load > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  #live(onReady: () => void): Promise<StageEnd> {
    const child = {
      file: this.program.servingProcess,
      title: 'The server’s engine',
      memoryCure: SERVING_MEMORY_CURE,
    };
    const supervision = {
      stop: this.#stop.signal,
      stopNow: this.#stopNow.signal,
      onEvent: this.watch.onEvent,
      record: () => true,
      onEngine: () => undefined,
    };
    return superviseChild(this.job, child, supervision, {
      onOpen: (send) => (this.#send = send),
      onMessage: (message) => this.#hear(message as FromEngine, onReady),
    });
  }

  #hear(message: FromEngine, onReady: () => void): void {
    if (message.kind === 'models') {
      this.models = message.models;
      this.isReady = true;
      onReady();
      this.#pump();
      return;
    }
    this.#deaths = 0;
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

  /** Sends what there is room for. What was in work when the engine died goes alone: only what kills it suffers. */
  #pump(): void {
    while (this.isReady && this.#waiting.length > 0) {
      const isSuspect = this.#waiting[0]!.tries > 0 || [...this.#inWork.values()].some(({ tries }) => tries > 1);
      if (this.#inWork.size >= (isSuspect ? 1 : WINDOW)) return;
      const pending = this.#waiting.shift()!;
      pending.sent = performance.now();
      pending.tries++;
      this.#inWork.set(pending.id, pending);
      this.#send({ kind: 'work', id: pending.id, work: pending.work });
    }
  }

  #drop(id: number, error: WorkError): void {
    const waits = this.#waiting.findIndex((pending) => pending.id === id);
    const pending = waits >= 0 ? this.#waiting.splice(waits, 1)[0]! : this.#inWork.get(id);
    if (pending === undefined) return;
    if (this.#inWork.delete(id)) this.#send({ kind: 'cancel', id });
    pending.dispose();
    pending.reject(error);
    this.#pump();
  }

  /** What was in work when the engine died waits again, in its place; what was in work at two deaths does not. */
  #takeBack(): void {
    const pieces = [...this.#inWork.values()];
    this.#inWork.clear();
    for (const pending of pieces.filter(({ tries }) => tries >= TRIES)) {
      pending.dispose();
      pending.reject(new WorkError('engine-died', 'The server’s engine died twice while this was in work.'));
    }
    this.#waiting.unshift(...pieces.filter(({ tries }) => tries < TRIES));
  }

  #ended(end: EngineEnd): EngineEnd {
    for (const pending of [...this.#waiting, ...this.#inWork.values()]) {
      pending.dispose();
      pending.reject(new WorkError('stopping', 'The server’s engine has ended.'));
    }
    this.#waiting.length = 0;
    this.#inWork.clear();
    return end;
  }
}
