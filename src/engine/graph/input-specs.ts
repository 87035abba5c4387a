import type { Tensor } from '@tensorflow/tfjs-core';
import type { InputSpec, InputSpecs } from './compile.js';
import type { DType } from './graph-def.js';
import { isTensor, leavesOf, replaceLeaves } from './tensor-trees.js';

/** The type and shape of an input. */
export interface TensorSpec {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** The specs of a function's inputs, as declared or as called: as a tree, and by their paths. */
export interface Inputs {
  readonly tree: object;
  readonly specs: ReadonlyMap<string, TensorSpec>;
}

export const isTensorSpec = (value: unknown): value is InputSpec =>
  Array.isArray((value as { readonly shape?: unknown } | null | undefined)?.shape);

export function declaredInputs(specs: InputSpecs): Inputs {
  return inputsOf(replaceLeaves(specs, isTensorSpec, (_, { shape, dtype = 'float32' }) => ({ shape, dtype })));
}

export function givenInputs(tensors: object): Inputs {
  return inputsOf(replaceLeaves(tensors, isTensorSpec, (_, { shape, dtype }) => ({ shape, dtype })));
}

/** The key of a trace: calls with equal signatures share it. */
export function signatureOf(name: string, { tree }: Inputs): string {
  return JSON.stringify([name, sorted(tree)]);
}

/**
 * Lists may have another length than before; that is another trace.
 *
 * @throws TypeError when inputs have other names than those that the function was traced with
 */
export function checkNames(name: string, expected: Inputs, found: Inputs): void {
  const [wanted, given] = [expected, found].map(({ tree }) => namesIn(tree)) as [string[], string[]];
  if (wanted.join() === given.join()) return;
  const missing = wanted.filter((path) => !given.includes(path));
  const unknown = given.filter((path) => !wanted.includes(path));
  const problems = [
    ...(missing.length > 0 ? [`${listed(missing)} is missing`] : []),
    ...(unknown.length > 0 ? [`${listed(unknown)} is not known`] : []),
  ];
  throw new TypeError(
    `The compiled function ${name} takes the inputs ${listed(wanted)}, and was given ${listed(given)}: ${problems.join(', ')}.`,
  );
}

/** The paths of a tree, where `*` stands for all indices of a list. */
function namesIn(tree: unknown, path: readonly string[] = []): string[] {
  if (isTensorSpec(tree)) return [path.join('/')];
  if (Array.isArray(tree)) {
    const names = tree.flatMap((child) => namesIn(child, [...path, '*']));
    return names.length === 0 ? [[...path, '*'].join('/')] : [...new Set(names)].sort();
  }
  const entries = Object.entries(tree ?? {});
  return entries.flatMap(([key, child]) => namesIn(child, [...path, key])).sort();
}

/** @throws TypeError for anything but tensors */
export function tensorsOf(name: string, inputs: object): Map<string, Tensor> {
  try {
    return leavesOf(inputs, isTensor);
  } catch (error) {
    throw new TypeError(`The inputs of the compiled function ${name} must be tensors: ${(error as Error).message}`);
  }
}

const inputsOf = (tree: object): Inputs => ({
  tree,
  specs: leavesOf(tree, isTensorSpec) as ReadonlyMap<string, TensorSpec>,
});

/** Sorts names, as their order does not matter. */
function sorted(tree: unknown): unknown {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return tree;
  const entries = Object.entries(tree).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, sorted(value)]));
}

const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));
