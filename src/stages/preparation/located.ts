import type { DatasetConfig } from '../../registry/config.js';
import type { OptionsSchema } from '../../registry/component.js';
import type { DatasetSource } from '../../registry/kinds/dataset.js';
import { errorCode } from '../../support/files.js';
import { ProblemError, type Problem } from '../../support/problem.js';

/** The message after a path that cannot be opened. */
const TROUBLES: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  ENOTDIR: 'is not there',
  ELOOP: 'is a symbolic link that leads to itself',
  EISDIR: 'is a folder, not a file',
  EACCES: 'cannot be read: no permission',
};

/**
 * Wraps a source so that its problems have the place of a config option: the one at the start of the message, else the location of the
 * data. If a source, such as a plugin's, fails to open a path of the config, that becomes a problem too.
 */
export function located(source: DatasetSource, section: DatasetConfig, schema: OptionsSchema): DatasetSource {
  const about = <T>(work: () => Promise<T>) => work().catch((error: unknown) => explain(error, section, schema));
  return {
    ...(source.paired !== undefined && { paired: source.paired }),
    identity: () => about(() => source.identity()),
    list: (split) => about(() => source.list(split)),
    ...(source.prepare && { prepare: (work) => about(() => source.prepare!(work)) }),
    ...(source.validation && { validation: (split) => about(() => source.validation!(split)) }),
    ...(source.hasValidation && { hasValidation: () => about(() => source.hasValidation!()) }),
    ...(source.spares && { spares: (split) => about(() => source.spares!(split)) }),
    ...(source.provenance && { provenance: () => about(() => source.provenance!()) }),
  };
}

function explain(error: unknown, section: DatasetConfig, schema: OptionsSchema): never {
  const problems = error instanceof ProblemError ? error.problems : unopened(error, section, schema);
  if (problems === undefined) throw error;
  const main = mainOption(section, schema);
  const [first, ...others] = problems.map((problem) => ({ option: optionIn(problem) ?? main, ...problem }));
  throw new ProblemError(first!, ...others);
}

/** `dataset.domains: ...` */
function optionIn({ message }: Problem): readonly string[] | undefined {
  return /^dataset\.\w+/.exec(message)?.[0].split('.');
}

function mainOption(section: DatasetConfig, schema: OptionsSchema): readonly string[] {
  const keys = [...pathsOf(schema), ...(schema.required ?? []), 'url'];
  const key = keys.find((each) => section[each] !== undefined && section[each] !== null);
  return ['dataset', key ?? 'type'];
}

function unopened(error: unknown, section: DatasetConfig, schema: OptionsSchema): readonly Problem[] | undefined {
  const trouble = TROUBLES[errorCode(error) ?? ''];
  const { path } = error as { readonly path?: unknown };
  const key = pathsOf(schema).find((each) => typeof path === 'string' && section[each] === path);
  if (trouble === undefined || key === undefined) return undefined;
  return [{ code: 'missing-file', message: `dataset.${key}: ${String(path)} ${trouble}.`, cure: 'Correct the path.' }];
}

function pathsOf({ properties }: OptionsSchema): string[] {
  return Object.keys(properties).filter((key) => properties[key]!.format === 'path');
}
