import { configDifferences, isBareOnOneSide } from '../config/config-differences.js';
import { canonicalJson, isJsonObject, type Json } from '../support/json.js';
import type { FingerprintParts } from './fingerprint.js';

/** A stage's name, and the names of the stages that its inputs come from, for messages. */
export interface NamedStage {
  readonly name: string;
  readonly inputs: Readonly<Record<string, string>>;
}

/** The differences between two fingerprints of a stage as short phrases, `loss.identity: 0.5 -> 0`, the most direct causes first. */
export function differences(old: FingerprintParts, now: FingerprintParts, stage: NamedStage): string[] {
  const changed = inBoth(old, now).filter((artifact) => old.inputs[artifact] !== now.inputs[artifact]);
  const inputs = changed.map((artifact) => `its input ${stage.inputs[artifact] ?? artifact} changed`);
  return [...ownDifferences(old, now, stage), ...inputs];
}

/** The same without changed inputs: reasons to run the stage again that do not depend on earlier stages. */
export function ownDifferences(old: FingerprintParts, now: FingerprintParts, stage: NamedStage): string[] {
  return [
    ...(old.stage.type === now.stage.type ? [] : [`its type: ${old.stage.type} -> ${now.stage.type}`]),
    ...(old.stage.version === now.stage.version ? [] : [`its version: ${old.stage.version} -> ${now.stage.version}`]),
    ...valueDifferences(old.options, now.options, `stages.${stage.name}`),
    ...valueDifferences(old.config, now.config, ''),
    ...fileDifferences(old.files, now.files),
    ...pluginDifferences(old, now),
    ...wiringDifferences(old, now),
    ...(old.from === now.from ? [] : [`--from: ${shortFingerprint(old.from)} -> ${shortFingerprint(now.from)}`]),
  ];
}

/** Joins phrases: the first few in full, the number of the others. */
export function joinPhrases(phrases: readonly string[], max = 4): string {
  const rest = phrases.length - max;
  return phrases.slice(0, max).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** The differences of two values as phrases. @param path before the paths of the differences */
export function valueDifferences(old: Json | undefined, now: Json | undefined, path: string): string[] {
  const differences = configDifferences([old, now], path === '' ? [] : [path]);
  return differences.map((each) => {
    const format = isBareOnOneSide(each.values) ? formatOptions : formatValue;
    const [before, after] = each.values.map(format);
    return `${each.path.join('.')}: ${before} -> ${after}`;
  });
}

function formatOptions(reference: Json | undefined): string {
  if (!isJsonObject(reference)) return 'its defaults';
  const options = Object.entries(reference).filter(([key]) => key !== 'type' && key !== 'name');
  return options.map(([key, value]) => `${key}: ${formatValue(value)}`).join(', ');
}

function fileDifferences(old: Json, now: Json): string[] {
  if (canonicalJson(old) === canonicalJson(now)) return [];
  const [before, after] = [leavesOf(old), leavesOf(now)];
  const phrases = imageDifferences(before, after);
  const added = [...after.keys()].filter((key) => !before.has(key));
  const removed = [...before.keys()].filter((key) => !after.has(key));
  const changed = [...after.keys()].filter((key) => before.has(key) && before.get(key) !== after.get(key));
  const changes = [counted('added', added), counted('removed', removed), counted('changed', changed)].filter(Boolean);
  return changes.length === 0 ? phrases : [...phrases, `its input files changed (${changes.join(', ')})`];
}

/** Describes changes of image groups (`{count, sha256}` in an identity), and removes these entries from both maps. */
function imageDifferences(before: Map<string, string>, after: Map<string, string>): string[] {
  const groups = new Set([...before.keys(), ...after.keys()].flatMap((key) => /^(.+)\.sha256$/.exec(key)?.[1] ?? []));
  return [...groups].flatMap((group) => {
    const [count, sha256] = [`${group}.count`, `${group}.sha256`];
    // A group that is new, or gone, has no images on the other side.
    const isGroup = (leaves: Map<string, string>) => leaves.has(count) === leaves.has(sha256);
    if (!isGroup(before) || !isGroup(after) || !(before.has(count) || after.has(count))) return [];
    const [old, now] = [before.get(count) ?? '0', after.get(count) ?? '0'];
    const changed = before.get(sha256) !== after.get(sha256);
    for (const leaves of [before, after]) [count, sha256].forEach((key) => leaves.delete(key));
    if (old !== now) return [`${group} has ${now} image${now === '1' ? '' : 's'} instead of ${old}`];
    return changed ? [`the images of ${group} changed`] : [];
  });
}

function counted(what: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  if (names.length <= 2 && names.every((name) => name !== '')) return `${names.join(' and ')} ${what}`;
  return `${names.length} ${what}`;
}

/** The scalars of a JSON value, by path. */
function leavesOf(value: Json, path = '', leaves = new Map<string, string>()): Map<string, string> {
  if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) leavesOf(item, path === '' ? key : `${path}.${key}`, leaves);
  } else {
    leaves.set(path, JSON.stringify(value));
  }
  return leaves;
}

function pluginDifferences(old: FingerprintParts, now: FingerprintParts): string[] {
  const before = new Map(old.plugins.map((plugin) => [plugin.name, plugin.sha256]));
  const after = new Map(now.plugins.map((plugin) => [plugin.name, plugin.sha256]));
  const phrases = [
    ...[...after].filter(([name]) => !before.has(name)).map(([name]) => `plugin ${name} added`),
    ...[...before].filter(([name]) => !after.has(name)).map(([name]) => `plugin ${name} removed`),
    ...[...after]
      .filter(([name, hash]) => before.has(name) && before.get(name) !== hash)
      .map(([name]) => `plugin ${name} changed`),
  ];
  const same = canonicalJson(old.plugins) === canonicalJson(now.plugins);
  return phrases.length === 0 && !same ? ['the order of plugins changed'] : phrases;
}

function wiringDifferences(old: FingerprintParts, now: FingerprintParts): string[] {
  const both = inBoth(old, now);
  const only = (inputs: FingerprintParts['inputs']) =>
    Object.keys(inputs).filter((artifact) => !both.includes(artifact));
  return [
    ...only(now.inputs).map((artifact) => `it now consumes ${artifact}`),
    ...only(old.inputs).map((artifact) => `it no longer consumes ${artifact}`),
  ];
}

function inBoth(old: FingerprintParts, now: FingerprintParts): string[] {
  return Object.keys(now.inputs).filter((artifact) => artifact in old.inputs);
}

function formatValue(value: Json | undefined): string {
  if (value === undefined) return 'not set';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function shortFingerprint(fingerprint: string | null): string {
  return fingerprint === null ? 'none' : fingerprint.slice(0, 8);
}
