import type { JsonObject } from '../support/json.js';

/**
 * Everything that has a name in a YAML file is a component: a schema that says which options it takes, a sentence that
 * says what it is, and a factory.
 *
 * @typeParam Options what the schema describes; `create` is called with validated options, defaults filled in.
 * @typeParam Site what the place of use tells the factory (image size, number of channels...).
 * @typeParam Product what the factory makes.
 */
export interface Component<Options = never, Site = void, Product = unknown> {
  /** One line for `runner list`. */
  readonly summary: string;
  /** A paragraph for `runner explain`: what it does, where it comes from (paper, code). */
  readonly details?: string;
  readonly schema: OptionsSchema;
  /** Replaces `auto` values now that the rest of the config is known. Must be pure and idempotent. */
  resolve?(options: Options, facts: ConfigFacts): JsonObject;
  /** Complaints that a schema cannot express, such as an image size that does not fit. */
  check?(options: Options, facts: ConfigFacts): readonly OptionProblem[];
  create(options: Options, site: Site): Product;
}

/**
 * A JSON schema (draft 7, which editors know best) of an object; unknown keys are errors, so every option has a property.
 * `format: 'path'` marks paths, which are relative to the config file. `expected: 'words'` says what is wanted where the
 * words made from the schema would be poor. `'x-not-fingerprinted': true` marks an option that changes no result
 * by itself: bookkeeping, or where something is fetched from, as the source's identity says what comes of it. A new value takes effect
 * from the next start on, and makes nothing again. `'x-neutral': true` marks an option that is younger than the runs there may be:
 * with its default it counts as not there. `'x-kind': 'adversarial'` says that the value names components of that kind, with their options.
 * In a method's `loss`, `'x-members'` holds the schemas of the members of an option for all of which one value may stand: 10, or
 * `{forward: 10, backward: 10}`.
 */
export interface OptionsSchema {
  readonly properties: Readonly<Record<string, OptionSchema>>;
  readonly required?: readonly string[];
}

/** The schema of one option. `description` is required: it is the reference documentation. */
export interface OptionSchema extends JsonObject {
  readonly description: string;
}

/** What a component may know of the rest of the config when it resolves and checks its options. */
export interface ConfigFacts {
  /** Side of the square images that the networks see, in pixels. */
  readonly imageSize: number;
  readonly epochs: number;
  /** Whether the method wants pairs of images. */
  readonly pairing: 'unpaired' | 'paired';
}

/** What an option may not fit. */
export type Fact = keyof ConfigFacts;

export interface OptionProblem {
  /** The option, as a path below the component's section; empty for the section itself. */
  readonly path: readonly string[];
  /**
   * The fact that the option does not fit. The problem is about what the user wrote: this one, where the option was left to its default
   * or to `auto`. So the message should make sense for either.
   */
  readonly against?: Fact;
  readonly message: string;
  readonly cure?: string;
}
