import type { ArtifactKind } from '../registry/kinds/stage.js';
import type { Decision, ResultState } from './decision.js';
import type { PlannedStage, ResolvedInput } from './planned-stage.js';
import type { StageOutcome } from './run-outcome.js';
import type { StageRecord } from './stage-record.js';

/** The results that later stages can consume, collected during a run. */
export class RunResults {
  readonly states = new Map<string, ResultState>();
  readonly outcomes: StageOutcome[] = [];
  readonly #inputs = new Map<string, ResolvedInput>();
  readonly #remade = new Set<string>();

  /** @param remade whether this run just computed it */
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

  /** Whether all inputs of the stage exist, and this run just computed one of them. */
  hasRemadeInput({ inputs }: PlannedStage): boolean {
    const names = Object.values(inputs);
    return names.every((name) => this.has(name)) && names.some((name) => this.#remade.has(name));
  }

  /** All of them must exist. */
  inputsOf({ inputs }: PlannedStage): Record<ArtifactKind, ResolvedInput> {
    const resolved = Object.entries(inputs).map(([artifact, name]) => [artifact, this.#inputs.get(name)!] as const);
    return Object.fromEntries(resolved);
  }
}
