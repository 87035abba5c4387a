import { isJsonObject, type Json } from '../support/json.js';
import type { Place } from '../support/problem.js';
import { placeOf, type Origin } from './source.js';

/** A config value with its place in a source. `at` is absent for built-in values. */
export type ConfigTree = Leaf | List | ConfigBranch;

export interface Leaf {
  readonly kind: 'leaf';
  readonly at?: Origin;
  readonly value: string | number | boolean | null;
  /** The value was left empty (`key:`), which YAML reads as null. */
  readonly blank?: boolean;
}
export interface List {
  readonly kind: 'list';
  readonly at?: Origin;
  readonly items: readonly ConfigTree[];
}
export interface ConfigBranch {
  readonly kind: 'branch';
  readonly at?: Origin;
  readonly entries: ReadonlyMap<string, ConfigEntry>;
  /**
   * The earlier value that this one changes, if merging them needs the schema: a list of components whose options it changes, a
   * component's bare name, or the options of another type.
   */
  readonly over?: ConfigTree;
}
/** A key with its value. */
export interface ConfigEntry {
  readonly key?: Origin;
  readonly value: ConfigTree;
}

export type Path = readonly string[];

/** The plain value, without places. */
export function toJson(tree: ConfigTree): Json {
  if (tree.kind === 'leaf') return tree.value;
  if (tree.kind === 'list') return tree.items.map(toJson);
  // `fromEntries` and not assignment: a key `__proto__` must stay a key.
  return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, toJson(value)]));
}

/** The tree of a plain value. */
export function fromJson(value: Json, at?: Origin): ConfigTree {
  if (Array.isArray(value)) return { kind: 'list', at, items: value.map((item: Json) => fromJson(item, at)) };
  if (!isJsonObject(value)) return { kind: 'leaf', at, value: value as Leaf['value'] };
  return branch(
    Object.entries(value).map(([key, member]) => [key, { value: fromJson(member, at), key: at }]),
    at,
  );
}

export function branch(entries: Iterable<readonly [string, ConfigEntry]>, at?: Origin): ConfigBranch {
  return { kind: 'branch', at, entries: new Map(entries) };
}

/** The entry or list item at a path. */
export function entryAt(tree: ConfigTree, path: Path): ConfigEntry | undefined {
  let entry: ConfigEntry | undefined = { value: tree };
  for (const key of path) entry = entry && childOf(entry.value, key);
  return entry;
}

function childOf(tree: ConfigTree, key: string): ConfigEntry | undefined {
  if (tree.kind === 'branch') return tree.entries.get(key);
  const item = tree.kind === 'list' ? tree.items[Number(key)] : undefined;
  return item && { value: item };
}

/** A path for messages, which addresses a component in a list by name: `evaluate.metrics.ssim.window`, `export.image_sizes, item 2`. */
export function readablePath(tree: ConfigTree, path: Path): string {
  const parts = path.map((key, i) => {
    const parent = entryAt(tree, path.slice(0, i))?.value;
    if (i > 0 && /^\d+$/.test(key)) {
      const name = parent?.kind === 'list' ? nameInList(parent.items[Number(key)]) : undefined;
      return name === undefined ? `, item ${Number(key) + 1}` : `.${name}`;
    }
    return i === 0 ? key : `.${key}`;
  });
  return parts.join('');
}

/** The name of a component in a list: its `name`, by default its `type`. */
export function nameInList(item: ConfigTree | undefined): string | undefined {
  if (item === undefined || !isBranch(item) || !item.entries.has('type')) return undefined;
  return textAt(item, 'name') ?? textAt(item, 'type');
}

/** The text at a key. */
export function textAt(section: ConfigBranch, key: string): string | undefined {
  const value = section.entries.get(key)?.value;
  return value?.kind === 'leaf' && typeof value.value === 'string' ? value.value : undefined;
}

/** The place of the value at a path, or of the nearest section around it. */
export function placeOfValue(tree: ConfigTree, path: Path): Place | undefined {
  return nearest(tree, path, (entry) => (isLong(entry.value) ? (entry.key ?? entry.value.at) : entry.value.at));
}

/** The place of the key at a path, or of the key of the nearest section around it. */
export function placeOfKey(tree: ConfigTree, path: Path): Place | undefined {
  return nearest(tree, path, (entry) => entry.key ?? entry.value.at);
}

function nearest(tree: ConfigTree, path: Path, pick: (entry: ConfigEntry) => Origin | undefined): Place | undefined {
  for (let length = path.length; length > 0; length--) {
    const entry = entryAt(tree, path.slice(0, length));
    const origin = entry && pick(entry);
    if (origin !== undefined) return placeOf(origin);
  }
  return undefined;
}

/** Whether the place to show is the key: for sections and values over several lines. */
function isLong({ kind, at }: ConfigTree): boolean {
  return at !== undefined && (kind === 'branch' || at.source.text.slice(at.start, at.end).trimEnd().includes('\n'));
}

/** The tree with another value at a path; missing sections on the way are created. */
export function withValue(tree: ConfigTree | undefined, path: Path, entry: ConfigEntry): ConfigTree {
  const [key, ...rest] = path;
  if (key === undefined) return entry.value;
  const entries = new Map(isBranch(tree) ? tree.entries : []);
  const below = entries.get(key);
  entries.set(key, { key: entry.key, value: withValue(below?.value, rest, entry) });
  return { kind: 'branch', at: tree?.at, entries, over: isBranch(tree) ? tree.over : tree };
}

export function isBranch(tree: ConfigTree | undefined): tree is ConfigBranch {
  return tree?.kind === 'branch';
}
