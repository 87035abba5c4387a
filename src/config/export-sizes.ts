import type { Component, ConfigFacts, OptionProblem } from '../registry/component.js';
import type { Components } from '../registry/kinds.js';
import type { JsonObject } from '../support/json.js';
import { optionsOf } from './sections.js';
import { entryAt, placeOfValue, type Path, type ConfigTree } from './config-tree.js';
import type { Located } from './validate.js';

/**
 * Decides `export.image_sizes: null`, in place, and asks the generator whether it takes every size: better now than when it has been
 * trained for hours.
 *
 * @param config with its generator resolved
 */
export function exportSizes(
  config: JsonObject,
  components: Components,
  facts: ConfigFacts,
  { tree }: { readonly tree: ConfigTree },
): Located[] {
  const section = config.export as { image_sizes: number[] | null };
  section.image_sizes ??= [facts.imageSize];
  const generator = config.generator as JsonObject & { readonly type: string };
  const options = optionsOf(components, 'generator', generator.type);
  if (options === undefined) return [];
  const own = Object.fromEntries(Object.keys(options.properties).map((key) => [key, generator[key]!]));
  const component = components.generator.get(generator.type) as Component<never, never>;
  return section.image_sizes.flatMap((imageSize, i) => {
    const [complaint] = component.check?.(own as never, { ...facts, imageSize }) ?? [];
    if (complaint === undefined || imageSize === facts.imageSize) return [];
    const path: Path = ['export', 'image_sizes', String(i)];
    const message = `export.image_sizes, item ${i + 1}: the generator does not take images of ${imageSize} pixels. ${complaint.message}${derived(complaint, own, facts, tree)}`;
    const cure = `Take this size out, or use one that fits as ${facts.imageSize} does.`;
    return [{ path, problem: { code: 'bad-option', message, cure, place: placeOfValue(tree, path) } }];
  });
}

/** Says where an option's value comes from that nobody wrote. */
function derived(
  { path, against }: OptionProblem,
  own: JsonObject,
  { imageSize }: ConfigFacts,
  tree: ConfigTree,
): string {
  const [key] = path;
  if (key === undefined || against !== 'imageSize' || entryAt(tree, ['generator', key]) !== undefined) return '';
  return ` (generator.${key} is ${JSON.stringify(own[key])} because dataset.image_size is ${imageSize}.)`;
}
