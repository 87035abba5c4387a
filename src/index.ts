/**
 * The package's programming interface: the types that plugins implement, translating with trained generators, and intervals for metrics.
 *
 * Everything else is the command `runner`.
 */
export { openTranslator } from './app/open-translator.js';
export { loadTensorFlow } from './engine/native.js';
export { bootstrapInterval, type BootstrapOptions } from './evaluation/bootstrap.js';
export type { Component, ConfigFacts, Fact, OptionProblem, OptionSchema, OptionsSchema } from './registry/component.js';
export type { Components, Kind, Kinds, Plugin } from './registry/kinds.js';
export type { Registry } from './registry/registry.js';
export type * from './registry/kinds/dataset.js';
export type * from './registry/kinds/export-format.js';
export type * from './registry/kinds/extractor.js';
export type * from './registry/kinds/launcher.js';
export type * from './registry/kinds/method.js';
// `Translation` is that of an image.
export type { Translation as TensorTranslation } from './registry/kinds/method.js';
export type * from './registry/kinds/metric.js';
export type * from './registry/kinds/network.js';
export type * from './registry/kinds/objective.js';
export type * from './registry/kinds/stage.js';
export type * from './registry/kinds/record.js';
export type * from './registry/kinds/stage-event.js';
export type * from './registry/kinds/stage-section.js';
export {
  MOST_RECORDS,
  StartOver,
  type CurveChart,
  type Curves,
  type ReportedSweep,
  type Tracker,
  type TrackerComponent,
  type TrackerSite,
} from './registry/kinds/tracker.js';
export type { Device } from './support/device.js';
export type { Json, JsonObject, Scalar as JsonScalar } from './support/json.js';
export { PROBLEM_CODES, type PluginProblemCode, type ProblemCode } from './support/problem-codes.js';
export { ProblemError, type Place, type Problem } from './support/problem.js';
export type { ImageInput, Translation, Translator, TranslatorOptions } from './translation/open-translator.js';
export { OUTPUT_FORMATS, type OutputFormat, type SizeChoice } from './translation/request.js';
export type { RgbImage } from './inference/image-grid.js';
export type { CheckpointChoice } from './inference/checkpoint-choice.js';
export type {
  Config,
  DatasetConfig,
  DatasetOptions,
  EngineConfig,
  OptimizerConfig,
  Preprocess,
  Reference,
  StageConfig,
  Typed,
} from './registry/config.js';
export { sidesOf, type HeightWidth, type Sides } from './support/sides.js';
// These modules add their sections to `Config`.
export type { TrainConfig } from './training/train-section.js';
export type { Criterion } from './training/validation/criterion.js';
export type { EarlyStop } from './training/validation/history.js';
export type { EvaluateConfig } from './evaluation/evaluate-section.js';
export type { ExportConfig } from './stages/export.js';
