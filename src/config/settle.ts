import type { ConfigFacts, Fact, OptionProblem, OptionsSchema } from '../registry/component.js';
import type { Json, JsonObject } from '../support/json.js';
import { ProblemError, type Problem } from '../support/problem.js';
import { entryAt, placeOfValue, readablePath, type ConfigTree, type Path } from './config-tree.js';
import type { Located } from './validate.js';

/** What decides the `auto` values of a section and complains about it: a component, or the section of a stage. */
export interface Settling<Facts> {
  readonly schema: OptionsSchema;
  resolve?(options: never, facts: Facts): JsonObject;
  check?(options: never, facts: Facts): readonly OptionProblem[];
}

/** Where a section is, and where the config says what it may not fit. */
export interface SettlingSite {
  readonly path: Path;
  readonly tree: ConfigTree;
  readonly factPaths: ReadonlyMap<Fact, Path>;
}

/** Decides the `auto` values of a section, in place. @returns the complaints about it */
export function settle<Facts extends ConfigFacts>(
  section: Record<string, Json>,
  by: Settling<Facts>,
  facts: Facts,
  { path, tree, factPaths }: SettlingSite,
): Located[] {
  const keys = Object.keys(by.schema.properties).filter((key) => section[key] !== undefined);
  const options = Object.fromEntries(keys.map((key) => [key, section[key]!]));
  const label = readablePath(tree, path);
  try {
    const resolved = by.resolve?.(options as never, facts) ?? options;
    Object.assign(section, resolved);
    const complaints = by.check?.(resolved as never, facts) ?? [];
    return complaints.map(({ path: below, against, message, cure }) => {
      const fact = against && factPaths.get(against);
      const whole = aboutPath([...path, ...below], path.length + below.length > 1, fact, tree);
      const problem: Problem = { code: 'bad-option', message, cure, place: placeOfValue(tree, whole) };
      return { path: whole, problem: { ...problem, message: `${readablePath(tree, whole)}: ${message}` } };
    });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problems.map((problem) => ({
      path,
      problem: { place: placeOfValue(tree, path), ...problem, message: `${label}: ${problem.message}` },
    }));
  }
}

/** The path of what the user wrote: the option, or the fact that it does not fit. */
function aboutPath(option: Path, isOption: boolean, fact: Path | undefined, tree: ConfigTree): Path {
  const written = (path: Path) => entryAt(tree, path)?.value.at !== undefined;
  if (fact === undefined || (isOption && written(option)) || !written(fact)) return option;
  return fact;
}
