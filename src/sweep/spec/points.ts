import type { SweepOptions } from '../../registry/config.js';
import type { Assignment, Choice } from '../../config/overrides.js';
import { entryAt, fromJson, type Path, type ConfigTree } from '../../config/config-tree.js';
import type { Json } from '../../support/json.js';
import { draws } from './draws.js';

/** A value for a config path, with its source location. */
export interface Chosen {
  readonly path: Path;
  readonly choice: Choice;
}

/** The values that turn a config into one experiment; later ones win. */
export type SweepPoint = readonly Chosen[];

/** Alternatives, of which each point takes one. */
type Dimension = readonly SweepPoint[];

/** What the user varies. */
export interface SweepVariation {
  /** Values of `--set`, grids included. */
  readonly assignments: readonly Assignment[];
  readonly options: SweepOptions;
  /** The section `sweep` as written, for the source locations of its values. */
  readonly tree: ConfigTree | undefined;
  /** The config's seed: the first of the repeats. */
  readonly seed: number;
}

/** Every combination, the last dimension varying fastest: the file's grid, `--set`, the list, draws, repeats. */
export function pointsOf(variation: SweepVariation): SweepPoint[] {
  const typed = variation.assignments.map(({ path, choices }) => choices.map((choice) => [{ path, choice }]));
  const fixed = typed
    .filter((dimension) => dimension.length === 1)
    .map(([point]) => point!)
    .flat();
  const dimensions = [
    ...fileGrid(variation),
    ...typed.filter((dimension) => dimension.length > 1),
    list(variation),
    random(variation),
    repeats(variation),
  ].filter((dimension) => dimension.length > 0);
  const combined = dimensions.reduce<SweepPoint[]>(
    (points, dimension) => points.flatMap((point) => dimension.map((next) => [...point, ...next])),
    [[]],
  );
  return combined.map((point) => [...fixed, ...point]);
}

/** Whether the user varies anything, even as a list of one value. */
export function varies({ assignments, options }: Pick<SweepVariation, 'assignments' | 'options'>): boolean {
  const { grid, trials, random, repeats } = options;
  const isTyped = assignments.some(({ choices }) => choices.length > 1);
  return isTyped || Object.keys(grid).length > 0 || trials.length > 0 || random !== null || repeats !== 1;
}

/** The number of points, without building them. */
export function pointCount({ assignments, options }: Pick<SweepVariation, 'assignments' | 'options'>): number {
  const typed = assignments.map(({ choices }) => choices.length);
  const named = new Set(assignments.map(({ path }) => path.join('.')));
  const grid = Object.entries(options.grid).filter(([path]) => !named.has(path));
  const seeds = typeof options.repeats === 'number' ? options.repeats : options.repeats.length;
  const sizes = [
    ...typed,
    ...grid.map(([, values]) => values.length),
    options.trials.length || 1,
    options.random?.trials ?? 1,
  ];
  return sizes.reduce((product, size) => product * size, seeds);
}

/** `--set` replaces the file's grid on the same path. */
function fileGrid({ options, tree, assignments }: SweepVariation): Dimension[] {
  const typed = new Set(assignments.map(({ path }) => path.join('.')));
  return Object.entries(options.grid)
    .filter(([path]) => !typed.has(path))
    .map(([path, values]) =>
      values.map((value, index) => [chosenAt(path, value, tree, ['grid', path, String(index)])]),
    );
}

function list({ options, tree }: SweepVariation): Dimension {
  return options.trials.map((changes, index) =>
    Object.entries(changes).map(([path, value]) => chosenAt(path, value, tree, ['trials', String(index), path])),
  );
}

function random({ options, tree }: SweepVariation): Dimension {
  if (options.random === null) return [];
  return draws(options.random).map((draw) =>
    Object.entries(draw).map(([path, value]) => chosenAt(path, value, tree, ['random', 'ranges', path])),
  );
}

function repeats({ options, tree, seed }: SweepVariation): Dimension {
  const { repeats } = options;
  const seeds = typeof repeats === 'number' ? Array.from({ length: repeats }, (_, i) => seed + i) : repeats;
  if (seeds.length === 1 && typeof repeats === 'number') return [];
  return seeds.map((value) => [chosenAt('seed', value, tree, ['repeats'])]);
}

/** @param at its path in the section `sweep` */
function chosenAt(path: string, value: Json, section: ConfigTree | undefined, at: Path): Chosen {
  const entry = section && entryAt(section, at);
  const origin = entry?.value.at;
  const node = entry !== undefined && at[0] !== 'random' && at[0] !== 'repeats' ? entry.value : fromJson(value, origin);
  return {
    path: path.split('.'),
    choice: { value: node, key: entry?.key ?? origin, text: `${path}=${textOf(value)}` },
  };
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
