import type { JsonObject } from '../../support/json.js';
import type { ConfigFacts, Fact, OptionProblem, OptionsSchema } from '../component.js';

/**
 * A section of the config that a stage brings, such as `train: {epochs: 40}`. It is checked, filled in and explained like the options of a
 * component, and is there for whoever declares to read it. Its TypeScript type is added to `Config` where it is declared:
 * `declare module '../config.js' { interface Config { readonly train: TrainConfig } }` (a plugin: `declare module 'cyclegan-runner'`).
 */
export interface StageSection<Options = never> extends OptionsSchema {
  /** Its key in the config: no other section's. */
  readonly key: string;
  /** A sentence for `runner explain`. */
  readonly description: string;
  /** Which of its options the other sections' `resolve` and `check` may know, and as what. */
  readonly facts?: Readonly<Partial<Record<Fact, string>>>;
  /** As of a component: decides `auto` values. */
  resolve?(options: Options, facts: SectionFacts): JsonObject;
  /** As of a component: complains about what the schema cannot say. */
  check?(options: Options, facts: SectionFacts): readonly OptionProblem[];
}

/** Sections come after the components that a config names, whose word they may ask for. */
export interface SectionFacts extends ConfigFacts {
  /** Why the generator does not take images of another size; nothing where it does. */
  readonly generatorRefuses: (imageSize: number) => string | undefined;
}
