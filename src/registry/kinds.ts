import type { DatasetComponent } from './kinds/dataset.js';
import type { ExportFormatComponent } from './kinds/export-format.js';
import type { LauncherComponent } from './kinds/launcher.js';
import type { MethodComponent } from './kinds/method.js';
import type { MetricComponent } from './kinds/metric.js';
import type { DiscriminatorComponent, GeneratorComponent } from './kinds/network.js';
import type { AdversarialLossComponent, OptimizerComponent, ScheduleComponent } from './kinds/objective.js';
import type { StageComponent } from './kinds/stage.js';
import type { TrackerComponent } from './kinds/tracker.js';
import type { Registry } from './registry.js';

/** Every kind of component there is, by the word that YAML, `runner list` and plugins use. */
export interface Kinds {
  readonly dataset: DatasetComponent;
  readonly method: MethodComponent;
  readonly generator: GeneratorComponent;
  readonly discriminator: DiscriminatorComponent;
  readonly adversarial: AdversarialLossComponent;
  readonly optimizer: OptimizerComponent;
  readonly schedule: ScheduleComponent;
  readonly metric: MetricComponent;
  readonly stage: StageComponent;
  readonly tracker: TrackerComponent;
  readonly export: ExportFormatComponent;
  readonly launcher: LauncherComponent;
}
export type Kind = keyof Kinds;

/** One registry a kind. Made afresh by `builtins()`, then added to by plugins. */
export type Components = { readonly [K in Kind]: Registry<Kinds[K]> };

/** What a plugin module exports as its default: more members for any of the kinds. */
export type Plugin = { readonly [K in Kind]?: Readonly<Record<string, Kinds[K]>> };
