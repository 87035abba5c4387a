import type { Component, ConfigFacts, Fact, OptionProblem } from '../registry/component.js';
import type { DatasetConfig, Reference, Typed } from '../registry/config.js';
import { CHANNELS } from '../registry/kinds/network.js';
import { make } from '../registry/make.js';
import type { Components } from '../registry/kinds.js';
import type { SectionFacts } from '../registry/kinds/stage-section.js';
import type { Json, JsonObject } from '../support/json.js';
import { isSides, writtenSides, type Sides } from '../support/sides.js';
import { entryAt, type ConfigTree, type Path } from './config-tree.js';
import { methodOf, optionsOf, stageSections } from './sections.js';

/** The config path of each fact. */
export function factPaths(components: Components): ReadonlyMap<Fact, Path> {
  const paths = new Map<Fact, Path>([
    ['imageSize', ['dataset', 'image_size']],
    ['pairing', ['method']],
  ]);
  for (const { key, facts = {} } of stageSections(components)) {
    for (const [fact, option] of Object.entries(facts)) paths.set(fact as Fact, [key, option]);
  }
  return paths;
}

/** The facts of a config for its components; undefined if one of these values is wrong. @param isWrong whether a value is wrong */
export function factsIn(
  config: JsonObject,
  components: Components,
  isWrong: (path: Path) => boolean,
): ConfigFacts | undefined {
  const paths = factPaths(components);
  const at = (fact: Fact) => {
    const path = paths.get(fact);
    return path === undefined || isWrong(path) ? undefined : valueOf(config, path);
  };
  const imageSize = at('imageSize');
  const epochs = at('epochs');
  if (!isSides(imageSize) || typeof epochs !== 'number') return undefined;
  // The pairing of an unknown method is unknown; assume one that causes no further problems.
  const pairing = methodOf(components, config.method)?.pairing ?? 'unpaired';
  const isKnown = !['method', 'loss'].some((section) => isWrong([section]));
  const losses = isKnown ? lossNames(config, components) : undefined;
  const classesOf = (extractor: Reference) => make(components.extractor, extractor, undefined).classes;
  const generatorLayers = () => {
    if (isWrong(['generator'])) return undefined;
    const generator = make(components.generator, config.generator as unknown as Typed, {
      imageSize,
      channels: CHANNELS,
    });
    return Object.keys(generator.features?.channels ?? {});
  };
  return { imageSize, epochs, pairing, losses, classesOf, generatorLayers };
}

function lossNames({ method, loss }: JsonObject, components: Components): string[] | undefined {
  const curves = methodOf(components, method)?.curves(loss as never, method as never);
  return curves?.losses.map(({ name }) => name);
}

/** The facts for the sections of stages. @param config with its generator resolved @param isWrong whether a section has mistakes */
export function sectionFacts(
  facts: ConfigFacts,
  config: JsonObject,
  components: Components,
  tree: ConfigTree,
  isWrong: (section: string) => boolean,
): SectionFacts {
  const generator = config.generator as JsonObject & { readonly type: string };
  const options = optionsOf(components, 'generator', generator.type);
  const hasValidation = isWrong('dataset') ? undefined : knownValidation(config, components);
  const known = { ...facts, components, config, hasValidation };
  if (options === undefined) return { ...known, generatorRefuses: () => undefined };
  const own = Object.fromEntries(Object.keys(options.properties).map((key) => [key, generator[key]!]));
  const component = components.generator.get(generator.type) as Component<never, never>;
  const generatorRefuses = (imageSize: Sides) => {
    const [complaint] = component.check?.(own as never, { ...facts, imageSize }) ?? [];
    return complaint && `${complaint.message}${derived(complaint, own, facts, tree)}`;
  };
  return { ...known, generatorRefuses };
}

function knownValidation({ dataset }: JsonObject, components: Components): boolean | undefined {
  const section = dataset as unknown as DatasetConfig;
  if (section.validation_share > 0) return true;
  return components.dataset.get(section.type).hasValidation?.(section as never);
}

/** Explains an option's value that was derived, not written. */
function derived(
  { path, against }: OptionProblem,
  own: JsonObject,
  { imageSize }: ConfigFacts,
  tree: ConfigTree,
): string {
  const [key] = path;
  if (key === undefined || against !== 'imageSize' || entryAt(tree, ['generator', key]) !== undefined) return '';
  return ` (generator.${key} is ${JSON.stringify(own[key])} because dataset.image_size is ${writtenSides(imageSize)}.)`;
}

function valueOf(config: JsonObject, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((at, key) => (at as JsonObject | undefined)?.[key], config);
}
