import { Tensor } from '@tensorflow/tfjs-core';

/**
 * Tensors by name, nested to any depth, including lists: the inputs and outputs of traced functions. Use it as a bound
 * (`T extends Tree<T>`), so that interfaces fit as well as types.
 */
export type Tree<T> = { readonly [name in keyof T]: Node<T[name]> };
/** A tensor of a {@link Tree}, or a branch of it. */
export type Node<T> = T extends Tensor ? T : T extends object ? Tree<T> : never;

export const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;

/**
 * The leaves of a tree by their paths: `{ G: { kernel } }` has `G/kernel`. Keys may contain slashes. Undefined values are omitted.
 *
 * @throws Error where two leaves have the same path, or a value is neither a leaf nor a branch
 */
export function leavesOf<Leaf>(tree: object, isLeaf: (value: unknown) => value is Leaf): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const visit = (value: unknown, path: readonly string[]): void => {
    const name = path.join('/');
    if (isLeaf(value)) {
      if (leaves.has(name)) throw new Error(`Two tensors have the name ${name}.`);
      leaves.set(name, value);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value)) visit(child, [...path, key]);
    } else if (value !== undefined) {
      throw new Error(`${name} is not a tensor, but ${value === null ? 'null' : `a ${typeof value}`}.`);
    }
  };
  visit(tree, []);
  return leaves;
}

/** A tree of the form of `like`, with each leaf replaced by `replace(path, leaf)`. */
export function replaceLeaves<Leaf, Result>(
  like: object,
  isLeaf: (value: unknown) => value is Leaf,
  replace: (path: string, leaf: Leaf) => Result,
): object {
  const visit = (value: unknown, path: readonly string[]): unknown => {
    if (isLeaf(value)) return replace(path.join('/'), value);
    if (Array.isArray(value)) return value.map((child, i) => visit(child, [...path, String(i)]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, visit(child, [...path, key])]));
  };
  return visit(like, []) as object;
}

/** The form of a tree of tensors, without the tensors. */
export class Form {
  readonly #form: object;

  constructor(tree: object) {
    this.#form = replaceLeaves(tree, isTensor, () => LEAF);
  }

  /** @returns a tree of this form with `leaf(path)` at each path */
  fill<Leaf>(leaf: (path: string) => Leaf): object {
    return replaceLeaves(this.#form, isMarked, leaf);
  }
}

const LEAF = Symbol('tensor');
const isMarked = (value: unknown): value is typeof LEAF => value === LEAF;
