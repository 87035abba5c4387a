import type { Plugin } from '../registry/kinds.js';
import { addPlugin } from '../registry/plugins.js';
import { openTranslator as open, type Translator, type TranslatorOptions } from '../translation/open-translator.js';
import { builtins } from './builtins.js';

/**
 * Opens a trained generator.
 *
 * @param place a run (its folder, its name, or the beginning of it), or the folder of a bundle that `export` wrote with the format `weights`
 * @param options `plugins`: those that a bundle's generator comes from, unless it is built in; a run names its own
 * @throws ProblemError when there is none, when it is damaged, or when a direction has to be chosen
 */
export function openTranslator(
  place: string,
  { plugins = [], ...options }: TranslatorOptions & { readonly plugins?: readonly Plugin[] } = {},
): Promise<Translator> {
  const components = builtins();
  for (const plugin of plugins) addPlugin(components, plugin);
  return open(place, components, options);
}
