import type { Direction } from '../../registry/kinds/export-format.js';
import type { DemoFacts } from '../demo-facts.js';
import type { BackendName, Measured } from './choose-backend.js';
import { DemoError, type Phase, type Translated } from './outcome.js';
import type { DemoSize, FromWorker, ToWorker } from './protocol.js';

/** Milliseconds after which a translation is not waited for, when another one is wanted. */
const LONG = 1000;

export interface ClientEvents {
  readonly onPhase: (phase: Phase) => void;
  readonly onChosen: (backend: BackendName, measured: readonly Measured[]) => void;
}

interface Waiting {
  readonly resolve: (translated: Translated) => void;
  readonly reject: (error: DemoError) => void;
  readonly onTile: (done: number, tiles: number) => void;
}

/** The worker that translates, as the page sees it. After a failure of what computes, a new one is started. */
export class TranslatorClient {
  #worker: Worker | undefined;
  #next = 0;
  #backend: BackendName | undefined;
  /** When the translation in work began, once the network is loaded. */
  #began: number | undefined;
  readonly #waiting = new Map<number, Waiting>();

  constructor(
    private readonly facts: DemoFacts,
    private readonly base: string,
    private readonly events: ClientEvents,
  ) {}

  /** Computes with it from now on; undefined: with the fastest, measured anew. */
  use(backend: BackendName | undefined): void {
    this.#backend = backend;
    this.#stop();
  }

  /** @throws DemoError */
  translate(
    image: Blob | ImageBitmap,
    options: { readonly direction: Direction; readonly size: DemoSize },
    onTile: Waiting['onTile'] = () => undefined,
  ): Promise<Translated> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onTile });
      this.#send({ kind: 'translate', id, image, ...options });
    });
  }

  /**
   * Ends all that is in work or waiting: what has just begun, before its next tile; what takes long, with its worker. The next one then loads
   * the network again, from what the browser keeps.
   */
  cancel(): void {
    if (this.#began !== undefined && performance.now() - this.#began > LONG) return this.#stop();
    for (const id of this.#waiting.keys()) this.#send({ kind: 'cancel', id });
  }

  #send(message: ToWorker): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(message, message.kind === 'translate' && message.image instanceof ImageBitmap ? [message.image] : []); // prettier-ignore
  }

  #start(): Worker {
    const { facts, base } = this;
    const worker = new Worker(new URL(`worker.js?v=${facts.files['worker.js'] ?? ''}`, base), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => this.#receive(data));
    worker.addEventListener('error', (event) => this.#failAll(new DemoError('unknown', event.message)));
    worker.postMessage({
      kind: 'start',
      facts,
      base,
      ...(this.#backend && { backend: this.#backend }),
    } satisfies ToWorker);
    return worker;
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'phase') {
      if (message.phase.what === 'translating') this.#began = performance.now();
      return this.events.onPhase(message.phase);
    }
    if (message.kind === 'chosen') {
      this.#backend = message.backend;
      return this.events.onChosen(message.backend, message.measured);
    }
    const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id);
    if (message.kind === 'tile') return waiting?.onTile(message.done, message.tiles);
    this.#began = undefined;
    if (message.id !== undefined) this.#waiting.delete(message.id);
    if (message.kind === 'translated') return waiting?.resolve(message);
    const { kind, detail } = message.failure;
    waiting?.reject(new DemoError(kind, detail));
    // Whatever ran out of memory stays so.
    if (kind === 'memory' || kind === 'unknown') this.#stop();
  }

  #stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#began = undefined;
    this.#failAll(new DemoError('cancelled'));
  }

  #failAll(error: DemoError): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
