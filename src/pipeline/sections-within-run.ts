import type { Config } from '../registry/config.js';
import { stageSections } from '../config/sections.js';
import type { Components } from '../registry/kinds.js';
import type { ConfigPath, StageComponent } from '../registry/kinds/stage.js';
import { ProblemError } from '../support/problem.js';
import { withAncestors } from './stage-order.js';

/**
 * The stages' sections that affect a result but do not identify a run, such as `evaluate` and `export`: no training stage, and no stage that
 * one needs, reads them. When they change, their stages run again in the same run.
 */
export function sectionsWithinRun(config: Config, components: Components): string[] {
  const trainers = [...components.stage].filter(([, { continues }]) => continues === true);
  const own = trainers.flatMap(([, { section }]) => (section === undefined ? [] : [section.key]));
  const read = new Set([...own, ...shapingReads(config, components)]);
  return stageSections(components)
    .map(({ key }) => key)
    .filter((key) => !read.has(key));
}

/** The sections read by the stages that can change a weight. */
function shapingReads(config: Config, components: Components): string[] {
  const nodes = Object.entries(config.stages).flatMap(([name, { type, needs }]) =>
    components.stage.has(type) ? [{ name, needs, stage: components.stage.get(type) }] : [],
  );
  const training = nodes.filter(({ stage }) => stage.continues === true);
  const shaping = new Set(training.flatMap(({ name }) => [...withAncestors(nodes, name)]));
  return nodes
    .filter(({ name }) => shaping.has(name))
    .flatMap(({ stage }) => readsOf(stage, config, components))
    .map((path) => path.split('.')[0]!);
}

/** If a run's plugins are not loaded, what their components read is unknown. */
function readsOf({ reads }: StageComponent, config: Config, components: Components): readonly ConfigPath[] {
  if (typeof reads !== 'function') return reads;
  try {
    return reads(config, components);
  } catch (error) {
    if (error instanceof ProblemError) return [];
    throw error;
  }
}
