import type { Graph } from './recorded-graph.js';
import { intOf, sizeOf, typeOf, type DType, type GraphNode } from './graph-def.js';

/**
 * The same sum of gradients in fewer passes over the memory. A network that is applied n times in a step has n gradients for each
 * of its filters, which automatic differentiation computes one by one and adds. But the gradient of a filter is a sum over images: where a
 * filter is larger than the images that it meets, as deep inside a U-Net, one Conv2DBackpropFilter over all of them in a batch does
 * the work of n, and its result is written once.
 *
 * @returns a reference to the sum; `ref` itself where there is nothing to gain
 */
export function sumFilterGradients(graph: Graph, ref: string): string {
  const root = graph.node(ref);
  // Somebody else who uses the sum has it computed as it is.
  if (root?.attributes['T']?.value !== 'float32' || graph.uses(ref) > 0) return ref;
  const terms = termsOf(graph, ref);
  const groups = new Map<string, FilterGradient[]>();
  const rest: string[] = [];
  for (const term of terms) {
    const gradient = filterGradientAt(graph, term);
    if (gradient === undefined) rest.push(term);
    else groups.set(gradient.alike, [...(groups.get(gradient.alike) ?? []), gradient]);
  }
  if (terms.length < 3 && groups.size + rest.length === terms.length) return ref;
  const sums = [...groups.values()].map((group) => (group.length === 1 ? group[0]!.ref : merged(graph, group)));
  return added(graph, [...rest, ...sums]);
}

interface FilterGradient {
  /** Where the float32 result is. */
  readonly ref: string;
  readonly node: GraphNode;
  /** The type that it is computed in. */
  readonly dtype: DType;
  /** What those have in common that can be one. */
  readonly alike: string;
}

/** What is added up at a reference: the leaves of a tree of additions. A sum that is used more than once is one of them. */
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

/** Whether references have one shape, so that adding them does not stretch any. */
function same(graph: Graph, refs: readonly string[]): boolean {
  const shapes = refs.map((ref) => shapeAt(graph, ref)?.join());
  return shapes.every((shape) => shape !== undefined && shape === shapes[0]);
}

/** Casts are the tracer's own and keep the shape. */
function shapeAt(graph: Graph, ref: string): readonly number[] | undefined {
  const node = graph.node(ref);
  return graph.shapes.get(ref) ?? (node?.op === 'Cast' ? shapeAt(graph, node.inputs[0]!) : undefined);
}

/**
 * The gradient of a filter larger than what it was computed from, perhaps through a cast to float32; undefined too if somebody else
 * needs it by itself.
 */
function filterGradientAt(graph: Graph, ref: string): FilterGradient | undefined {
  const cast = graph.node(ref);
  const node = cast?.op === 'Cast' ? graph.node(cast.inputs[0]!) : cast;
  if (node?.op !== 'Conv2DBackpropFilter' || graph.uses(ref) > 1) return undefined;
  const [x, filter, dy] = node.inputs as readonly [string, string, string];
  const [before, after] = [shapeAt(graph, x), shapeAt(graph, dy)];
  const filterShape = shapeAt(graph, ref);
  if (before === undefined || after === undefined || filterShape === undefined) return undefined;
  if (sizeOf(filterShape) < sizeOf(before) + sizeOf(after)) return undefined;
  const dtype = node.attributes['T']!.value as DType;
  const alike = JSON.stringify([filter, node.attributes, before.slice(1), after.slice(1)]);
  return { ref, node, dtype, alike };
}

function merged(graph: Graph, group: readonly FilterGradient[]): string {
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

function added(graph: Graph, refs: readonly string[]): string {
  if (refs.length === 1) return refs[0]!;
  return graph.add('AddN', refs, { N: intOf(refs.length), T: typeOf('float32') });
}
