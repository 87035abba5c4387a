import { basename } from 'node:path';
import type { Config } from '../registry/config.js';
import { everyOption } from '../config/every-option.js';
import { TYPED } from '../config/core-sections.js';
import type { Components, Kind } from '../registry/kinds.js';
import { errorCode } from '../support/files.js';
import { sha256File } from '../support/hash.js';
import type { Json } from '../support/json.js';
import { ProblemError } from '../support/problem.js';
import type { GraphStage } from './graph-stage.js';

/** A plugin file by name and content, without its path. Files that it imports are not included. */
export interface PluginContent {
  readonly [key: string]: string;
  readonly name: string;
  readonly sha256: string;
}

/** The contents of plugin files, by path. @throws ProblemError if a file cannot be read */
export async function pluginContents(files: readonly string[]): Promise<ReadonlyMap<string, PluginContent>> {
  const contents = files.map(async (file) => [file, { name: basename(file), sha256: await contentOf(file) }] as const);
  return new Map(await Promise.all(contents));
}

/**
 * The plugins that can change a stage's result: those that define its component, or a component in the config that it reads. Others are
 * ignored, so a metric can be added after a long training.
 */
export function pluginsOf(
  stage: GraphStage,
  config: Config,
  components: Components,
  contents: ReadonlyMap<string, PluginContent>,
): PluginContent[] {
  const named = [{ kind: 'stage', name: stage.type } as const, ...componentsRead(stage, config, components)];
  const used = new Set(named.map(({ kind, name }) => components[kind].originOf(name)));
  return [...contents].filter(([file]) => used.has(file)).map(([, content]) => content);
}

interface Named {
  readonly kind: Kind;
  readonly name: string;
}

/** The components that a stage may build: those named in the paths that it reads, by a section's `type` or in a list. */
function componentsRead({ reads }: GraphStage, config: Config, components: Components): Named[] {
  const isRead = (path: string) => reads.some((read) => path === read || path.startsWith(`${read}.`));
  const sections = config as unknown as Readonly<Record<string, { readonly type?: Json } | undefined>>;
  const typed = Object.entries(TYPED)
    .filter(([key]) => isRead(`${key}.type`))
    .flatMap(([key, { kind }]) => namesIn(sections[key]?.type).map((name) => ({ kind, name })));
  const listed = everyOption(config, components)
    .filter(({ path, schema }) => 'x-kind' in schema && isRead(path.join('.')))
    .flatMap(({ schema, value }) => namesIn(value).map((name) => ({ kind: schema['x-kind'] as Kind, name })));
  return [...typed, ...listed];
}

/** A name, or a list of names or of `{type: name}`. */
function namesIn(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(namesIn);
  return value !== null && typeof value === 'object' ? namesIn((value as { readonly type?: Json }).type) : [];
}

async function contentOf(file: string): Promise<string> {
  try {
    return await sha256File(file);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new ProblemError({
      code: 'plugin-unreadable',
      message: `The plugin ${file} cannot be read (${errorCode(error)}).`,
      cure: 'Check the path under plugins.',
    });
  }
}
