import type { Scalar } from '../../support/json.js';
import type { Config } from '../../registry/config.js';
import { everyOption } from '../../config/every-option.js';
import { valueAt } from '../../config/reference.js';
import { toJson } from '../../config/config-tree.js';
import type { Components } from '../../registry/kinds.js';
import { isJsonObject, type Json } from '../../support/json.js';
import type { SweepPoint } from './points.js';

const LONGEST_NAME = 60;

/** A config path that differs between trials, and its short name. */
export interface NamedPath {
  readonly path: string;
  readonly label: string;
}

/** The paths whose values differ between trials. */
export function axesOf(points: readonly SweepPoint[], configs: readonly Config[], components: Components): NamedPath[] {
  const paths = [...new Set(points.flatMap((point) => point.map(({ path }) => path.join('.'))))];
  const varying = paths.filter((path) => {
    const values = points.map((point, index) => JSON.stringify(valueOn(path, point, configs[index]!, components)));
    return new Set(values).size > 1;
  });
  const split = varying.map((path) => path.split('.'));
  return varying.map((path, index) => ({ path, label: shortestSuffix(split[index]!, split) }));
}

/** `lambda=5, seed=43`. */
export function labelOf(params: Readonly<Record<string, Scalar>>, axes: readonly NamedPath[]): string {
  return axes.map(({ path, label }) => `${label}=${String(params[path])}`).join(', ');
}

/** A trial's value on a path: as written by the user, or else as resolved in the config. */
export function valueOn(path: string, point: SweepPoint, config: Config, components: Components): Scalar {
  const choice = point.findLast((chosen) => chosen.path.join('.') === path)?.choice;
  if (choice !== undefined) return scalar(toJson(choice.value));
  const resolved = valueAt(config as unknown as Json, path.split('.'));
  // An option of a component given by name only has its default.
  const option = resolved ?? everyOption(config, components).find((each) => each.path.join('.') === path)?.value;
  return scalar(collapseDirections(option));
}

/** `quickstart,lambda`: the name with the varied paths, unless that is too long. */
export function sweepTitle(config: Config, axes: readonly NamedPath[]): string {
  const [name, ...labels] = [config.name, ...axes.map(({ label }) => label)].map(fileName);
  const title = [name, ...labels].join(',');
  return title.length > LONGEST_NAME ? name! : title;
}

/** `{forward: 5, backward: 5}` is written as 5. */
function collapseDirections(value: Json | undefined): Json {
  if (!isJsonObject(value)) return value ?? null;
  const { forward, backward } = value;
  return forward !== undefined && forward === backward ? forward : value;
}

function scalar(value: Json): Scalar {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

/** The shortest suffix of a path that no other path has. */
function shortestSuffix(path: readonly string[], paths: readonly (readonly string[])[]): string {
  const suffix = (of: readonly string[], length: number) => of.slice(-length).join('.');
  const isOwn = (length: number) =>
    paths.every((other) => other === path || suffix(other, length) !== suffix(path, length));
  const length = path.findIndex((_, i) => isOwn(i + 1)) + 1;
  return length === 0 ? path.join('.') : suffix(path, length);
}

function fileName(text: string): string {
  return text.replaceAll(/[^\w.=+-]+/g, '_').replace(/^\.+/, '_');
}
