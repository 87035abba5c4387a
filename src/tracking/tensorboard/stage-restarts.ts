import type { RunRecord } from '../../registry/kinds/record.js';

/** The last step that a stage reported, and whether the stage has restarted since. */
export type StageSteps = { readonly greatest: number; readonly anew: boolean };

/**
 * Detects a stage that starts again from an earlier step, as after `--force train`: its later steps become stale. Reporting the same step
 * again, as evaluation does, is not a restart.
 */
export class StageRestarts {
  readonly #stages: Map<string, StageSteps>;

  constructor(stages: Readonly<Record<string, StageSteps>> = {}) {
    this.#stages = new Map(Object.entries(stages));
  }

  /** To be kept in the tracker's state. */
  get stages(): Record<string, StageSteps> {
    return Object.fromEntries(this.#stages);
  }

  /**
   * To be called with every record.
   *
   * @returns the step from which earlier records are stale; at least 1, because step 0 holds what belongs to no training
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
