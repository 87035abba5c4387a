import type { Config } from '../config.js';
import type { Json, JsonObject } from '../../support/json.js';
import type { Component } from '../component.js';
import type { Components } from '../kinds.js';
import type { StageEvent } from './stage-event.js';
import type { StageSection } from './stage-section.js';

/** A path into the config, such as `loss` or `dataset.image_size`. */
export type ConfigPath = string;

/** What one stage leaves for another, such as the prepared images; stages are wired by these and by `needs`. */
export type ArtifactKind = string;

/**
 * A step of the experiment. It sees only what it declares, and its fingerprint is the hash of exactly that: version,
 * own options, the config paths it reads, the content of its input files and the fingerprints of what it consumes.
 */
export interface StageComponent<Options = never> extends Component<Options, void, Stage> {
  /** The section of the config that is this stage's, for what is not said under `stages`. It reads it where {@link reads} says so. */
  readonly section?: StageSection;
  /** Raise it when the same inputs would give another result; what older versions made is then stale. */
  readonly version: number;
  /** `shared`: published whole in runs/.store for every run to use; `run`: worked on in place in the run's folder. */
  readonly scope: 'shared' | 'run';
  /** Whether it uses the native engine, and so works in a child process. */
  readonly engine: boolean;
  /**
   * The config it sees. A path that names nothing in a config is fine. A function where the paths depend on the config
   * itself, such as "the options of the chosen source"; it must be pure.
   */
  readonly reads: readonly ConfigPath[] | ((config: Config, components: Components) => readonly ConfigPath[]);
  /** Config that it reads and whose meaning `identity` tells better, such as the path of a folder: not in the fingerprint. */
  readonly coveredByIdentity?: (config: Config, components: Components) => readonly ConfigPath[];
  /** The artifacts that it needs from upstream. */
  readonly consumes: readonly ArtifactKind[];
  /** What later stages may ask for by this name. What a stage leaves is there for every stage that needs it, named or not. */
  readonly provides?: ArtifactKind;
  /**
   * What tells one result of a shared stage from another, where its files hold more than counts for later stages, such as where images
   * came from. Without it the hash of all files.
   */
  readonly content?: (dir: string) => Promise<string>;
  /** What shows people a finished result, such as a page. No part of the result. */
  readonly report?: StageReport;
  /**
   * Whether `--from RUN` concerns it: it can go on from what the stage of the same type left in another run. It then gets
   * `context.parent`, and the parent's fingerprint is part of its own.
   */
  readonly continues?: boolean;
}

/**
 * Files that show people a result: drawn into its folder `report/` once it is sealed, and again where another version of the project
 * finds them in another version. A report that cannot be drawn is a warning.
 */
export interface StageReport {
  /** Raise it when the report looks or reads different. */
  readonly version: number;
  /** What the end of a run says of it; in the place of lines of the same labels. */
  readonly lines: readonly SummaryLine[];
  /** @param dir the folder of the finished result, by which alone it is drawn */
  readonly draw: (dir: string) => Promise<void>;
}

export interface Stage {
  /**
   * What the result depends on beyond the config: the content of input files. Runs before anything else starts.
   * @throws the signal's reason, once that is aborted, if it takes long
   */
  identity?(view: ConfigView, signal?: AbortSignal): Promise<Json>;
  /**
   * Why a finished result does not do under a config that its fingerprint leaves out (`x-not-fingerprinted`), such as how many bad images are
   * accepted; it is then made again. Nothing where it does.
   */
  objection?(result: Pick<StageInput, 'dir' | 'outputs'>, view: ConfigView): Promise<string | undefined>;
  run(context: StageContext): Promise<StageResult>;
  /** What it will take, before it is started; nothing where that is not known. @param cores that it may use */
  estimate?(view: ConfigView, cores: number): StageEstimate | undefined;
}

/** What a stage will take, to within a half. */
export interface StageEstimate {
  /** Of memory, at most. */
  readonly bytes: number;
  /** Of each unit of its work, such as a `step`. */
  readonly seconds: number;
  readonly unit: string;
  /** What to change where that is too much. */
  readonly cure: string;
}

/** What a stage may see of the config, and the components it may build from it. */
export interface ConfigView {
  /** Only the declared paths are there; reading another one throws, naming the stage and the path. */
  readonly config: Config;
  readonly components: Components;
}

export interface StageContext extends ConfigView {
  /** The folder to work in. Shared stages: a temporary one, empty. A run's stages: kept, what an earlier attempt left is there. */
  readonly dir: string;
  /**
   * Upstream results: what it consumes by artifact kind, and of every other stage that it needs, too, by the artifact that it provides, else
   * by its name.
   */
  readonly inputs: Readonly<Record<ArtifactKind, StageInput>>;
  /** The run's name, for titles. */
  readonly runName: string;
  /** Aborted when the user wants to stop: finish what must not be cut, save, return `interrupted`. */
  readonly signal: AbortSignal;
  /** `--from RUN`: the train artifact of the run to go on from. */
  readonly parent?: StageInput;
  /**
   * Shared stages: folders of what this stage has made before of other inputs, newest first. They stay while the stage works. To save
   * work only: the result must not depend on them.
   */
  readonly earlier: readonly string[];
  emit(event: StageEvent): void;
  /**
   * Resolves when everything told so far is in the journal, on the disk. To be awaited before a checkpoint is saved: work that goes
   * on from one does not tell again what came before it.
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
      /** Files and folders (relative to the stage's) without which the result is not there; when one is gone, the stage runs again. */
      readonly files?: readonly string[];
      /** Those files and folders that are worth having elsewhere, such as beside the run on a tracking server. */
      readonly artifacts?: readonly string[];
    }
  /** `saved`: what is kept of the work, in a few words. `next`: how it goes on with the next run, where that is not plain. */
  | { readonly status: 'interrupted'; readonly saved?: string; readonly next?: string };

/** A line at the end of a run: `psnr  AtoB 18.0 dB`, `samples  runs/a-1234abcd/train/samples`. */
export interface SummaryLine {
  readonly label: string;
  /** A file or folder, relative to the stage's; shown as one would type it. */
  readonly file?: string;
  readonly text?: string;
}
