import type { Json, JsonObject } from '../support/json.js';

/**
 * A resolved experiment: validated, defaults filled in, `auto` values decided, paths absolute. Readonly all the way down (frozen).
 * The keys are YAML's own. docs/config.md and `runner explain` describe each. A stage that brings a section adds it here (module augmentation),
 * beside the section's schema: `train` in src/training/train-section.ts.
 */
export interface Config {
  readonly name: string;
  readonly seed: number;
  /** Absolute paths of plugin modules. */
  readonly plugins: readonly string[];
  readonly dataset: DatasetConfig;
  readonly method: Typed;
  readonly generator: Typed;
  readonly discriminator: Typed;
  /** What the method's schema of it says. */
  readonly loss: JsonObject;
  readonly optimizer: Typed & { readonly learning_rate: number };
  readonly schedule: Typed;
  readonly engine: EngineConfig;
  /** Who runs the trials of a sweep. */
  readonly launcher: Typed & { readonly jobs: number | null };
  /** Tracker name to its options. */
  readonly tracking: Readonly<Record<string, JsonObject>>;
  /** The stage graph, by stage name, in the order of the file. */
  readonly stages: Readonly<Record<string, StageConfig>>;
}

/** A section that names a registered component and holds its options beside the name. */
export interface Typed extends JsonObject {
  readonly type: string;
}

/**
 * A component where a section names one: by its name alone where all its options have their defaults, else with all of them. In a list it may
 * have a `name` beside `type`, which tells it from others of its type.
 */
export type Reference = string | Typed;

/** The source's own options (`path`, `name`...) lie beside these. */
export interface DatasetConfig extends Typed {
  readonly image_size: number;
  readonly load_size: number;
  readonly interpolation: 'nearest' | 'bilinear' | 'bicubic';
  readonly flip: boolean;
  /** null: the whole domain. */
  readonly shuffle_buffer: number | null;
  readonly batch_size: number;
  readonly epoch: 'shortest' | 'longest';
  readonly limit: number | null;
  readonly on_bad_image: 'skip' | 'fail';
  /** Share of a split's images, 0 to 1. */
  readonly max_bad: number;
}

export interface EngineConfig {
  readonly mode: 'graph' | 'eager';
  /** YAML may say `auto`. */
  readonly precision: 'float32' | 'bfloat16';
}

/** The stage's own options lie beside these. */
export interface StageConfig extends JsonObject {
  /** The registered stage; the entry's own name by default. */
  readonly type: string;
  readonly needs: readonly string[];
}

/** The section `sweep`: which experiments are made of a config. What is given together is combined, each with each. */
export interface SweepOptions {
  readonly name: string | null;
  /** Config path to the values that it takes in turn. */
  readonly grid: Readonly<Record<string, readonly Json[]>>;
  /** Each one's changes, by config path. */
  readonly trials: readonly JsonObject[];
  readonly random: RandomOptions | null;
  /** How many seeds, from the config's own on, or which. */
  readonly repeats: number | readonly number[];
  /** What trials are sorted by. null: the first of evaluate.metrics. */
  readonly metric: string | null;
  readonly better: 'lower' | 'higher' | null;
  readonly halving: HalvingOptions | null;
}

export interface RandomOptions {
  readonly trials: number;
  readonly seed: number;
  /** By config path. */
  readonly ranges: Readonly<Record<string, Range>>;
}

/** Numbers between two, both included, or one of some values. */
export type Range =
  | { readonly min: number; readonly max: number; readonly scale?: 'linear' | 'log'; readonly step?: number }
  | { readonly values: readonly Json[] };

/** Successive halving: of the trials that have come so far, the best 1/factor go on. */
export interface HalvingOptions {
  /** The name of a number that training tells, such as `loss/cycle/forward`: its mean over the last epoch counts. */
  readonly metric: string;
  readonly better: 'lower' | 'higher';
  /** Epochs before the first choice. */
  readonly epochs: number;
  readonly factor: number;
}
