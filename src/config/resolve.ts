import { homedir } from 'node:os';
import { dirname, resolve as resolvePath } from 'node:path';
import type { ConfigFacts, OptionsSchema } from '../registry/component.js';
import type { Components } from '../registry/kinds.js';
import type { Device } from '../support/device.js';
import { didYouMean } from '../support/did-you-mean.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { foldReferences } from './fold-references.js';
import { factPaths, factsIn, sectionFacts } from './facts.js';
import { resolveSizes } from './image-sizes.js';
import { optionsOf, stageSections } from './sections.js';
import { resolveSection, type SectionResolver } from './resolve-section.js';
import { entryAt, placeOfKey, placeOfValue, type Path, type ConfigTree } from './config-tree.js';
import type { Located, Validated } from './validate.js';

/** The context in which a config is resolved. */
export interface Origins {
  readonly tree: ConfigTree;
  /** Absolute; defaults that are relative paths start from its folder. */
  readonly file: string;
  /** Whether the device, as the config names it, multiplies bfloat16 faster than float32. */
  readonly multipliesBfloat16: (device: Device) => boolean;
}

type Mutable = Record<string, Json>;

/**
 * Resolves a config that fits its schema, in place: derived defaults, absolute paths, `resolve` and `check` of each component, then
 * those of the stages' sections. Sections with problems are skipped. Last, components with only default options become bare names.
 */
export function resolveConfig(
  { config, located: mistakes, named }: Validated,
  components: Components,
  origins: Origins,
): Located[] {
  const wrong = mistakes.map(({ path }) => path);
  // At, below or above the path.
  const isWrong = (path: Path) => wrong.some((other) => path.every((key, i) => i >= other.length || other[i] === key));
  const located: Located[] = [
    ...resolveSizes(config, isWrong, origins.tree),
    ...precision(config, isWrong, origins),
    ...xla(config, isWrong, origins),
    ...replicas(config, isWrong, origins),
    ...needs(config, isWrong, origins),
    ...trackerNames(config, origins),
  ];
  const facts = factsIn(config, components, isWrong);
  const site = (path: Path) => ({ path, tree: origins.tree, factPaths: factPaths(components) });
  for (const { path, kind, name } of named) {
    if (isWrong(path) || optionsOf(components, kind, name) === undefined) continue;
    const section = sectionAt(config, path);
    const component = components[kind].get(name) as SectionResolver<ConfigFacts>;
    absolutePaths(section, component.schema, path, origins);
    if (facts !== undefined) located.push(...resolveSection(section, component, facts, site(path)));
  }
  const unsettled = [...wrong, ...located.map(({ path }) => path)].map(([section]) => section);
  for (const section of stageSections(components).filter(({ key }) => !unsettled.includes(key))) {
    const path = [section.key];
    absolutePaths(sectionAt(config, path), section, path, origins);
    if (facts === undefined || unsettled.includes('generator')) continue;
    const known = sectionFacts(facts, config, components, origins.tree, (key) => unsettled.includes(key));
    located.push(...resolveSection(sectionAt(config, path), { ...section, schema: section }, known, site(path)));
  }
  if (mistakes.length + located.length === 0) foldReferences(config, named, components);
  return located;
}

/** Paths are relative to the file that contains them; after `--set`, to the current folder. */
export function absolutePath(value: string, path: Path, { tree, file }: Pick<Origins, 'tree' | 'file'>): string {
  const dir = entryAt(tree, path)?.value.at?.source.dir ?? dirname(file);
  return value === '~' || value.startsWith('~/') ? resolvePath(homedir(), value.slice(2)) : resolvePath(dir, value);
}

function absolutePaths(section: Mutable, schema: OptionsSchema, path: Path, origins: Origins): void {
  for (const [key, option] of Object.entries(schema.properties)) {
    const value = section[key];
    if (option.format === 'path' && typeof value === 'string')
      section[key] = absolutePath(value, [...path, key], origins);
  }
}

/** The section at a path, also in lists. */
function sectionAt(config: JsonObject, path: Path): Mutable {
  return path.reduce<Json>((parent, key) => (parent as JsonObject)[key]!, config) as Mutable;
}

/**
 * `auto` selects the device's faster precision. It ignores the mode, which is not fingerprinted and so must not change results. The device is
 * not fingerprinted either: what it selects is, so that another device may mean another run.
 */
function precision(config: JsonObject, isWrong: (path: Path) => boolean, origins: Origins): Located[] {
  if (isWrong(['engine', 'precision']) || isWrong(['engine', 'device'])) return [];
  const engine = config.engine as Mutable;
  const written = engine.precision as string;
  if (written === 'auto')
    engine.precision = origins.multipliesBfloat16(engine.device as Device) ? 'bfloat16' : 'float32';
  if (isWrong(['engine', 'mode']) || engine.mode === 'graph' || engine.precision === 'float32') return [];
  const path = ['engine', 'precision'];
  const found = written === 'auto' ? 'auto (bfloat16 on this machine)' : written;
  const message = `engine.precision: engine.mode: eager computes in float32 only, found ${found}.`;
  const cure = 'Write engine.mode: graph, or engine.precision: float32 (another experiment than bfloat16).';
  return [{ path, problem: { code: 'bad-option', message, cure, place: placeOfValue(origins.tree, path) } }];
}

function xla(config: JsonObject, isWrong: (path: Path) => boolean, { tree }: Origins): Located[] {
  const path = ['engine', 'xla'];
  const { mode, xla } = config.engine as Mutable;
  if (isWrong(path) || isWrong(['engine', 'mode']) || mode === 'graph' || xla !== 'on') return [];
  const message = 'engine.xla: XLA compiles graphs, and engine.mode: eager has none.';
  const cure = 'Write engine.mode: graph, or leave engine.xla out.';
  return [{ path, problem: { code: 'bad-option', message, cure, place: placeOfValue(tree, path) } }];
}

/** Replicas take equal parts of a batch, each on a card of its own. */
function replicas(config: JsonObject, isWrong: (path: Path) => boolean, { tree }: Origins): Located[] {
  const path = ['engine', 'replicas'];
  if (isWrong(path) || (config.engine as Mutable).replicas === 1) return [];
  const count = Number((config.engine as Mutable).replicas);
  const { device, xla } = config.engine as Mutable;
  const at = (message: string, cure: string): Located[] => {
    const place = placeOfValue(tree, path);
    return [{ path, problem: { code: 'bad-option', message: `engine.replicas: ${message}`, cure, place } }];
  };
  if (typeof device === 'number') {
    const cure = 'Write engine.device: gpu, and choose cards with CUDA_VISIBLE_DEVICES.';
    return at(`engine.device names one card, and ${count} replicas need as many.`, cure);
  }
  if (xla === 'on') return at('XLA compiles a step for one card.', 'Leave engine.xla out, or engine.replicas.');
  const batch = Number((config.dataset as Mutable).batch_size);
  if (isWrong(['dataset', 'batch_size']) || batch % count === 0) return [];
  const cure = `Write a dataset.batch_size that is a multiple of ${count} (another experiment), or fewer replicas.`;
  return at(`a batch of ${batch} cannot be divided into ${count} equal parts.`, cure);
}

/** A tracker's state is saved in a file with the entry's name. */
function trackerNames({ tracking }: JsonObject, { tree }: Origins): Located[] {
  const names = isJsonObject(tracking) ? Object.keys(tracking) : [];
  const bad = names.filter((name) => !/^[A-Za-z0-9][\w-]*$/.test(name));
  return bad.map((name) => {
    const path = ['tracking', name];
    const message = `A tracker cannot be called "${name}": the name is used as a file name.`;
    const cure = 'Use letters, digits, "-" and "_".';
    return { path, problem: { code: 'bad-tracker-name', message, cure, place: placeOfKey(tree, path) } };
  });
}

function needs(config: JsonObject, isWrong: (path: Path) => boolean, { tree }: Origins): Located[] {
  if (!isJsonObject(config.stages)) return [];
  const names = Object.keys(config.stages);
  return Object.entries(config.stages).flatMap(([name, stage]) => {
    if (isWrong(['stages', name, 'needs'])) return [];
    const needed = (stage as JsonObject).needs as string[];
    return needed.flatMap((need, i) => {
      if (need !== name && names.includes(need)) return [];
      const near = didYouMean(need, names, [name, ...needed]);
      const message =
        need === name
          ? `stages.${name}.needs: a stage cannot need itself.`
          : `stages.${name}.needs: there is no stage "${need}". There are: ${names.join(', ')}.`;
      const cure = near === undefined || need === name ? undefined : `Did you mean "${near}"?`;
      const path = ['stages', name, 'needs', String(i)];
      return [{ path, problem: { code: 'unknown-stage', message, cure, place: placeOfValue(tree, path) } }];
    });
  });
}
