import type { ConfigView } from '../registry/kinds/stage.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import type { Problem } from '../support/problem.js';
import { decideStage } from './decide-stage.js';
import type { Decision, ResultState, Selection } from './decision.js';
import type { Plan, PlannedStage } from './planned-stage.js';

/** What a run would do about each stage, as far as that is known in advance. Changes nothing. */
export async function preview(
  plan: Plan,
  selection: Selection,
  view: ConfigView,
): Promise<Outcome<readonly Decision[]>> {
  const unknown = unknownNames(plan, selection);
  if (unknown.length > 0) return invalid(...unknown);
  const decisions: Decision[] = [];
  const results = new Map<string, ResultState>();
  for (const stage of plan.stages) {
    const decision = await decideStage(stage, { plan, selection, view, results });
    decisions.push(decision);
    results.set(stage.name, decision.result);
  }
  const left = new Set(decisions.filter(({ action }) => action === 'leave').map(({ stage }) => stage.name));
  const running = decisions.filter((decision) => !isSettled(decision));
  const lacking = running.flatMap(({ stage }) => lackingInputs(stage, (input) => left.has(input)));
  return lacking.length > 0 ? invalid(...lacking) : valid(decisions);
}

/** Whether the stage does not run. */
export function isSettled({ action }: Decision): boolean {
  return action === 'skip' || action === 'leave';
}

/** Problems for the inputs of a stage that neither exist nor will be computed. */
export function lackingInputs({ name, inputs }: PlannedStage, lacks: (input: string) => boolean): Problem[] {
  return Object.values(inputs)
    .filter(lacks)
    .map((input) => ({
      code: 'input-not-made',
      message: `Stage "${name}" consumes what "${input}" makes, which is not there or not up to date.`,
      cure: `Use --until ${name}, which runs what it needs first.`,
    }));
}

function unknownNames(plan: Plan, { force, only, until }: Selection): Problem[] {
  const names = plan.stages.map((stage) => stage.name);
  const asked = [...force.map((name) => ['--force', name]), ['--only', only], ['--until', until]];
  return asked
    .filter(([, name]) => name !== undefined && !names.includes(name))
    .map(([option, name]) => ({
      code: 'unknown-stage',
      message: `${option} ${name}: there is no such stage. There are: ${names.join(', ')}.`,
    }));
}
