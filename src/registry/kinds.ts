import type { DatasetComponent } from './kinds/dataset.js';
import type { ExportFormatComponent } from './kinds/export-format.js';
import type { ExtractorComponent } from './kinds/extractor.js';
import type { LauncherComponent } from './kinds/launcher.js';
import type { MethodComponent } from './kinds/method.js';
import type { MetricComponent } from './kinds/metric.js';
import type { DiscriminatorComponent, GeneratorComponent } from './kinds/network.js';
import type {
  AdversarialLossComponent,
  GradientPenaltyComponent,
  OptimizerComponent,
  ScheduleComponent,
} from './kinds/objective.js';
import type { StageComponent } from './kinds/stage.js';
import type { TrackerComponent } from './kinds/tracker.js';
import type { Registry } from './registry.js';

/** Every kind of component, by its name in YAML, `runner list` and plugins. */
export interface Kinds {
  readonly dataset: DatasetComponent;
  readonly method: MethodComponent;
  readonly generator: GeneratorComponent;
  readonly discriminator: DiscriminatorComponent;
  readonly adversarial: AdversarialLossComponent;
  readonly penalty: GradientPenaltyComponent;
  readonly optimizer: OptimizerComponent;
  readonly schedule: ScheduleComponent;
  readonly metric: MetricComponent;
  readonly extractor: ExtractorComponent;
  readonly stage: StageComponent;
  readonly tracker: TrackerComponent;
  readonly export: ExportFormatComponent;
  readonly launcher: LauncherComponent;
}
export type Kind = keyof Kinds;

/** One registry per kind. `builtins()` creates them, plugins add to them. */
export type Components = { readonly [K in Kind]: Registry<Kinds[K]> };

/** The default export of a plugin module: components by kind and name. */
export type Plugin = { readonly [K in Kind]?: Readonly<Record<string, Kinds[K]>> };
