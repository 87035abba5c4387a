import type { HalvingOptions } from '../../registry/config.js';
import type { StageEvent, TrainingProgress } from '../../registry/kinds/stage-event.js';
import { hasTrained, validationMetric } from './rung.js';

/** Where a trial pauses for the choice of successive halving: after an epoch, and after its validation if that decides. */
export class PausePoint {
  #training: TrainingProgress | undefined;
  readonly #isByValidation: boolean;

  constructor(
    private readonly epochs: number,
    halving: HalvingOptions | null,
  ) {
    this.#isByValidation = halving !== null && validationMetric(halving.metric) !== undefined;
  }

  /** Whether the trial has reached it with this event. */
  isReached(event: StageEvent): boolean {
    if (event.kind === 'progress') this.#training = event.training ?? this.#training;
    if (this.#training === undefined || !hasTrained(this.#training, this.epochs)) return false;
    if (!this.#isByValidation) return event.kind === 'progress';
    // Further steps show that no validation was due.
    if (this.#training.step > this.epochs * this.#training.stepsPerEpoch) return true;
    return event.kind === 'metric' && event.name === 'time/validation-share';
  }
}
