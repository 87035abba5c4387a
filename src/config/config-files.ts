import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { didYouMean } from '../support/did-you-mean.js';
import { errorCode } from '../support/files.js';
import type { Place, Problem } from '../support/problem.js';
import { parseYaml } from './parse.js';
import { placeOf, type Source } from './source.js';
import { branch, entryAt, isBranch, placeOfValue, type ConfigBranch } from './config-tree.js';

/** A config file and the files that it extends, the furthest ancestor first. */
export interface Layers {
  readonly trees: readonly ConfigBranch[];
  readonly problems: readonly Problem[];
}

const MAX_BYTES = 1_000_000;

/**
 * Reads a config file and the files that it extends (`extends: other.yaml`, relative to the file).
 *
 * @param path absolute
 * @param text of the file at `path`, if it is not written yet
 */
export async function readLayers(path: string, text?: string): Promise<Layers> {
  const trees: ConfigBranch[] = [];
  const seen: string[] = [];
  let next: { path: string; place?: Place } | undefined = { path };
  while (next !== undefined) {
    if (seen.includes(next.path)) return { trees, problems: [cycle([...seen, next.path], next.place)] };
    seen.push(next.path);
    const read = await readOne(next, next.path === path ? text : undefined);
    if ('problems' in read) return { trees, problems: read.problems };
    const { tree, parent } = withoutExtends(read);
    trees.unshift(tree);
    if (parent?.path === undefined) return { trees, problems: parent?.problems ?? [] };
    next = { path: resolve(dirname(next.path), parent.path), place: parent.place };
  }
  return { trees, problems: [] };
}

async function readOne(
  { path, place }: { readonly path: string; readonly place?: Place },
  known: string | undefined,
): Promise<ConfigBranch | { problems: readonly Problem[] }> {
  const text = known ?? (await readText(path, place));
  if (typeof text !== 'string') return { problems: [text] };
  const source: Source = { name: path, text, dir: dirname(path) };
  const { tree, problems } = parseYaml(source);
  if (problems.length > 0) return { problems };
  const start = placeOf({ source, start: 0, end: 1 });
  if (tree === undefined) return { problems: [notAConfig('The file is empty.', start)] };
  if (!isBranch(tree)) {
    const found = tree.kind === 'list' ? 'a list' : 'a single value';
    return { problems: [notAConfig(`Expected sections such as "train: {epochs: 40}", found ${found}.`, start)] };
  }
  return tree;
}

interface Extension {
  /** As written; undefined if it is no path. */
  readonly path: string | undefined;
  readonly place: Place | undefined;
  readonly problems: readonly Problem[];
}

function withoutExtends(tree: ConfigBranch): { readonly tree: ConfigBranch; readonly parent?: Extension } {
  const value = entryAt(tree, ['extends'])?.value;
  if (value === undefined) return { tree };
  const entries = [...tree.entries].filter(([key]) => key !== 'extends');
  const place = placeOfValue(tree, ['extends']);
  const rest = branch(entries, tree.at);
  if (value.kind === 'leaf' && typeof value.value === 'string' && value.value !== '') {
    return { tree: rest, parent: { path: value.value, place, problems: [] } };
  }
  const message = 'extends: expected the path of one other config file.';
  return { tree: rest, parent: { path: undefined, place, problems: [{ code: 'wrong-type', message, place }] } };
}

async function readText(path: string, place?: Place): Promise<string | Problem> {
  try {
    if ((await stat(path)).isDirectory()) return await aDirectory(path, place);
    const bytes = await readFile(path);
    if (bytes.length > MAX_BYTES) return tooLarge(path, bytes.length, place);
    if (bytes.includes(0)) return notText(path, place);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n');
  } catch (error) {
    if (error instanceof TypeError) return notText(path, place);
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return await missing(path, place);
    if (code === undefined) throw error;
    return { code: 'unreadable-file', message: `${path} cannot be read: ${code}.`, place };
  }
}

async function missing(path: string, place?: Place): Promise<Problem> {
  const names = await yamlFiles(dirname(path));
  // Without the extension, which would make short names seem similar.
  const stem = (name: string) => name.replace(/\.ya?ml$/, '');
  const nearStem = didYouMean(stem(basename(path)), names.map(stem));
  const near = names.find((name) => stem(name) === nearStem);
  const cure =
    near !== undefined
      ? `Did you mean "${join(dirname(path), near)}"?`
      : names.length > 0
        ? `Configs in ${dirname(path)}: ${names.join(', ')}.`
        : '`runner init NAME` writes a config to start from.';
  return { code: 'missing-file', message: `There is no file ${path}.`, cure, place };
}

async function aDirectory(path: string, place?: Place): Promise<Problem> {
  const names = await yamlFiles(path);
  const cure = names.length > 0 ? `Configs in it: ${names.join(', ')}.` : undefined;
  return { code: 'not-a-file', message: `${path} is a folder; expected a YAML file.`, cure, place };
}

function tooLarge(path: string, size: number, place?: Place): Problem {
  const message = `${path} is not a config: it has ${(size / 1e6).toFixed(1)} MB, and a config at most ${MAX_BYTES / 1e6}.`;
  return { code: 'too-large', message, place };
}

function notText(path: string, place?: Place): Problem {
  return { code: 'not-text', message: `${path} is not a config: expected YAML, found no UTF-8 text.`, place };
}

function notAConfig(message: string, place: Place): Problem {
  return { code: 'not-a-config', message, cure: '`runner init NAME` writes a config to start from.', place };
}

function cycle(paths: readonly string[], place?: Place): Problem {
  const names = paths.map((path) => basename(path));
  return { code: 'extends-cycle', message: `These files extend each other in a circle: ${names.join(' -> ')}.`, place };
}

async function yamlFiles(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => []);
  return names.filter((name) => /\.ya?ml$/.test(name)).sort();
}
