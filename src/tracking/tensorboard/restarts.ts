import type { RunRecord } from '../../registry/kinds/record.js';

/** How far a stage has told its steps, and whether it has begun anew since. */
export type StageSteps = { readonly greatest: number; readonly anew: boolean };

/**
 * Notices a stage that starts anew and tells steps again that it has told before, as `--force train` makes it: what it told then must go.
 * A stage that tells the same step again, as an evaluation does, is no such case.
 */
export class Restarts {
  readonly #stages: Map<string, StageSteps>;

  constructor(stages: Readonly<Record<string, StageSteps>> = {}) {
    this.#stages = new Map(Object.entries(stages));
  }

  /** To be kept. */
  get stages(): Record<string, StageSteps> {
    return Object.fromEntries(this.#stages);
  }

  /**
   * To be asked for every record.
   *
   * @returns the step from which on everything that was told before is stale; at least 1, so that what belongs to no training stays at step 0
   */
  staleFrom(record: RunRecord): number | undefined {
    const known = this.#stages.get(record.stage);
    if (record.kind === 'stage-started') {
      if (known !== undefined && !record.value.resumes) this.#stages.set(record.stage, { ...known, anew: true });
      return undefined;
    }
    if (record.step === null) return undefined;
    const { greatest, anew } = known ?? { greatest: -1, anew: false };
    const again = anew && Math.max(1, record.step) <= greatest && record.step < greatest;
    const next = again ? record.step : Math.max(greatest, record.step);
    if (known === undefined || anew || next !== greatest)
      this.#stages.set(record.stage, { greatest: next, anew: false });
    return again ? Math.max(1, record.step) : undefined;
  }
}
