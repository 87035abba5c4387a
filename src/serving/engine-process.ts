import { superviseChild } from '../pipeline/child/supervise-child.js';
import type { StageEnd } from '../pipeline/stage-job.js';
import type { StageEvent } from '../registry/kinds/stage-event.js';
import type { Program } from '../registry/program.js';
import type { Problem } from '../support/problem.js';
import { SERVING_MEMORY_CURE } from './memory-cure.js';
import type { FromEngine, ServedModel, ServingJob, ToEngine, Work } from './protocol.js';
import { WorkQueue, type Done, type QueueOptions } from './work-queue.js';

/** Hears what happens to the engine. */
export interface EngineWatch {
  readonly onEvent: (event: StageEvent) => void;
  /** It ended by itself, and starts again. */
  readonly onDeath: (problems: readonly Problem[], bug: string | undefined) => void;
}

export type EngineEnd = Extract<StageEnd, { status: 'failed' | 'interrupted' }> | { readonly status: 'stopped' };

/** The engine is given up when it died so often in a row without having done anything. */
const DEATHS = 3;

/**
 * The process that computes, with the queue in front of it. When the process dies, it is started again, and what it had in work is tried once
 * more: a request's image may be what killed it.
 */
export class EngineProcess {
  /** The models, once they are loaded. */
  models: readonly ServedModel[] = [];
  /** Whether it can do work now. */
  isReady = false;
  readonly #queue: WorkQueue;
  readonly #stop = new AbortController();
  readonly #stopNow = new AbortController();
  #deaths = 0;

  constructor(
    private readonly job: ServingJob,
    private readonly program: Pick<Program, 'servingProcess'>,
    options: QueueOptions,
    private readonly watch: EngineWatch,
  ) {
    this.#queue = new WorkQueue(options);
  }

  /** Pieces of work that wait or are being done. */
  get load(): number {
    return this.#queue.load;
  }

  /** Does a piece of work: {@link WorkQueue.submit}. */
  submit(work: Work, signal: AbortSignal): Promise<Done> {
    return this.#queue.submit(work, signal);
  }

  /** Runs the engine until it is stopped or given up. @param onReady is called each time that it is ready */
  async run(onReady: () => void): Promise<EngineEnd> {
    try {
      for (;;) {
        const end = await this.#live(onReady);
        this.isReady = false;
        if (this.#stop.signal.aborted) return { status: 'stopped' };
        if (end.status !== 'failed') return { status: 'interrupted' };
        const hasStarted = this.models.length > 0;
        // What keeps it from starting, such as a damaged checkpoint, does so again.
        if (!hasStarted || ++this.#deaths >= DEATHS) return end;
        this.watch.onDeath(end.problems, end.bug);
        this.#queue.takeBack();
      }
    } finally {
      this.#queue.close();
    }
  }

  /** Does the work that there is, and ends. */
  async stop(): Promise<void> {
    await this.#queue.drain();
    this.#stop.abort();
  }

  /** Ends at once. */
  kill(): void {
    this.#stop.abort();
    this.#stopNow.abort();
  }

  /** One life of the process. */
  #live(onReady: () => void): Promise<StageEnd> {
    const child = { file: this.program.servingProcess, title: 'The server’s engine', memoryCure: SERVING_MEMORY_CURE };
    const supervision = {
      stop: this.#stop.signal,
      stopNow: this.#stopNow.signal,
      onEvent: this.watch.onEvent,
      record: () => true,
      onEngine: () => undefined,
    };
    let send: (message: ToEngine) => void = () => undefined;
    return superviseChild(this.job, child, supervision, {
      onOpen: (opened) => (send = opened),
      onMessage: (message) => {
        const heard = message as FromEngine;
        if (heard.kind === 'models') {
          this.models = heard.models;
          this.isReady = true;
          onReady();
          this.#queue.open(send);
        } else {
          this.#deaths = 0;
          this.#queue.answer(heard);
        }
      },
    });
  }
}
