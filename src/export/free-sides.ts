import { isDeepStrictEqual } from 'node:util';
import { nodeOf, shapeOf, type ConstantTensor, type Endpoint, type GraphNode } from '../engine/graph/graph-def.js';
import type { Graph } from '../engine/graph/recorded-graph.js';
import type { ExportedGenerator } from '../registry/kinds/export-format.js';
import { computedSides, type Observation } from './computed-sides.js';
import { probesOf, oneOf } from './probes.js';
import type { TracedTranslation } from './trace.js';

/** A generator as it was traced for images of one shape. */
export type Trace = Omit<TracedTranslation, 'size'> & { readonly graph: Graph };

/** A traced generator that takes images of any batch, height and width. */
export interface FreeSides {
  readonly image: Endpoint;
  readonly translation: Endpoint;
  /** {@link Graph.needed}, with what depends on the sides of images computed from them. */
  needed(refs: Iterable<string>): GraphNode[];
}

/**
 * Makes a traced generator take images of any batch, height and width that its network declares, where that can be proved; undefined elsewhere.
 *
 * A trace has the sides of its images in constants. So the generator is traced for images of other sides, too. All traces must have the same ops, and
 * each constant that differs must follow from a shape that is known when the graph runs, in all traces by the same formula
 * ({@link computedSides}), which takes its place.
 *
 * @param first a trace; nodes are added to its graph
 * @param trace traces it for images [batch, height, width, channels] in another graph, in the same way
 */
export function freeSides(
  { network, imageSize, imageSizes, channels }: ExportedGenerator,
  first: Trace,
  trace: (shape: readonly number[]) => Trace,
): FreeSides | undefined {
  if (network.sizes === undefined) return undefined;
  const traces = [first];
  for (const sides of [...imageSizes.map(oneOf), ...probesOf(network.sizes, imageSize)]) {
    const other = attempt(() => trace([...sides, channels]));
    if (other === undefined) return undefined;
    traces.push(other);
  }
  if (!traces.every(({ image, translation }) => isDeepStrictEqual(image.shape, translation.shape))) return undefined;
  const replaced = replacements(traces);
  if (replaced === undefined) return undefined;

  const { graph, image, translation } = first;
  const shape = [-1, -1, -1, channels];
  const free = { name: nodeOf(image.ref), shape };
  return {
    image: { ...image, shape },
    translation: { ...translation, shape },
    needed: (refs) => withReplacements(graph.needed([...refs, ...replaced.values()]), replaced, free),
  };
}

/** References that take the place of inputs. */
type Replacements = ReadonlyMap<string, string>;

const inputKey = (node: string, index: number): string => `${node} ${index}`;

function replacements(traces: readonly Trace[]): Replacements | undefined {
  const ops = traces.map(opsOf);
  const [own] = ops as [Op[]];
  const same = ops.every((others) => others.length === own.length && others.every((op, i) => alike(op, own[i]!)));
  if (!same) return undefined;
  const replaced = new Map<string, string>();
  for (const [i, { node, constants }] of own.entries()) {
    for (const [index, constant] of constants) {
      if (ops.every((others) => isDeepStrictEqual(others[i]!.constants.get(index), constant))) continue;
      const observed = ops.map((others, k) => observe(traces[k]!, others[i]!));
      const ref = computedSides(traces[0]!, node, index, observed);
      if (ref === undefined) return undefined;
      replaced.set(inputKey(node.name, index), ref);
    }
  }
  return replaced;
}

/** A node that computes something. Constants are known by their values: which of them are one node depends on what is equal. */
interface Op {
  readonly node: GraphNode;
  /** Of its inputs, by their index. */
  readonly constants: ReadonlyMap<number, ConstantTensor>;
  /** What must be equal in all traces. */
  readonly signature: unknown;
}

function opsOf({ graph, translation }: Trace): Op[] {
  const nodes = graph.needed([translation.ref]).filter(({ op }) => op !== 'Const');
  const places = new Map(nodes.map(({ name }, i) => [name, i]));
  return nodes.map((node) => {
    const { op, inputs, attributes } = node;
    const constants = new Map<number, ConstantTensor>();
    for (const [i, ref] of inputs.entries()) {
      const value = graph.node(ref)?.attributes['value'];
      if (value?.kind === 'tensor') constants.set(i, value.value);
    }
    // A placeholder's shape is that of the images.
    const { shape, ...others } = attributes;
    const from = inputs.map((ref, i) => !constants.has(i) && ref.replace(nodeOf(ref), String(places.get(nodeOf(ref)))));
    return { node, constants, signature: [op, from, op === 'Placeholder' ? others : { ...others, shape }] };
  });
}

const alike = (a: Op, b: Op): boolean => isDeepStrictEqual(a.signature, b.signature);

function observe({ graph, image }: Trace, { node, constants }: Op): Observation {
  return { constants, shapes: node.inputs.map((ref) => graph.shapes.get(ref)), image: image.shape };
}

/** Constants that nothing takes any more are left out. */
function withReplacements(
  nodes: readonly GraphNode[],
  replaced: Replacements,
  { name: image, shape }: { readonly name: string; readonly shape: readonly number[] },
): GraphNode[] {
  const changed = nodes.map((node) => {
    if (node.name === image) return { ...node, attributes: { ...node.attributes, shape: shapeOf(shape) } };
    return { ...node, inputs: node.inputs.map((ref, i) => replaced.get(inputKey(node.name, i)) ?? ref) };
  });
  const taken = new Set(changed.flatMap(({ inputs }) => inputs.map(nodeOf)));
  return changed.filter(({ name, op }) => op !== 'Const' || taken.has(name));
}

function attempt<T>(f: () => T): T | undefined {
  try {
    return f();
  } catch {
    return undefined;
  }
}
