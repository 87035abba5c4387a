import type { SweepOptions } from '../../registry/config.js';
import type { Assignment, Choice } from '../../config/overrides.js';
import { entryAt, fromJson, type Path, type ConfigTree } from '../../config/config-tree.js';
import type { Json } from '../../support/json.js';
import { draws } from './draws.js';

/** A value for a config path, and where it was written. */
export interface Chosen {
  readonly path: Path;
  readonly choice: Choice;
}

/** What makes one experiment of a config; later ones win. */
export type SweepPoint = readonly Chosen[];

/** Alternatives: of each dimension a point has one. */
type Dimension = readonly SweepPoint[];

/** What the user wants varied. */
export interface Wish {
  /** What was typed after `--set`, grids among it. */
  readonly assignments: readonly Assignment[];
  readonly options: SweepOptions;
  /** The section `sweep` as it was written, for places of its values. */
  readonly tree: ConfigTree | undefined;
  /** Of the config: where repeats begin. */
  readonly seed: number;
}

/** Every combination, the last dimension varying fastest: the file's grid, what was typed, the list, draws, repeats. */
export function pointsOf(wish: Wish): SweepPoint[] {
  const typed = wish.assignments.map(({ path, choices }) => choices.map((choice) => [{ path, choice }]));
  const fixed = typed
    .filter((dimension) => dimension.length === 1)
    .map(([point]) => point!)
    .flat();
  const dimensions = [
    ...fileGrid(wish),
    ...typed.filter((dimension) => dimension.length > 1),
    list(wish),
    random(wish),
    repeats(wish),
  ].filter((dimension) => dimension.length > 0);
  const combined = dimensions.reduce<SweepPoint[]>(
    (points, dimension) => points.flatMap((point) => dimension.map((next) => [...point, ...next])),
    [[]],
  );
  return combined.map((point) => [...fixed, ...point]);
}

/** Whether the user wants anything varied, be it a list of one value. */
export function varies({ assignments, options }: Pick<Wish, 'assignments' | 'options'>): boolean {
  const { grid, trials, random, repeats } = options;
  const isTyped = assignments.some(({ choices }) => choices.length > 1);
  return isTyped || Object.keys(grid).length > 0 || trials.length > 0 || random !== null || repeats !== 1;
}

/** How many points there are, without making them. */
export function pointCount({ assignments, options }: Pick<Wish, 'assignments' | 'options'>): number {
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

/** What was typed takes the place of what the file says of the same path. */
function fileGrid({ options, tree, assignments }: Wish): Dimension[] {
  const typed = new Set(assignments.map(({ path }) => path.join('.')));
  return Object.entries(options.grid)
    .filter(([path]) => !typed.has(path))
    .map(([path, values]) => values.map((value, index) => [written(path, value, tree, ['grid', path, String(index)])]));
}

function list({ options, tree }: Wish): Dimension {
  return options.trials.map((changes, index) =>
    Object.entries(changes).map(([path, value]) => written(path, value, tree, ['trials', String(index), path])),
  );
}

function random({ options, tree }: Wish): Dimension {
  if (options.random === null) return [];
  return draws(options.random).map((draw) =>
    Object.entries(draw).map(([path, value]) => written(path, value, tree, ['random', 'ranges', path])),
  );
}

function repeats({ options, tree, seed }: Wish): Dimension {
  const { repeats } = options;
  const seeds = typeof repeats === 'number' ? Array.from({ length: repeats }, (_, i) => seed + i) : repeats;
  if (seeds.length === 1 && typeof repeats === 'number') return [];
  return seeds.map((value) => [written('seed', value, tree, ['repeats'])]);
}

/** @param at where in the section `sweep` it is written */
function written(path: string, value: Json, section: ConfigTree | undefined, at: Path): Chosen {
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
