import type { ConfigFacts } from '../registry/component.js';
import type { Config, Preprocess } from '../registry/config.js';
import type { Components } from '../registry/kinds.js';
import { isEqualJson, isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { TYPED } from './core-sections.js';
import { ownOptions, type OptionAt } from './every-option.js';
import { factsIn } from './facts.js';
import { usualLoadSize } from './image-sizes.js';
import { stageSections } from './sections.js';

/** An option with another value than its default. */
export interface ChangedOption {
  readonly path: string;
  readonly value: Json;
  /** Null if the option has none. */
  readonly before: Json;
}

/**
 * The options of a resolved config that differ from the defaults of the components that it names. A value that `auto` or nothing gives as
 * well is no difference.
 */
export function changedOptions(config: Config, components: Components): ChangedOption[] {
  const whole = config as unknown as JsonObject;
  const facts = factsIn(whole, components, () => false);
  const types = Object.entries(TYPED).flatMap(([key, { defaultType }]) => {
    const section = whole[key];
    const value = isJsonObject(section) ? section['type'] : undefined;
    return typeof value !== 'string' || value === defaultType
      ? []
      : [{ path: `${key}.type`, value, before: defaultType }];
  });
  const options = ownOptions(config, components).flatMap((option) => {
    const { path, schema, value } = option;
    const before = schema['default'] ?? null;
    const isSame = value === undefined || isEqualJson(value, before) || isEqualJson(value, withMembers(before, value));
    if (isSame || LEFT_OUT.has(path[0]!) || isDerived(option, whole, components, facts)) return [];
    return [{ path: path.join('.'), value, before }];
  });
  return [...types, ...options];
}

/** Of the machine and the place, not of the experiment. */
const LEFT_OUT = new Set(['stages', 'launcher', 'sweep']);

/** `10` for both directions is `{forward: 10, backward: 10}` in a resolved config. */
function withMembers(before: Json, value: Json): Json {
  if (!isJsonObject(value) || isJsonObject(before) || before === null) return before;
  return Object.fromEntries(Object.keys(value).map((key) => [key, before]));
}

/** Whether the default resolves to the value: `schedule.decay_from` is half of the epochs by `auto`. */
function isDerived(
  { path: [key = '', name = ''], schema, value }: OptionAt,
  config: JsonObject,
  components: Components,
  facts: ConfigFacts | undefined,
): boolean {
  const before = schema['default'] ?? null;
  // Chosen by the machine.
  if (key === 'engine') return before === 'auto';
  const section = config[key];
  if (facts === undefined || !isJsonObject(section)) return false;
  if (key === 'dataset' && name === 'load_size')
    return isEqualJson(value ?? null, usualLoadSize(section['preprocess'] as Preprocess | undefined, facts.imageSize));
  const resolver = resolverOf(key, section, components);
  try {
    const resolved = resolver?.resolve?.({ ...section, [name]: before } as never, facts as never);
    return resolved !== undefined && isEqualJson(resolved[name], value);
  } catch {
    // A plugin's, for values that it did not expect.
    return false;
  }
}

/** The component or the stage's section that resolves the options of a section. */
function resolverOf(key: string, section: JsonObject, components: Components): Resolver | undefined {
  const typed = TYPED[key];
  const type = section['type'];
  if (typed === undefined) return stageSections(components).find((own) => own.key === key);
  const kind = components[typed.kind];
  return typeof type === 'string' && kind.has(type) ? kind.get(type) : undefined;
}

interface Resolver {
  resolve?(options: never, facts: never): JsonObject;
}
