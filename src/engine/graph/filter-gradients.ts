import type { Graph } from './recorded-graph.js';
import { intOf, sizeOf, typeOf, type DType, type GraphNode } from './graph-def.js';

/**
 * Computes the same sum of gradients in fewer passes over the memory. A network that is applied n times in a step has n gradients for
 * each filter, which automatic differentiation computes one by one and adds. But the gradient of a filter is a sum over images: where a
 * filter is larger than its images, as deep inside a U-Net, one Conv2DBackpropFilter over the batch of all images replaces n of them and
 * writes its result once.
 *
 * @returns a reference to the sum; `ref` itself where there is nothing to gain
 */
export function sumFilterGradients(graph: Graph, ref: string): string {
  const root = graph.node(ref);
  // If another node uses the sum, it is computed anyway.
  if (root?.attributes['T']?.value !== 'float32' || graph.uses(ref) > 0) return ref;
  const terms = termsOf(graph, ref);
  const groups = new Map<string, FilterGradient[]>();
  const rest: string[] = [];
  for (const term of terms) {
    const gradient = filterGradientAt(graph, term);
    if (gradient === undefined) rest.push(term);
    else groups.set(gradient.mergeKey, [...(groups.get(gradient.mergeKey) ?? []), gradient]);
  }
  if (terms.length < 3 && groups.size + rest.length === terms.length) return ref;
  const sums = [...groups.values()].map((group) => (group.length === 1 ? group[0]!.ref : mergeGradients(graph, group)));
  return addAll(graph, [...rest, ...sums]);
}

interface FilterGradient {
  /** The reference of the float32 result. */
  readonly ref: string;
  readonly node: GraphNode;
  /** The type of the computation. */
  readonly dtype: DType;
  /** Equal for gradients that can be merged. */
  readonly mergeKey: string;
}

/** The terms of a sum: the leaves of a tree of additions. A sum that is used more than once counts as a term. */
function termsOf(graph: Graph, ref: string): string[] {
  const terms: string[] = [];
  const stack = [ref];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (isSum(graph, next) && (next === ref || graph.uses(next) === 1))
      stack.push(...graph.node(next)!.inputs.toReversed());
    else terms.push(next);
  }
  return terms;
}

function isSum(graph: Graph, ref: string): boolean {
  const node = graph.node(ref);
  return node !== undefined && /^Add(V2)?$/.test(node.op) && same(graph, node.inputs);
}

/** Whether all references have the same shape, so that adding them needs no broadcasting. */
function same(graph: Graph, refs: readonly string[]): boolean {
  const shapes = refs.map((ref) => graph.shapes.get(ref)?.join());
  return shapes.every((shape) => shape !== undefined && shape === shapes[0]);
}

/**
 * The gradient of a filter that is larger than its inputs, possibly through a cast to float32; undefined if another node uses the
 * gradient, too.
 */
function filterGradientAt(graph: Graph, ref: string): FilterGradient | undefined {
  const cast = graph.node(ref);
  const node = cast?.op === 'Cast' ? graph.node(cast.inputs[0]!) : cast;
  if (node?.op !== 'Conv2DBackpropFilter' || graph.uses(ref) > 1) return undefined;
  const [x, filter, dy] = node.inputs as readonly [string, string, string];
  const [before, after] = [graph.shapes.get(x), graph.shapes.get(dy)];
  const filterShape = graph.shapes.get(ref);
  if (before === undefined || after === undefined || filterShape === undefined) return undefined;
  if (sizeOf(filterShape) < sizeOf(before) + sizeOf(after)) return undefined;
  const dtype = node.attributes['T']!.value as DType;
  const mergeKey = JSON.stringify([filter, node.attributes, before.slice(1), after.slice(1)]);
  return { ref, node, dtype, mergeKey };
}

function mergeGradients(graph: Graph, group: readonly FilterGradient[]): string {
  const { node, dtype } = group[0]!;
  const together = (input: 0 | 2) => {
    const parts = group.map((gradient) => gradient.node.inputs[input]!);
    const axis = graph.constant('int32', [], Int32Array.of(0));
    const attributes = { N: intOf(parts.length), T: typeOf(dtype), Tidx: typeOf('int32') };
    return graph.add('ConcatV2', [...parts, axis], attributes);
  };
  const gradient = graph.add(node.op, [together(0), node.inputs[1]!, together(2)], node.attributes);
  if (dtype === 'float32') return gradient;
  return graph.add('Cast', [gradient], { SrcT: typeOf(dtype), DstT: typeOf('float32') });
}

function addAll(graph: Graph, refs: readonly string[]): string {
  if (refs.length === 1) return refs[0]!;
  return graph.add('AddN', refs, { N: intOf(refs.length), T: typeOf('float32') });
}
