import type { OptionSchema, OptionsSchema } from '../registry/component.js';
import type { Components } from '../registry/kinds.js';
import type { TypedSection } from './core-sections.js';
import { isMembers, lossOptions, membersOf, optionsOf, typedAt } from './sections.js';
import {
  branch,
  isBranch,
  textAt,
  type ConfigBranch,
  type ConfigEntry,
  type Path,
  type ConfigTree,
} from './config-tree.js';

/** A merged config, with notes for the user about the merge. */
export interface Merged {
  readonly tree: ConfigBranch;
  readonly notes: readonly string[];
}

/**
 * Merges layers, later ones over earlier ones: sections key by key; lists and other values replace. If a layer
 * changes a section's `type`, earlier options that the new type does not have are dropped, with a note.
 */
export function mergeLayers(layers: readonly ConfigBranch[], components: Components): Merged {
  const notes: string[] = [];
  const loss = lossOptions(components, methodIn(layers));
  const trees = layers.map((layer) => expandShorthands(layer, [], loss) as ConfigBranch);
  const tree = trees.reduce((below, above) => mergeBranches(below, above, [], components, notes), branch([]));
  return { tree: withoutRemoved(tree), notes };
}

/** `generator: unet` is short for `generator: {type: unet}`, `lambda: 10` for each of lambda's members. */
function expandShorthands(tree: ConfigTree, path: Path, loss: OptionsSchema | undefined): ConfigTree {
  if (tree.kind === 'leaf' && tree.at !== undefined) {
    const { value, at } = tree;
    if (typedAt(path) && typeof value === 'string') return branch([['type', { value: tree }]], at);
    const option = path.length === 2 && path[0] === 'loss' ? loss?.properties[path[1]!] : undefined;
    if (option !== undefined && membersOf(option) !== undefined && isWithin(value, option)) {
      const members = Object.keys(membersOf(option)!);
      return branch(
        members.map((member) => [member, { value: tree }]),
        at,
      );
    }
  }
  if (tree.kind !== 'branch') return tree;
  const { over } = tree;
  if (over?.kind === 'leaf' && typeof over.value === 'string' && typedAt(path)) {
    return expandShorthands(branch([['type', { value: over }], ...tree.entries], tree.at), path, loss);
  }
  return mapEntries(tree, (key, { value, ...entry }) => ({
    ...entry,
    value: expandShorthands(value, [...path, key], loss),
  }));
}

/** Other values stay unchanged, so that a problem is reported once. */
function isWithin(value: unknown, { minimum, maximum }: OptionSchema): boolean {
  return typeof value === 'number' && value >= (minimum as number) && value <= (maximum as number);
}

/** The method named in the layers. */
export function methodIn(layers: readonly ConfigBranch[]): string | undefined {
  const names = layers.map((layer) => {
    const method = layer.entries.get('method')?.value;
    if (method?.kind === 'leaf') return typeof method.value === 'string' ? method.value : undefined;
    return isBranch(method) ? textAt(method, 'type') : undefined;
  });
  return names.findLast((name) => name !== undefined);
}

function mergeBranches(
  below: ConfigBranch,
  above: ConfigBranch,
  path: Path,
  components: Components,
  notes: string[],
): ConfigBranch {
  const section = typedAt(path);
  const base = section === undefined ? below : dropUnknown(below, above, section, path, components, notes);
  const entries = new Map(base.entries);
  for (const [key, entry] of above.entries) {
    const old = entries.get(key)?.value;
    entries.set(key, { ...entry, value: mergedOver(old, entry.value, [...path, key], components, notes) });
  }
  const over = section === undefined && isAnotherType(below, above) ? below : below.over;
  return { kind: 'branch', at: above.at ?? below.at, entries, over };
}

function mergedOver(
  below: ConfigTree | undefined,
  above: ConfigTree,
  path: Path,
  components: Components,
  notes: string[],
): ConfigTree {
  // A value already merged within its own layer replaces earlier layers.
  if (!isBranch(above) || above.over !== undefined || below === undefined) return above;
  return isBranch(below) ? mergeBranches(below, above, path, components, notes) : { ...above, over: below };
}

function isAnotherType(below: ConfigBranch, above: ConfigBranch): boolean {
  const type = textAt(above, 'type');
  return type !== undefined && type !== textAt(below, 'type');
}

/** The earlier options that a section keeps when a layer changes its type; a note lists the dropped ones. */
export function dropUnknown(
  below: ConfigBranch,
  above: ConfigBranch,
  section: Pick<TypedSection, 'kind' | 'defaultType' | 'common'>,
  path: Path,
  components: Components,
  notes: string[],
): ConfigBranch {
  const from = textAt(below, 'type') ?? section.defaultType;
  const to = textAt(above, 'type') ?? from;
  const options = optionsOf(components, section.kind, to);
  if (from === to || options === undefined) return below;
  const known = (key: string) =>
    key === 'type' || Object.hasOwn(section.common, key) || Object.hasOwn(options.properties, key);
  const dropped = [...below.entries.keys()].filter((key) => !known(key));
  if (dropped.length > 0) {
    const [what, verb] = dropped.length === 1 ? ['option', 'counts'] : ['options', 'count'];
    notes.push(
      `${path.join('.')} is ${to} now (it was ${from}), so ${from}’s ${what} ${dropped.join(', ')} no longer ${verb}.`,
    );
  }
  return branch(
    [...below.entries].filter(([key]) => known(key)),
    below.at,
  );
}

/** Removes entries (stages, trackers) set to null. Empty entries stay, so that they are reported. */
function withoutRemoved(tree: ConfigBranch): ConfigBranch {
  return mapEntries(tree, (key, entry) => {
    if (!isMembers(key) || !isBranch(entry.value)) return entry;
    const kept = [...entry.value.entries].filter(([, { value }]) => !isNull(value));
    return { ...entry, value: branch(kept, entry.value.at) };
  });
}

function isNull(tree: ConfigTree): boolean {
  return tree.kind === 'leaf' && tree.value === null && tree.blank !== true;
}

function mapEntries(tree: ConfigBranch, change: (key: string, entry: ConfigEntry) => ConfigEntry): ConfigBranch {
  return { ...tree, entries: new Map([...tree.entries].map(([key, entry]) => [key, change(key, entry)])) };
}
