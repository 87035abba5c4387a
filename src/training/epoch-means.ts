import { isJsonObject, type JsonObject } from '../support/json.js';

/** The mean of a loss over each epoch so far. It travels in checkpoints, also within an epoch, so that a resumed training has the same. */
export class EpochMeans {
  #means: number[] = [];
  #sum = 0;
  #count = 0;

  /** @param state of the checkpoint from which the training goes on; means of another loss in it are left out */
  constructor(
    private readonly loss: string,
    { epoch_means: earlier }: JsonObject,
  ) {
    if (!isJsonObject(earlier) || earlier['loss'] !== loss) return;
    const { means, sum, count } = earlier as { means: readonly number[]; sum: number; count: number };
    [this.#means, this.#sum, this.#count] = [[...means], sum, count];
  }

  /** Of the finished epochs. */
  get means(): readonly number[] {
    return this.#means;
  }

  /** Adds a step's losses. @param last whether the step is the last of its epoch */
  add(losses: Readonly<Record<string, number>>, last: boolean): void {
    this.#sum += losses[this.loss]!;
    this.#count += 1;
    if (!last) return;
    this.#means.push(this.#sum / this.#count);
    [this.#sum, this.#count] = [0, 0];
  }

  /** As part of a checkpoint's state. */
  get state(): JsonObject {
    return { epoch_means: { loss: this.loss, means: [...this.#means], sum: this.#sum, count: this.#count } };
  }
}
