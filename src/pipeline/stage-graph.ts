import type { Config } from '../registry/config.js';
import type { Components } from '../registry/kinds.js';
import { type Problem, ProblemError } from '../support/problem.js';
import type { Experiment } from './experiment.js';
import type { StageGraph, UnwiredStage } from './graph-stage.js';
import { findCycle, inOrder } from './stage-order.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import { reservedNames } from './paths.js';
import { wire } from './wiring.js';

/**
 * Builds the stage graph of a config. Reports every problem, not only the first: unknown stage types, cycles, artifacts with no provider or
 * several. Loading the config has checked that every need is a stage.
 */
export function stageGraph(experiment: Experiment, components: Components): Outcome<StageGraph> {
  const { config } = experiment;
  const place = (...path: string[]) => experiment.placeOf?.(['stages', ...path]);
  const problems: Problem[] = [];
  const nodes: UnwiredStage[] = [];
  for (const name of Object.keys(config.stages)) {
    const node = nodeOf(name, config, components);
    if (node.ok) nodes.push(node.value);
    else problems.push(...node.problems.map((problem) => ({ ...problem, place: place(name) })));
  }
  if (problems.length > 0) return invalid(...problems);

  const cycle = findCycle(nodes);
  if (cycle !== undefined) return invalid({ ...cycleProblem(cycle), place: place(cycle[0]!, 'needs') });

  const wired = wire(inOrder(nodes));
  if (wired.problems.length === 0) return valid(wired.stages);
  return invalid(...wired.problems.map(({ stage, ...problem }) => ({ ...problem, place: place(stage) })));
}

function nodeOf(name: string, config: Config, components: Components): Outcome<UnwiredStage> {
  if (!/^[A-Za-z0-9][\w-]*$/.test(name) || reservedNames.includes(name)) return invalid(badName(name));
  const { type, needs, ...options } = config.stages[name]!;
  try {
    const component = components.stage.get(type);
    const reads = typeof component.reads === 'function' ? component.reads(config, components) : component.reads;
    const sees = [...reads, ...(component.readsUncounted ?? [])];
    const coveredByIdentity = component.coveredByIdentity?.(config, components) ?? [];
    const unused = component.unused?.(config) ?? {};
    const requires = component.requires?.(config) ?? {};
    return valid({
      name,
      type,
      component,
      reads,
      sees,
      coveredByIdentity,
      unused,
      requires,
      options,
      needs: [...new Set(needs)],
    });
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

function cycleProblem(cycle: readonly string[]): Problem {
  return {
    code: 'stage-cycle',
    message: `Stages need each other in a circle: ${[...cycle, cycle[0]].join(' -> ')}.`,
    cure: 'Take one of these needs out.',
  };
}
