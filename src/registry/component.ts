import type { JsonObject } from '../support/json.js';
import type { ProblemCode } from '../support/problem-codes.js';
import type { Sides } from '../support/sides.js';
import type { Reference } from './config.js';
import type { ExtractorClasses } from './kinds/extractor.js';

/**
 * Everything with a name in a YAML file is a component: a summary, a schema of its options, and a factory.
 *
 * @typeParam Options described by the schema; `create` gets validated options, defaults filled in.
 * @typeParam Site the context in which it is used (image size, number of channels...).
 * @typeParam Product created by the factory.
 */
export interface Component<Options = never, Site = void, Product = unknown> {
  /** One line for `runner list`. */
  readonly summary: string;
  /** A paragraph for `runner explain`: its function and source (paper, code). */
  readonly details?: string;
  readonly schema: OptionsSchema;
  /** Replaces `auto` values, based on the rest of the config. Must be pure and idempotent. */
  resolve?(options: Options, facts: ConfigFacts): JsonObject;
  /** Problems that a schema cannot express, such as an unsuitable image size. */
  check?(options: Options, facts: ConfigFacts): readonly OptionProblem[];
  create(options: Options, site: Site): Product;
}

/**
 * A JSON schema (draft 7, which editors support best) of an object; unknown keys are errors, so every option has a property.
 * `format: 'path'` marks paths, which are relative to the config file. `expected: 'text'` replaces the generated description of allowed
 * values in messages. `'x-not-fingerprinted': true` marks an option that changes no result: bookkeeping, or a download location, as the
 * source's identity covers the content. A new value takes effect from the next start on, and runs nothing again. `'x-neutral': true`
 * marks an option added after runs exist: its default is left out of fingerprints. `'x-kind': 'adversarial'` marks a value that names
 * components of that kind, with their options. In a method's `loss`, `'x-members'` has the schemas of an option's members, which one
 * value can set together: 10, or `{forward: 10, backward: 10}`.
 */
export interface OptionsSchema {
  readonly properties: Readonly<Record<string, OptionSchema>>;
  readonly required?: readonly string[];
}

/** The schema of one option. `description` is required: it is the reference documentation. */
export interface OptionSchema extends JsonObject {
  readonly description: string;
}

/** The rest of the config, as far as components may use it to resolve and check their options. */
export interface ConfigFacts {
  /** Of the networks' images: see {@link Sides}. */
  readonly imageSize: Sides;
  readonly epochs: number;
  /** Whether the method needs pairs of images. */
  readonly pairing: 'unpaired' | 'paired';
  /** The names of the losses that the method's step gives; absent where the config has mistakes in them. */
  readonly losses?: readonly string[] | undefined;
  /** The classes of an extractor that an option names: see `classes` of `Extractor`. */
  readonly classesOf?: (extractor: Reference) => ExtractorClasses | undefined;
  /** The layers of the config’s generator: see `NetworkFeatures`. Undefined if the generator has mistakes. */
  readonly generatorLayers?: () => readonly string[] | undefined;
}

/** A fact that an option may conflict with. */
export type Fact = Exclude<keyof ConfigFacts, 'classesOf' | 'losses' | 'generatorLayers'>;

export interface OptionProblem {
  /** By default `bad-option`. */
  readonly code?: ProblemCode;
  /** The option, as a path below the component's section; empty for the section itself. */
  readonly path: readonly string[];
  /**
   * The fact that the option conflicts with. The problem is reported at this fact if the option is a default or `auto`, else at the
   * option, so the message should fit both.
   */
  readonly against?: Fact;
  readonly message: string;
  readonly cure?: string;
}
