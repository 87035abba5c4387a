import type { OptionSchema } from '../registry/component.js';
import type { Components } from '../registry/kinds.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import type { Config } from './config.js';
import { optionsOf, PLAIN, STAGE, TYPED } from './sections.js';

/** An option of a resolved config: where it lies, what it may be and what it is. */
export interface OptionAt {
  readonly path: readonly string[];
  readonly schema: OptionSchema;
  readonly value: Json | undefined;
}

/** The options of every section, those of the components that the config names among them. Trackers and sweeps are left out: they shape no result. */
export function everyOption(config: Config, components: Components): OptionAt[] {
  const whole = config as unknown as JsonObject;
  const typed = Object.entries(TYPED).flatMap(([key, { kind, common }]) => {
    const type = isJsonObject(whole[key]) ? whole[key]['type'] : undefined;
    return optionsAt([key], whole[key], { ...common, ...optionsOf(components, kind, type)?.properties });
  });
  const plain = Object.entries(PLAIN).flatMap(([key, { properties }]) => optionsAt([key], whole[key], properties));
  const stages = Object.entries(config.stages).flatMap(([name, stage]) =>
    optionsAt(['stages', name], stage, { ...STAGE, ...optionsOf(components, 'stage', stage.type)?.properties }),
  );
  return [...typed, ...plain, ...stages];
}

/** Config that changes no result, whoever reads it (`x-not-fingerprinted`): bookkeeping, and where something is fetched from. */
export function notFingerprinted(config: Config, components: Components): string[] {
  const options = everyOption(config, components).filter(({ schema }) => schema['x-not-fingerprinted'] === true);
  return options.map(({ path }) => path.join('.'));
}

function optionsAt(
  path: readonly string[],
  section: Json | undefined,
  properties: Readonly<Record<string, OptionSchema>>,
): OptionAt[] {
  return Object.entries(properties).map(([key, schema]) => ({
    path: [...path, key],
    schema,
    value: isJsonObject(section) ? section[key] : undefined,
  }));
}
