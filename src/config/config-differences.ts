import { isEqualJson, isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { isReference, nameOf, typeOf } from './reference.js';

/** A value that differs between configs. */
export interface ConfigDifference {
  /** A component in a list has its name in the path: `evaluate.metrics.ssim.window`; see {@link valueAt}. */
  readonly path: readonly string[];
  /** Of each config; undefined where it has none. Members that share one number are that number. */
  readonly values: readonly (Json | undefined)[];
}

/**
 * What differs between configs, or parts of them, in the order of their keys. `{forward: 10, backward: 10}` is one value, 10, where the others are
 * like that; of lists with the same components, the options that differ; other lists are one value.
 */
export function configDifferences(
  configs: readonly (Json | undefined)[],
  path: readonly string[] = [],
): ConfigDifference[] {
  const [first] = configs;
  if (configs.every((each) => isSame(each, first))) return [];
  const whole: ConfigDifference = { path, values: configs.map((each) => sharedNumber(each) ?? each) };
  const names = sharedNames(configs);
  if (names !== undefined)
    return names.flatMap((name, i) =>
      configDifferences(
        configs.map((each) => (each as readonly Json[])[i]),
        [...path, name],
      ),
    );
  const known = configs.filter((each) => each !== undefined);
  if (!known.every(isJsonObject) || haveSharedNumbers(known)) return [whole];
  const keys = [...new Set(known.flatMap((each) => Object.keys(each)))];
  const within = keys.flatMap((key) =>
    configDifferences(
      (configs as readonly (JsonObject | undefined)[]).map((each) => each?.[key]),
      [...path, key],
    ),
  );
  return within.length > 0 ? within : [whole];
}

/** The same by options, for tables: a component that is only named has none of its own. */
export function optionDifferences(configs: readonly (Json | undefined)[]): ConfigDifference[] {
  return configDifferences(configs).flatMap((each) => {
    if (!isBareOnOneSide(each.values)) return [each];
    return configDifferences(
      each.values.map((value) => (typeof value === 'string' ? { type: value } : value)),
      each.path,
    );
  });
}

/** The number that all members share: 10 of `{forward: 10, backward: 10}`, which a config file says so. */
export function sharedNumber(value: Json | undefined): number | undefined {
  if (!isJsonObject(value)) return undefined;
  const [first, ...others] = Object.values(value);
  const isOne = typeof first === 'number' && others.length > 0 && others.every((each) => each === first);
  return isOne ? first : undefined;
}

/** Whether a component is only named on one side, which stands for its defaults. */
export function isBareOnOneSide(values: readonly (Json | undefined)[]): boolean {
  const [first] = values;
  if (!values.some((each) => typeof each === 'string')) return false;
  return isReference(first) && values.every((each) => isReference(each) && typeOf(each) === typeOf(first));
}

/** A value that is null and one that is not there are different here: fingerprints tell them apart. */
function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && isEqualJson(a, b));
}

function haveSharedNumbers(objects: readonly JsonObject[]): boolean {
  const keys = Object.keys(objects[0]!).sort().join();
  return objects.every((each) => sharedNumber(each) !== undefined && Object.keys(each).sort().join() === keys);
}

/** The names of the components in lists that all have the same ones, in the same order. */
function sharedNames(values: readonly (Json | undefined)[]): readonly string[] | undefined {
  const [first, ...others] = values.map(namesIn);
  if (first === undefined) return undefined;
  const isOther = (names: readonly string[] | undefined) =>
    names === undefined || names.length !== first.length || names.some((name, i) => name !== first[i]);
  return others.some(isOther) ? undefined : first;
}

function namesIn(value: Json | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const names = (value as readonly Json[]).map((each) => (isReference(each) ? nameOf(each) : undefined));
  return names.every((name) => name !== undefined) ? names : undefined;
}
