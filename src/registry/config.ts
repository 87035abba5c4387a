import type { Device } from '../support/device.js';
import type { LearningRate } from './kinds/objective.js';
import type { Json, JsonObject } from '../support/json.js';
import type { Sides } from '../support/sides.js';

/**
 * A resolved experiment: validated, defaults filled in, `auto` values decided, paths absolute. Deeply readonly (frozen).
 * The keys are those of the YAML. docs/config.md and `runner explain` describe each. A stage adds its section here by module augmentation,
 * next to the section's schema: `train` in src/training/train-section.ts.
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
  /** Defined by the method's schema of it. */
  readonly loss: JsonObject;
  readonly optimizer: OptimizerConfig;
  // A config that was frozen before this option existed does not have it.
  readonly schedule: Typed & { readonly warmup?: number };
  readonly engine: EngineConfig;
  /** Runs the trials of a sweep. */
  readonly launcher: Typed & { readonly jobs: number | null };
  /** Tracker name to its options. */
  readonly tracking: Readonly<Record<string, JsonObject>>;
  /** The stage graph, by stage name, in the order of the file. */
  readonly stages: Readonly<Record<string, StageConfig>>;
}

/** A section with the name of a registered component, and its options. */
export interface Typed extends JsonObject {
  readonly type: string;
}

/**
 * A component named in a section: its bare name if all its options have their defaults, else with all of them. In a list it may
 * also have a `name`, which distinguishes it from others of its type.
 */
export type Reference = string | Typed;

/** Options of every optimizer; its own are in the same section. */
export type OptimizerConfig = Typed & {
  readonly learning_rate: LearningRate;
  // A config that was frozen before these options existed does not have them.
  readonly clip_value?: number | null;
  readonly clip_norm?: number | null;
};

/** Options of every source; the source's own (`path`, `name`...) are in the same section. */
export type DatasetConfig = Typed & DatasetOptions;

export interface DatasetOptions {
  readonly image_size: Sides;
  readonly load_size: Sides;
  // A config that was frozen before this option existed does not have it.
  readonly preprocess?: Preprocess;
  readonly interpolation: 'nearest' | 'bilinear' | 'bicubic';
  readonly flip: boolean;
  /** null: the whole domain. */
  readonly shuffle_buffer: number | null;
  readonly batch_size: number;
  /** A number: steps. */
  readonly epoch: 'shortest' | 'longest' | number;
  readonly limit: number | null;
  /** Share of each domain's training images held out for validation, 0 to 0.5. */
  readonly validation_share: number;
  readonly validation_seed: number;
  readonly on_bad_image: 'skip' | 'fail';
  /** Share of a split's images, 0 to 1. */
  readonly max_bad: number;
}

/** How images get to `image_size`: the names of pytorch-CycleGAN-and-pix2pix. */
export type Preprocess = 'resize_and_crop' | 'crop' | 'scale_width' | 'scale_width_and_crop' | 'none';

export interface EngineConfig {
  readonly mode: 'graph' | 'eager';
  /** YAML may say `auto`. */
  readonly precision: 'float32' | 'bfloat16';
  // A config that was frozen before this option existed does not have it.
  readonly device?: Device;
  readonly xla?: 'auto' | 'on' | 'off';
  readonly replicas?: number;
}

/** Options of every stage; the stage's own are in the same section. */
export interface StageConfig extends JsonObject {
  /** The registered stage; by default the entry's name. */
  readonly type: string;
  readonly needs: readonly string[];
}

/** The section `sweep`: the experiments to derive from a config. Grid, trials, random draws and repeats are combined, each with each. */
export interface SweepOptions {
  readonly name: string | null;
  /** Values by config path. */
  readonly grid: Readonly<Record<string, readonly Json[]>>;
  /** Changes of each trial, by config path. */
  readonly trials: readonly JsonObject[];
  readonly random: RandomOptions | null;
  /** Number of seeds, counted from the config's, or a list of seeds. */
  readonly repeats: number | readonly number[];
  /** Ranks the trials. null selects one of evaluate.metrics. */
  readonly metric: string | null;
  readonly better: 'lower' | 'higher' | null;
  /** `better: null`: as the metric says. */
  readonly halving: (Omit<HalvingOptions, 'better'> & { readonly better: HalvingOptions['better'] | null }) | null;
}

export interface RandomOptions {
  readonly trials: number;
  readonly seed: number;
  /** By config path. */
  readonly ranges: Readonly<Record<string, Range>>;
}

/** Numbers between two bounds, both included, or one of some values. */
export type Range =
  | { readonly min: number; readonly max: number; readonly scale?: 'linear' | 'log'; readonly step?: number }
  | { readonly values: readonly Json[] };

/** Successive halving: the best 1/factor of the trials that reach a rung continue. */
export interface HalvingOptions {
  /**
   * The name of a value that training reports: `loss/cycle/forward`, averaged over the last epoch, or the last `validate/AtoB/psnr`
   * (`validate/psnr`: the mean over both directions).
   */
  readonly metric: string;
  readonly better: 'lower' | 'higher';
  /** Epochs before the first selection. */
  readonly epochs: number;
  readonly factor: number;
}
