import { basename, join } from 'node:path';
import type { Config, SweepOptions } from '../registry/config.js';
import { readConfig, resolveWritten, type LoadedConfig, type Written } from '../config/load.js';
import { overridesOf, readAssignments, type Assignment } from '../config/overrides.js';
import { placeOfValue } from '../config/config-tree.js';
import type { GraphStage } from '../pipeline/graph-stage.js';
import { identityOf } from '../pipeline/input-files.js';
import { identifyRun } from '../pipeline/plan.js';
import { sectionsWithinRun } from '../pipeline/sections-within-run.js';
import { pick } from '../pipeline/view.js';
import type { Components } from '../registry/kinds.js';
import { loadPlugins } from '../registry/plugins.js';
import { sha256 } from '../support/hash.js';
import { canonicalJson, type Json, type JsonObject } from '../support/json.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import { hidePasswords } from '../support/passwords.js';
import type { Problem } from '../support/problem.js';
import { sweepsRoot } from './sweep-files.js';
import { type FrozenSweep, type FrozenTrial, readFrozen, writeFrozen, writeSeal } from './frozen.js';
import { decidedHalving, metricOf } from './rank-metric.js';
import { rangeProblems } from './spec/draws.js';
import { axesOf, labelOf, type NamedPath, sweepTitle, valueOn } from './spec/naming.js';
import { sweepValidationProblems } from './sweep-validation.js';
import { type SweepPoint, pointCount, pointsOf, varies } from './spec/points.js';

/** More is likely a mistake: a grid over many lists. */
const MOST_TRIALS = 100_000;

export interface FreezeRequest {
  /** The config file; relative to `cwd`. */
  readonly file: string;
  /** Values of `--set`, grids included. */
  readonly overrides: readonly string[];
  /** Absolute. */
  readonly runsRoot: string;
  /** `--from`, for every trial. */
  readonly from?: string;
  readonly cwd: string;
  readonly command: readonly string[];
  /** Creates a table of components for each experiment, since plugins add to it. */
  readonly components: () => Components;
  readonly stop: AbortSignal;
  /** Resolve and check everything, write nothing. */
  readonly dryRun: boolean;
  /** Called after each resolved experiment. */
  readonly onResolved?: (done: number, total: number) => void;
}

/** A sweep and its folder. */
export interface OpenSweep {
  readonly dir: string;
  readonly sweep: FrozenSweep;
  /** Notes for the user on how it was resolved. */
  readonly notes: readonly string[];
}

interface Resolved {
  readonly point: SweepPoint;
  readonly loaded: LoadedConfig;
  readonly run: string;
}

/**
 * Resolves and checks every experiment of a sweep, input files included, and writes them unless it is a dry run. On any problem it returns all of them
 * and writes nothing. The same experiments give the same sweep.
 */
export async function freeze(request: FreezeRequest): Promise<Outcome<OpenSweep>> {
  const { cwd, overrides } = request;
  const written = await readConfig(request.file, cwd);
  const { assignments, problems } = readAssignments(overrides, cwd);
  if (!written.ok || problems.length > 0) return invalid(...(written.ok ? [] : written.problems), ...problems);
  const base = await baseOf(written.value, assignments, request);
  if (!base.ok) return base;
  const invalidSections = sectionProblems(base.value, assignments);
  if (invalidSections.length > 0) return invalid(...invalidSections);

  const { config, sweep } = base.value;
  const points = pointsOf({ assignments, options: sweep.options, tree: sweep.tree, seed: config.seed });
  const resolved = await resolveAll(points, written.value, request);
  if (!resolved.ok) return resolved;
  return openFrozen(resolved.value, sweep.options, request);
}

/** The config without the varied values, for its section `sweep`; with the first value of each grid where it is invalid without them. */
async function baseOf(
  written: Written,
  assignments: readonly Assignment[],
  { components }: FreezeRequest,
): Promise<Outcome<LoadedConfig>> {
  const first = (list: readonly Assignment[]) =>
    overridesOf(list.map(({ path, choices }) => ({ path, choice: choices[0]! })));
  const fixed = assignments.filter(({ choices }) => choices.length === 1);
  const withoutGrids = await resolveWritten(written, first(fixed), { components: components() });
  return withoutGrids.ok ? withoutGrids : resolveWritten(written, first(assignments), { components: components() });
}

function sectionProblems({ sweep: { options, tree } }: LoadedConfig, assignments: readonly Assignment[]): Problem[] {
  if (!varies({ assignments, options })) return [NOTHING_VARIES];
  const count = pointCount({ assignments, options });
  if (count > MOST_TRIALS) {
    const message = `These are ${count} experiments, expected at most ${MOST_TRIALS}.`;
    return [
      {
        code: 'too-many-trials',
        message,
        cure: 'Vary fewer values, or draw some at random: `runner explain sweep.random`.',
      },
    ];
  }
  if (options.random === null) return [];
  return rangeProblems(options.random).map(({ path, message }) => ({
    code: 'bad-option',
    message: `sweep.${path.join('.')}: ${message}`,
    place: tree && placeOfValue(tree, path),
  }));
}

async function resolveAll(
  points: readonly SweepPoint[],
  written: Written,
  request: FreezeRequest,
): Promise<Outcome<Resolved[]>> {
  const { components, onResolved, runsRoot, cwd, from, stop } = request;
  const problems = new Map<string, Problem>();
  const resolved = new Map<string, Resolved>();
  const inputs = new InputFiles(stop);
  for (const [index, point] of points.entries()) {
    const ownComponents = components();
    const loaded = await resolveWritten(written, overridesOf(point), { components: ownComponents });
    const identified = loaded.ok
      ? await identifyRun({ experiment: loaded.value, components: ownComponents, runsRoot, from, cwd }, (stage) =>
          inputs.identity(stage, loaded.value.config, ownComponents),
        )
      : loaded;
    for (const problem of identified.ok ? [] : identified.problems) {
      problems.set(canonicalJson(problem as unknown as JsonObject), problem);
    }
    // Two points can be the same experiment: `lambda` 10 and 10.0.
    if (loaded.ok && identified.ok) {
      const { runName: run } = identified.value;
      const key = canonicalJson(identityOfTrial(run, loaded.value.config, ownComponents));
      if (!resolved.has(key)) resolved.set(key, { point, loaded: loaded.value, run });
    }
    stop.throwIfAborted();
    onResolved?.(index + 1, points.length);
  }
  return problems.size > 0 ? invalid(...problems.values()) : valid([...resolved.values()]);
}

/** Inspects input files once, however many experiments read them. */
class InputFiles {
  readonly #identities = new Map<string, Promise<Outcome<Json>>>();

  constructor(private readonly stop: AbortSignal) {}

  identity(stage: GraphStage, config: Config, components: Components): Promise<Outcome<Json>> {
    const read = pick(config as unknown as JsonObject, stage.sees);
    const key = sha256({ type: stage.type, options: stage.options, config: read, required: stage.required });
    const identity = this.#identities.get(key) ?? identityOf(stage, config, components, this.stop);
    this.#identities.set(key, identity);
    return identity;
  }
}

/** Writes the sweep, or opens it if it was frozen before. */
async function openFrozen(
  resolved: readonly Resolved[],
  options: SweepOptions,
  request: FreezeRequest,
): Promise<Outcome<OpenSweep>> {
  const configs = resolved.map(({ loaded }) => loaded.config);
  const secret = configs.find(
    (config) => canonicalJson(hidePasswords(config as never)) !== canonicalJson(config as never),
  );
  if (secret !== undefined) return invalid(PASSWORDS);
  const [first, ...others] = configs;
  const components = request.components();
  await loadPlugins(first!.plugins, components);
  const points = resolved.map(({ point }) => point);
  const axes = axesOf(points, configs, components);
  const varied = axes.map(({ path }) => path);
  const metric = metricOf({ configs: [first!, ...others], varied, components }, options);
  if (!metric.ok) return metric;
  const halving = decidedHalving({ configs: [first!, ...others], components }, options.halving);
  if (!halving.ok) return halving;
  const choice = { halving: halving.value, metric: metric.value.name };
  const trials = resolved.map((each, index) => frozenTrial(each, index + 1, axes, components));
  const checked = resolved.map(({ loaded }, index) => ({ ...loaded, label: trials[index]!.label }));
  const problems = await sweepValidationProblems(checked, components, choice);
  if (problems.length > 0) return invalid(...problems);
  const title = options.name ?? sweepTitle(configs[0]!, axes);
  const identity = {
    trials: resolved.map(({ run, loaded }) => identityOfTrial(run, loaded.config, components)),
    halving: halving.value as JsonObject | null,
  };
  const dir = join(sweepsRoot(request.runsRoot), `${title}-${sha256(identity).slice(0, 8)}`);
  const notes = [...new Set(resolved.flatMap(({ loaded }) => loaded.notes))];
  if (resolved.length === 1) notes.push('Nothing varies: this sweep is a single experiment.');
  const existing = await readFrozen(dir);
  if (existing !== undefined) {
    // The sort order does not affect results.
    const sweep = { ...existing, metric: metric.value, launcher: configs[0]!.launcher };
    if (!request.dryRun) await writeSeal(dir, sweep);
    return valid({ dir, sweep, notes });
  }
  const sweep: FrozenSweep = {
    name: basename(dir),
    created: new Date().toISOString(),
    command: hidePasswords(request.command),
    metric: metric.value,
    halving: halving.value,
    axes,
    trials,
    launcher: configs[0]!.launcher,
    from: request.from ?? null,
  };
  if (!request.dryRun) await writeFrozen(dir, sweep, configs);
  return valid({ dir, sweep, notes });
}

function frozenTrial(
  { point, loaded, run }: Resolved,
  id: number,
  axes: readonly NamedPath[],
  components: Components,
): FrozenTrial {
  const params = Object.fromEntries(axes.map(({ path }) => [path, valueOn(path, point, loaded.config, components)]));
  return { id, label: labelOf(params, axes) || loaded.config.name, params, run };
}

/** What determines the results of a trial, without trackers and launchers. The end of the run name is a hash of the remaining config. */
function identityOfTrial(run: string, config: Config, components: Components): JsonObject {
  const sections = sectionsWithinRun(config, components);
  const within = sections.map((key) => [key, (config as unknown as JsonObject)[key]!] as const);
  return { run: run.slice(-8), ...Object.fromEntries(within) };
}

const NOTHING_VARIES: Problem = {
  code: 'nothing-varies',
  message: 'Nothing varies: this would be a single experiment, which `runner run` trains.',
  cure: 'Pass values to compare, such as --set loss.lambda=5,10,20, or write them in the config’s section `sweep` (`runner explain sweep`).',
};

const PASSWORDS: Problem = {
  code: 'password-in-config',
  message:
    'A sweep stores its configs in files that are copied to other machines and uploaded as artifacts, and one config has a password in an address.',
  cure: 'Remove it, and use the environment: MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, RUNNER_DATA_MIRROR.',
};
