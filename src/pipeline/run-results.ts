import type { ArtifactKind } from '../registry/kinds/stage.js';
import type { Decision, ResultState } from './decision.js';
import type { PlannedStage, ResolvedInput } from './planned-stage.js';
import type { StageOutcome } from './run-outcome.js';
import type { StageRecord } from './stage-record.js';

/** What there is for later stages, as the run goes on. */
export class RunResults {
  readonly states = new Map<string, ResultState>();
  readonly outcomes: StageOutcome[] = [];
  readonly #inputs = new Map<string, ResolvedInput>();
  readonly #remade = new Set<string>();

  /** @param remade whether it was made just now */
  add({ name, dir, fingerprint }: PlannedStage, record: StageRecord, outcome: StageOutcome, remade = false): void {
    this.states.set(name, { is: 'there', resultId: record.made });
    this.#inputs.set(name, { dir, fingerprint, outputs: record.outputs, resultId: record.made });
    this.outcomes.push(outcome);
    if (remade) this.#remade.add(name);
  }

  leave({ stage, result }: Decision): void {
    this.states.set(stage.name, result);
  }

  has(name: string): boolean {
    return this.#inputs.has(name);
  }

  /** Whether all inputs of the stage are there, and one was made just now. */
  haveRemade({ inputs }: PlannedStage): boolean {
    const names = Object.values(inputs);
    return names.every((name) => this.has(name)) && names.some((name) => this.#remade.has(name));
  }

  /** All of them must be there. */
  inputsOf({ inputs }: PlannedStage): Record<ArtifactKind, ResolvedInput> {
    const there = Object.entries(inputs).map(([artifact, name]) => [artifact, this.#inputs.get(name)!] as const);
    return Object.fromEntries(there);
  }
}
