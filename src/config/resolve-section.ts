import type { ConfigFacts, Fact, OptionProblem, OptionsSchema } from '../registry/component.js';
import type { Json, JsonObject } from '../support/json.js';
import { ProblemError, type Problem } from '../support/problem.js';
import { entryAt, placeOfValue, readablePath, type ConfigTree, type Path } from './config-tree.js';
import type { Located } from './validate.js';

/** Resolves the `auto` values of a section and checks it: a component, or the section of a stage. */
export interface SectionResolver<Facts> {
  readonly schema: OptionsSchema;
  resolve?(options: never, facts: Facts): JsonObject;
  check?(options: never, facts: Facts): readonly OptionProblem[];
}

/** The path of a section, and the config paths of the facts that it may conflict with. */
export interface SectionPlace {
  readonly path: Path;
  readonly tree: ConfigTree;
  readonly factPaths: ReadonlyMap<Fact, Path>;
}

/** Resolves the `auto` values of a section, in place. @returns its problems */
export function resolveSection<Facts extends ConfigFacts>(
  section: Record<string, Json>,
  by: SectionResolver<Facts>,
  facts: Facts,
  { path, tree, factPaths }: SectionPlace,
): Located[] {
  const keys = Object.keys(by.schema.properties).filter((key) => section[key] !== undefined);
  const options = Object.fromEntries(keys.map((key) => [key, section[key]!]));
  const label = readablePath(tree, path);
  try {
    const resolved = by.resolve?.(options as never, facts) ?? options;
    Object.assign(section, resolved);
    const complaints = by.check?.(resolved as never, facts) ?? [];
    return complaints.map(({ code = 'bad-option', path: below, against, message, cure }) => {
      const fact = against && factPaths.get(against);
      const whole = aboutPath([...path, ...below], path.length + below.length > 1, fact, tree);
      const problem: Problem = { code, message, cure, place: placeOfValue(tree, whole) };
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

/** The path that the user wrote: the option, or the fact that it conflicts with. */
function aboutPath(option: Path, isOption: boolean, fact: Path | undefined, tree: ConfigTree): Path {
  const written = (path: Path) => entryAt(tree, path)?.value.at !== undefined;
  if (fact === undefined || (isOption && written(option)) || !written(fact)) return option;
  return fact;
}
