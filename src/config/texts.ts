import { typed } from '../support/shell.js';
import type { JsonObject } from '../support/json.js';
import type { Origin, Source } from './source.js';
import { entryAt, type Path, type ConfigTree } from './config-tree.js';

/** The quoted form of a text that YAML, or the comma of a grid, would read differently: `--set 'dataset.path="a,b"'`. */
export function setText(key: string, text: string): string {
  return `--set ${typed(`${key}=${JSON.stringify(text.trim())}`)}`;
}

/** The position of an override's value, after the equals sign. */
export function valueStart({ text }: Source): number {
  return text.indexOf('=') + 1;
}

/** The quoted form of an override as typed. */
export function setAsText(source: Source): string {
  const start = valueStart(source);
  return setText(source.text.slice(0, start - 1), source.text.slice(start));
}

/** The cure if a text was expected and YAML read a number, a boolean, a list or a section. */
export function quotingAdvice(schema: JsonObject, tree: ConfigTree | undefined): string | undefined {
  const types = [schema.type].flat();
  if (!types.includes('string') || schema.enum !== undefined || tree?.at === undefined) return undefined;
  if (tree.kind === 'leaf' && (typeof tree.value === 'string' || tree.blank === true)) return undefined;
  const { source, start, end } = tree.at;
  if (source.name === '--set') return `If this text is meant: ${setAsText(source)}.`;
  return tree.kind === 'leaf' ? `If it is a text, put it in quotes: "${source.text.slice(start, end)}".` : undefined;
}

/**
 * In `{path: a,b}` the comma ends the value, and `b` is a key without a value.
 *
 * @returns the quoted text, if an unknown key may be part of the value before it
 */
export function commaAdvice(tree: ConfigTree, section: Path, key: string): string | undefined {
  const entries = entryAt(tree, section)?.value;
  if (entries?.kind !== 'branch') return undefined;
  const own = entries.entries.get(key);
  if (own?.value.kind !== 'leaf' || own.value.blank !== true || own.key === undefined) return undefined;
  const before = [...entries.entries].findLast(([, { value }]) => endsBefore(value, own.key!));
  if (before === undefined) return undefined;
  const [name, { value }] = before;
  const { source, start, end } = value.at!;
  if (!/^\s*,\s*$/.test(source.text.slice(end, own.key.start))) return undefined;
  return `If it belongs to the value before it, put that in quotes: ${name}: ${JSON.stringify(source.text.slice(start, own.key.end))}.`;
}

function endsBefore({ kind, at }: ConfigTree, key: Origin): boolean {
  return kind === 'leaf' && at?.source === key.source && at.end <= key.start;
}
