import { Tensor } from '@tensorflow/tfjs-core';

/**
 * Tensors by name, nested as deep as one likes: what goes into a traced function and what comes out of it. To be used as a bound
 * (`T extends Tree<T>`), so that interfaces fit as well as types.
 */
export type Tree<T> = {
  readonly [name in keyof T]: T[name] extends Tensor ? T[name] : T[name] extends object ? Tree<T[name]> : never;
};

export const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;

/** The leaves of a tree by their paths: `{ G: { kernel } }` has `G/kernel`. Keys may hold slashes themselves. */
export function leavesOf<Leaf>(tree: object, isLeaf: (value: unknown) => value is Leaf): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const visit = (value: unknown, path: readonly string[]): void => {
    if (isLeaf(value)) leaves.set(path.join('/'), value);
    else for (const [name, child] of Object.entries(value as object)) visit(child, [...path, name]);
  };
  visit(tree, []);
  return leaves;
}

/** A tree of the form of `like`, with `leaf(path)` in place of each of its leaves. */
export function replaceLeaves<Leaf, Result>(
  like: object,
  isLeaf: (value: unknown) => value is Leaf,
  replace: (path: string, leaf: Leaf) => Result,
): object {
  const visit = (value: object, path: readonly string[]): object =>
    Object.fromEntries(
      Object.entries(value).map(([name, child]: [string, unknown]) => {
        const at = [...path, name];
        return [name, isLeaf(child) ? replace(at.join('/'), child) : visit(child as object, at)];
      }),
    );
  return visit(like, []);
}
