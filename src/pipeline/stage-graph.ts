import type { Config } from '../config/config.js';
import type { Components } from '../registry/kinds.js';
import type { ArtifactKind, ConfigPath, StageComponent } from '../registry/kinds/stage.js';
import type { JsonObject } from '../support/json.js';
import { type Problem, ProblemError } from '../support/problem.js';
import type { Experiment } from './experiment.js';
import { findCycle, inOrder } from './stage-order.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import { reservedNames } from './paths.js';
import { wire } from './wiring.js';

/** One stage of an experiment, with what it is and what it is wired to. */
export interface GraphStage {
  /** Its name in the config, and its folder's. */
  readonly name: string;
  /** The registered component. */
  readonly type: string;
  readonly component: StageComponent;
  /** The config paths that it sees. */
  readonly reads: readonly ConfigPath[];
  /** Of these, what its `identity` tells better. */
  readonly coveredByIdentity: readonly ConfigPath[];
  /** The stage's own options: its section without `type` and `needs`. */
  readonly options: JsonObject;
  readonly needs: readonly string[];
  /** Which stage each consumed artifact comes from. */
  readonly inputs: Readonly<Record<ArtifactKind, string>>;
}

/** The stages in an order in which they can run: what a stage needs comes before it, otherwise as in the config. */
export type StageGraph = readonly GraphStage[];

/**
 * Reads the stage graph out of a config. Every problem is found, not only the first: unknown stage types, circles,
 * artifacts that nobody, or more than one, provides. That every need is a stage was seen to when the config was loaded.
 */
export function stageGraph(experiment: Experiment, components: Components): Outcome<StageGraph> {
  const { config } = experiment;
  const place = (...path: string[]) => experiment.placeOf?.(['stages', ...path]);
  const problems: Problem[] = [];
  const nodes: Node[] = [];
  for (const name of Object.keys(config.stages)) {
    const node = nodeOf(name, config, components);
    if (node.ok) nodes.push(node.value);
    else problems.push(...node.problems.map((problem) => ({ ...problem, place: place(name) })));
  }
  if (problems.length > 0) return invalid(...problems);

  const cycle = findCycle(nodes);
  if (cycle !== undefined) return invalid({ ...circle(cycle), place: place(cycle[0]!, 'needs') });

  const wired = wire(inOrder(nodes));
  if (wired.problems.length === 0) return valid(wired.stages);
  return invalid(...wired.problems.map(({ stage, ...problem }) => ({ ...problem, place: place(stage) })));
}

/** A stage that is not wired yet. */
export type Node = Omit<GraphStage, 'inputs'>;

function nodeOf(name: string, config: Config, components: Components): Outcome<Node> {
  if (!/^[A-Za-z0-9][\w-]*$/.test(name) || reservedNames.includes(name)) return invalid(badName(name));
  const { type, needs, ...options } = config.stages[name]!;
  try {
    const component = components.stage.get(type);
    const reads = typeof component.reads === 'function' ? component.reads(config, components) : component.reads;
    const coveredByIdentity = component.coveredByIdentity?.(config, components) ?? [];
    return valid({ name, type, component, reads, coveredByIdentity, options, needs: [...new Set(needs)] });
  } catch (error) {
    if (error instanceof ProblemError) return invalid(...error.problems);
    throw error;
  }
}

function badName(name: string): Problem {
  return {
    code: 'bad-stage-name',
    message: `A stage cannot be called "${name}": the name becomes a folder.`,
    cure: `Use letters, digits, "-" and "_", and none of: ${reservedNames.join(', ')}.`,
  };
}

function circle(cycle: readonly string[]): Problem {
  return {
    code: 'stage-cycle',
    message: `Stages need each other in a circle: ${[...cycle, cycle[0]].join(' -> ')}.`,
    cure: 'Take one of these needs out.',
  };
}
