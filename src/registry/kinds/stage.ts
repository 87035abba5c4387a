import type { Config } from '../config.js';
import type { Json, JsonObject } from '../../support/json.js';
import type { Component } from '../component.js';
import type { Components } from '../kinds.js';
import type { StageEvent } from './stage-event.js';
import type { StageSection } from './stage-section.js';

/** A path into the config, such as `loss` or `dataset.image_size`. */
export type ConfigPath = string;

/** A kind of stage result for later stages, such as the prepared images; these and `needs` connect stages. */
export type ArtifactKind = string;

/**
 * A step of the experiment. It sees only what it declares, and its fingerprint is the hash of exactly that: version,
 * own options, the config paths it reads, the content of its input files and the fingerprints of what it consumes.
 */
export interface StageComponent<Options = never> extends Component<Options, void, Stage> {
  /** The section that this stage adds to the config, besides its options under `stages`. It must be listed in {@link reads} to be read. */
  readonly section?: StageSection;
  /** Raise it if the same inputs give another result; results of older versions are then stale. */
  readonly version: number;
  /** `shared`: published as a whole in runs/.store for all runs; `run`: written in place in the run's folder. */
  readonly scope: 'shared' | 'run';
  /** Whether it uses the native engine, and so runs in a child process. */
  readonly engine: boolean;
  /**
   * The config paths that it reads; a path may be missing in a config. A pure function if the paths depend on the config
   * itself, such as "the options of the chosen source".
   */
  readonly reads: readonly ConfigPath[] | ((config: Config, components: Components) => readonly ConfigPath[]);
  /** Config that it reads but `identity` covers, such as the path of a folder: not in the fingerprint. */
  readonly coveredByIdentity?: (config: Config, components: Components) => readonly ConfigPath[];
  /**
   * Config that it reads beside {@link reads} and that cannot change its result, such as what to measure on the way: neither in the
   * fingerprint nor in the run's name. What of it does change the result in some config, `identity` returns.
   */
  readonly readsUncounted?: readonly ConfigPath[];
  /** The artifacts that it needs from upstream. */
  readonly consumes: readonly ArtifactKind[];
  /** Name under which later stages may consume its result. Every stage that needs this one gets the result, even without a name. */
  readonly provides?: ArtifactKind;
  /**
   * Identifies a result of a shared stage, if its files contain more than affects later stages, such as the origin of images.
   * By default the hash of all files. Of a result made before it had some part, the id is the same as now without this part.
   *
   * @param unused parts that a later stage does not use ({@link StageComponent.unused}): without these
   */
  readonly content?: (dir: string, unused?: readonly string[]) => Promise<string>;
  /**
   * The parts of an artifact that it consumes but that cannot change its result, by artifact: a change in these alone leaves the result
   * valid. The names of parts are those of the maker's `content`, such as `validation` of `dataset`.
   */
  readonly unused?: (config: Config) => Readonly<Record<ArtifactKind, readonly string[]>>;
  /**
   * The parts of an artifact that it cannot do without in this config, by artifact, each by the option that needs it: `{dataset: {validation:
   * 'train.keep_best'}}`. The stage that makes it sees them ({@link ConfigView.required}) and reports what it will not have, before any work.
   */
  readonly requires?: (config: Config) => Readonly<Record<ArtifactKind, RequiredParts>>;
  /** The part of its identity that can change a weight, which alone names the run; by default all of it. */
  readonly namedBy?: (identity: Json) => Json;
  /** The report of a finished result, such as a page. Not part of the result. */
  readonly report?: StageReport;
  /**
   * Whether `--from RUN` applies: it can continue from the result of the same stage type in another run. It then gets
   * `context.parent`, and the parent's fingerprint is part of its own.
   */
  readonly continues?: boolean;
}

/**
 * Files that present a result: drawn into its folder `report/` once it is sealed, and again when the report's version changes.
 * If it cannot be drawn, a warning is shown.
 */
export interface StageReport {
  /** Raise it when the report's appearance or text changes. */
  readonly version: number;
  /** Its lines at the end of a run, which replace lines with the same labels. */
  readonly lines: readonly SummaryLine[];
  /** @param dir the folder of the finished result, the only input */
  readonly draw: (dir: string) => Promise<void>;
}

/** Names of parts of a result, as in {@link StageComponent.content}, each with the option that needs it. */
export type RequiredParts = Readonly<Record<string, ConfigPath>>;

export interface Stage {
  /**
   * Inputs of the result besides the config: the content of input files. Runs before any stage starts, so it also reports what these lack.
   * @throws the signal's reason once it is aborted, if it takes long
   */
  identity?(view: ConfigView, signal?: AbortSignal): Promise<Json>;
  /**
   * Why a finished result is invalid although its fingerprint is right: because of options left out of it (`x-not-fingerprinted`), such as
   * the number of bad images allowed, or because an input that was resumed has other outputs. The stage then runs again. Undefined if it is valid.
   *
   * @param inputs the outputs of the results that it needs, by artifact; without those that are not finished
   */
  objection?(
    result: Pick<StageInput, 'dir' | 'outputs'>,
    view: ConfigView,
    inputs: Readonly<Partial<Record<ArtifactKind, JsonObject>>>,
  ): Promise<string | undefined>;
  run(context: StageContext): Promise<StageResult>;
  /** An estimate of its cost before it starts; undefined if unknown. @param cores that it may use */
  estimate?(view: ConfigView, cores: number): StageEstimate | undefined;
  /** Variables of the environment with which the engine does its work best; those that the user has set stay as they are. */
  engineSettings?(view: ConfigView, cores: number): Readonly<Record<string, string>>;
}

/** The estimated cost of a stage, accurate to about 50%. */
export interface StageEstimate {
  /** Peak memory. */
  readonly bytes: number;
  /** Time for each unit of its work, such as a `step`. */
  readonly seconds: number;
  readonly unit: string;
  /** What to change if the cost is too high. */
  readonly cure: string;
}

/** The part of the config that a stage may read, and the components it may create from it. */
export interface ConfigView {
  /** Only the declared paths; reading another one throws an error with the stage and the path. */
  readonly config: Config;
  readonly components: Components;
  /** The parts of its result that later stages of the run need. */
  readonly required?: RequiredParts;
}

export interface StageContext extends ConfigView {
  /** The folder to work in. Shared stages: an empty temporary one. A run's stages: the same one at each attempt, with its earlier files. */
  readonly dir: string;
  /**
   * Results of all stages that it needs, by the artifact that they provide, else by their names.
   */
  readonly inputs: Readonly<Record<ArtifactKind, StageInput>>;
  /** The run's name, for titles. */
  readonly runName: string;
  /** Aborted when the user stops the run: finish the current unit of work, save, return `interrupted`. */
  readonly signal: AbortSignal;
  /** `--from RUN`: the result of the run to continue from. */
  readonly parent?: StageInput;
  /**
   * Shared stages: folders of this stage's earlier results for other inputs, newest first. They are kept while the stage works. Only to
   * save work: the result must not depend on them.
   */
  readonly earlier: readonly string[];
  emit(event: StageEvent): void;
  /**
   * Resolves when all events reported so far are in the journal on disk. Await it before saving a checkpoint: work resumed from one
   * does not report earlier events again.
   */
  recorded(): Promise<void>;
}

export interface StageInput {
  readonly dir: string;
  readonly fingerprint: string;
  readonly outputs: JsonObject;
}

export type StageResult =
  /** `outputs` is recorded in stage.json; keep it small. `summary` ends the run's output. */
  | {
      readonly status: 'done';
      readonly outputs: JsonObject;
      readonly summary?: readonly SummaryLine[];
      /** Files and folders of the result, relative to the stage's folder; if one is missing, the stage runs again. */
      readonly files?: readonly string[];
      /** The files and folders to copy to trackers, such as a tracking server. */
      readonly artifacts?: readonly string[];
    }
  /** `saved`: a short description of the work that is kept. `next`: how the next run continues, if not obvious. */
  | { readonly status: 'interrupted'; readonly saved?: string; readonly next?: string };

/** A line at the end of a run: `psnr  AtoB 18.0 dB`, `samples  runs/a-1234abcd/train/samples`. */
export interface SummaryLine {
  readonly label: string;
  /** A file or folder, relative to the stage's folder; shown relative to the current folder. */
  readonly file?: string;
  readonly text?: string;
}
