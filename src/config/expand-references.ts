import type { OptionSchema } from '../registry/component.js';
import type { Components, Kind } from '../registry/kinds.js';
import { didYouMean } from '../support/did-you-mean.js';
import type { JsonObject } from '../support/json.js';
import { sectionsOf } from './every-option.js';
import { dropUnknown } from './merge.js';
import { isReference, typeOf } from './reference.js';
import { NAMED } from './core-sections.js';
import { optionsOf } from './sections.js';
import {
  branch,
  entryAt,
  fromJson,
  isBranch,
  nameInList,
  placeOfKey,
  readablePath,
  textAt,
  toJson,
} from './config-tree.js';
import type { ConfigBranch, ConfigEntry, List, Path, ConfigTree } from './config-tree.js';
import type { Located } from './validate.js';

export interface ExpandedReferences {
  readonly tree: ConfigBranch;
  readonly notes: readonly string[];
  readonly located: readonly Located[];
}

/**
 * Expands every place where a config names components (`x-kind` in the schemas): a name becomes `{type: name}`, omitted values become the
 * defaults, and options by name are merged into that member of the list.
 */
export function expandReferences(tree: ConfigBranch, components: Components): ExpandedReferences {
  const expander = new ReferenceExpander(components);
  const sections = sectionsOf(toJson(tree) as JsonObject, components);
  const expanded = sections.reduce((whole, { path, properties }) => {
    const section = entryAt(whole, path)?.value ?? branch([]);
    // A value that is no section is reported elsewhere.
    if (!isBranch(section)) return whole;
    const own = expander.section(section, properties, path);
    return own === section ? whole : replaced(whole, path, own);
  }, tree);
  return { tree: expanded, notes: expander.notes, located: expander.located };
}

class ReferenceExpander {
  readonly notes: string[] = [];
  readonly located: Located[] = [];

  constructor(private readonly components: Components) {}

  section(section: ConfigBranch, properties: Readonly<Record<string, OptionSchema>>, path: Path): ConfigBranch {
    const naming = Object.entries(properties).filter(([, option]) => option['x-kind'] !== undefined);
    if (naming.length === 0) return section;
    const entries = new Map(section.entries);
    for (const [key, option] of naming) {
      const entry = entries.get(key);
      const value = this.option(entry?.value, option, [...path, key]);
      if (value !== undefined) entries.set(key, { ...entry, value });
    }
    return { ...section, entries };
  }

  private option(written: ConfigTree | undefined, option: OptionSchema, path: Path): ConfigTree | undefined {
    const kind = option['x-kind'] as Kind;
    const usual = option['default'] === undefined ? undefined : fromJson(option['default']);
    const value = written ?? usual;
    if (value === undefined) return undefined;
    if (option['type'] !== 'array') {
      return this.one(value, kind, path, isReference(option['default']) ? typeOf(option['default']) : undefined);
    }
    if (value.kind === 'list') return this.list(value, kind, path);
    const base = isBranch(value) ? (value.over ?? usual) : undefined;
    return isBranch(value) && base?.kind === 'list'
      ? this.changed(this.list(base, kind, path), value, kind, path)
      : value;
  }

  private list(list: List, kind: Kind, path: Path): List {
    return { ...list, items: list.items.map((item, i) => this.one(item, kind, [...path, String(i)])) };
  }

  /** A list with changed options of some members. */
  private changed(list: List, changes: ConfigBranch, kind: Kind, path: Path): List {
    const items = [...list.items];
    const names = items.map(nameInList);
    for (const [name, { key, value }] of changes.entries) {
      const index = names.indexOf(name);
      const place = placeOfKey(branch([[name, { key, value }]]), [name]);
      const whole = readablePath(branch([]), path);
      if (index < 0) {
        const there = names.filter((each) => each !== undefined);
        const near = didYouMean(name, there);
        const message = `${whole}: there is no "${name}" in this list. There are: ${there.join(', ') || 'none'}.`;
        const cure = near === undefined ? undefined : `Did you mean "${near}"?`;
        this.located.push({ path: [...path, name], problem: { code: 'unknown-member', message, cure, place } });
      } else if (!isBranch(value)) {
        const message = `${whole}.${name}: expected options, as in {key: value}.`;
        const cure = `Set one of its options: ${whole}.${name}.OPTION (\`runner explain ${kind}.${name}\`).`;
        this.located.push({ path: [...path, name], problem: { code: 'wrong-type', message, cure, place } });
      } else {
        items[index] = this.one({ ...value, over: items[index] }, kind, [...path, name]);
      }
    }
    return { kind: 'list', at: list.at ?? changes.at, items };
  }

  /** @param usual the type of options without a `type` */
  private one(value: ConfigTree, kind: Kind, path: Path, usual?: string): ConfigTree {
    if (value.kind === 'leaf' && typeof value.value === 'string') {
      return this.withOptions(branch([['type', { value }]], value.at), kind, path);
    }
    if (!isBranch(value)) return value;
    const below = value.over === undefined ? undefined : this.one(value.over, kind, path, usual);
    if (below !== undefined && isBranch(below)) return this.laidOver(below, value, kind, path);
    const type =
      value.entries.has('type') || usual === undefined ? [] : [['type', { value: fromJson(usual) }] as const];
    return this.withOptions(branch([...type, ...value.entries], value.at), kind, path);
  }

  private laidOver(below: ConfigBranch, { entries, over, at }: ConfigBranch, kind: Kind, path: Path): ConfigBranch {
    const inherited = over !== undefined && isBranch(over) ? over.entries : new Map<string, ConfigEntry>();
    const own = [...entries].filter(([key, entry]) => inherited.get(key) !== entry);
    const label = { kind, defaultType: textAt(below, 'type') ?? '', common: NAMED };
    const kept = dropUnknown(below, branch(own), label, path, this.components, this.notes);
    return this.withOptions(branch([...kept.entries, ...own], at ?? below.at), kind, path);
  }

  private withOptions(section: ConfigBranch, kind: Kind, path: Path): ConfigBranch {
    return this.section(section, optionsOf(this.components, kind, textAt(section, 'type'))?.properties ?? {}, path);
  }
}

function replaced(tree: ConfigBranch, [key, ...rest]: Path, section: ConfigBranch): ConfigBranch {
  if (key === undefined) return section;
  const below = tree.entries.get(key);
  const inner = below !== undefined && isBranch(below.value) ? below.value : branch([]);
  return { ...tree, entries: new Map(tree.entries).set(key, { ...below, value: replaced(inner, rest, section) }) };
}
