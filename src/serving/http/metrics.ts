import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { EngineProcess } from '../engine-process.js';
import type { Done } from '../work-queue.js';

/** What Prometheus reads at `/metrics`. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = this.#of(Counter, 'cyclegan_requests_total', 'Answered requests.', ['route', 'status']);
  readonly #images = this.#of(Counter, 'cyclegan_images_total', 'Translated images.', ['model', 'version']);
  readonly #deaths = this.#of(Counter, 'cyclegan_engine_deaths_total', 'Times that the engine ended by itself.', []);
  readonly #seconds = new Histogram({
    name: 'cyclegan_request_seconds',
    help: 'From the arrival of a request to the end of its answer.',
    labelNames: ['route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.registry],
  });
  readonly #batches = new Histogram({
    name: 'cyclegan_batch_images',
    help: 'Images that a translated image shared its batch with, itself included.',
    buckets: [1, 2, 4, 8],
    registers: [this.registry],
  });
  readonly #waits = new Histogram({
    name: 'cyclegan_wait_seconds',
    help: 'From the arrival of an image to the start of its batch.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  /** @param onImages is called with the number of images, when some were translated */
  constructor(
    engine: Pick<EngineProcess, 'load' | 'isReady'>,
    private readonly onImages: (count: number) => void = () => undefined,
  ) {
    collectDefaultMetrics({ register: this.registry });
    this.#gauge('cyclegan_queue_requests', 'Requests that wait or are being translated.', () => engine.load);
    this.#gauge('cyclegan_ready', '1 where images can be translated now.', () => Number(engine.isReady));
  }

  answered(route: string, status: number, milliseconds: number): void {
    this.#requests.inc({ route, status });
    this.#seconds.observe({ route }, milliseconds / 1000);
  }

  translated(
    { name, version }: { readonly name: string; readonly version: number },
    images: number,
    { timing }: Done,
  ): void {
    this.onImages(images);
    this.#images.inc({ model: name, version }, images);
    this.#batches.observe(timing.batch);
    this.#waits.observe((timing.queued + timing.waited) / 1000);
  }

  engineDied(): void {
    this.#deaths.inc();
  }

  #of<Label extends string>(
    kind: typeof Counter,
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Counter<Label> {
    return new kind<Label>({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  #gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(value());
      },
    });
  }
}
