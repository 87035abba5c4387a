import type { ArtifactKind, RequiredParts } from '../registry/kinds/stage.js';
import type { Problem } from '../support/problem.js';
import type { GraphStage, UnwiredStage } from './graph-stage.js';

export interface Wired {
  readonly stages: GraphStage[];
  readonly problems: WiringProblem[];
}

/** A problem of a stage's inputs. */
type WiringProblem = Problem & { readonly stage: string };

/**
 * Finds the provider of each artifact that a stage consumes; results of other needed stages are passed to it, too. Only the stage's own
 * `needs` count, not those of its needs: so the config shows the wiring.
 */
export function wire(nodes: readonly UnwiredStage[]): Wired {
  const stages: Omit<GraphStage, 'required'>[] = [];
  const problems: WiringProblem[] = [];
  for (const node of nodes) {
    const inputs: Record<ArtifactKind, string> = {};
    for (const artifact of node.component.consumes) {
      const providers = nodes.filter((other) => other.component.provides === artifact);
      const wanted = providers.filter((other) => node.needs.includes(other.name));
      if (wanted.length === 1) inputs[artifact] = wanted[0]!.name;
      else problems.push(wanted.length === 0 ? missing(node, artifact, providers) : ambiguous(node, artifact, wanted));
    }
    stages.push({ ...node, inputs: { ...inputs, ...others(node, nodes, inputs) } });
  }
  return { stages: stages.map((stage) => ({ ...stage, required: requiredOf(stage.name, stages) })), problems };
}

/** The parts of a stage's result that others need. */
function requiredOf(name: string, stages: readonly Omit<GraphStage, 'required'>[]): RequiredParts {
  const parts = stages.flatMap(({ inputs, requires }) =>
    Object.entries(requires).flatMap(([artifact, own]) => (inputs[artifact] === name ? [own] : [])),
  );
  return Object.assign({}, ...parts) as RequiredParts;
}

/** Needed stages without a consumed artifact: by the artifact that they provide, or by name if it provides none or the key is taken. */
function others(node: UnwiredStage, nodes: readonly UnwiredStage[], inputs: Readonly<Record<ArtifactKind, string>>) {
  const rest = node.needs.filter((need) => !Object.values(inputs).includes(need));
  const provided = (need: string) => nodes.find(({ name }) => name === need)?.component.provides;
  const isOwn = (need: string, key: string) =>
    !(key in inputs) && rest.every((other) => other === need || provided(other) !== key);
  return Object.fromEntries(
    rest.map((need) => {
      const key = provided(need) ?? need;
      return [isOwn(need, key) ? key : need, need];
    }),
  );
}

function missing(node: UnwiredStage, artifact: ArtifactKind, providers: readonly UnwiredStage[]): WiringProblem {
  const others = providers.filter((other) => other.name !== node.name).map((other) => `"${other.name}"`);
  return {
    stage: node.name,
    code: 'missing-input',
    message: `Stage "${node.name}" consumes ${artifact}, and none of the stages that it needs (${node.needs.join(', ') || 'none'}) provides it.`,
    cure:
      others.length > 0
        ? `Add ${others.join(' or ')} to its needs.`
        : `Add a stage that provides ${artifact}; no stage of this config does.`,
  };
}

function ambiguous(node: UnwiredStage, artifact: ArtifactKind, providers: readonly UnwiredStage[]): WiringProblem {
  return {
    stage: node.name,
    code: 'ambiguous-input',
    message: `Stage "${node.name}" consumes ${artifact}, and more than one of the stages that it needs provides it: ${providers.map((other) => other.name).join(', ')}.`,
    cure: 'Keep one of them in its needs.',
  };
}
