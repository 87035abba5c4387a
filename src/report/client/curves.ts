import { float32, uint32 } from './numbers.js';
import type { SeriesData } from './page-data.js';

/** The numbers of all curves, each decoded when it is first drawn. Curves with equal steps share one array of them. */
export class Curves {
  readonly #steps = new Map<number, Uint32Array>();
  readonly #values = new Map<number, Float32Array>();

  constructor(
    private readonly steps: readonly string[],
    private readonly values: readonly string[],
  ) {}

  of({ steps, values }: SeriesData): { readonly steps: Uint32Array; readonly values: Float32Array } {
    if (!this.#steps.has(steps)) this.#steps.set(steps, uint32(this.steps[steps]!));
    if (!this.#values.has(values)) this.#values.set(values, float32(this.values[values]!));
    return { steps: this.#steps.get(steps)!, values: this.#values.get(values)! };
  }
}
