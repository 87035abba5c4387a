import type { JsonObject } from '../../support/json.js';
import type { Sides } from '../../support/sides.js';
import type { Components } from '../kinds.js';
import type { ConfigFacts, Fact, OptionProblem, OptionsSchema } from '../component.js';

/**
 * A section that a stage adds to the config, such as `train: {epochs: 40}`. It is checked, filled in and explained like the options of a
 * component, and stages that declare it can read it. Its TypeScript type is added to `Config` where it is declared:
 * `declare module '../config.js' { interface Config { readonly train: TrainConfig } }` (a plugin: `declare module 'cyclegan-runner'`).
 */
export interface StageSection<Options = never> extends OptionsSchema {
  /** Its key in the config; must be unique. */
  readonly key: string;
  /** A sentence for `runner explain`. */
  readonly description: string;
  /** Its options that `resolve` and `check` of other sections may use, by the names of facts. */
  readonly facts?: Readonly<Partial<Record<Fact, string>>>;
  /** Resolves `auto` values, as in a component. */
  resolve?(options: Options, facts: SectionFacts): JsonObject;
  /** Reports problems that the schema cannot express, as in a component. */
  check?(options: Options, facts: SectionFacts): readonly OptionProblem[];
}

/** Sections are resolved after the config's components, so they may query these. */
export interface SectionFacts extends ConfigFacts {
  readonly components: Components;
  /** The whole config as far as it is resolved: the sections of other stages may still have mistakes. */
  readonly config: JsonObject;
  /** Why the generator does not accept images of another size; undefined if it does. */
  readonly generatorRefuses: (imageSize: Sides) => string | undefined;
  /** Whether there are validation images, by the section `dataset` alone; undefined if only the images can tell. */
  readonly hasValidation: boolean | undefined;
}
