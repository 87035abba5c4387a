import {
  boolOf,
  functionOf,
  nodeOf,
  outputOf,
  stringOf,
  typesOf,
  type DType,
  type GraphFunction,
  type GraphNode,
} from '../graph-def.js';
import type { Graph } from '../recorded-graph.js';
import { bodyReference, KNOWN_OUTPUTS } from './op-outputs.js';

/** What a session runs together: the nodes of one traced function. */
export interface Region {
  /** Unique in the graph. */
  readonly name: string;
  /** Its results and effects: nodes that pass a value on (`Identity`), which a session fetches. */
  readonly results: readonly string[];
}

/** Nodes for a session, and the functions that they call. */
export interface Encapsulated {
  readonly nodes: readonly GraphNode[];
  readonly functions: readonly GraphFunction[];
}

/**
 * What stays with TensorFlow's executor. XLA draws other random numbers than TensorFlow's kernels, and a seed must mean the same with and
 * without it: what a step draws, and the keys that it draws by, are inputs of what is compiled.
 */
const OUTSIDE = /^(Placeholder|VarHandleOp|StatelessRandom\w+|SaveV2|RestoreV2)$/;

/**
 * Moves each region into a function that XLA compiles as a whole, reads and updates of variables included (`_XlaMustCompile`,
 * tensorflow/compiler/jit/xla_kernel_creator.cc). Results keep their names.
 *
 * @param others what a session fetches besides
 * @param regions for which {@link whyNotCompiled} gives no reason
 */
export function encapsulate(graph: Graph, regions: readonly Region[], others: readonly string[]): Encapsulated {
  const parts = regions.map((region) => encapsulateOne(graph, region));
  const kept = graph.needed([...others, ...parts.flatMap(({ inputs }) => inputs)]);
  const replaced = new Set(regions.flatMap(({ results }) => results));
  return {
    nodes: [...kept.filter((node) => !replaced.has(node.name)), ...parts.flatMap(({ nodes }) => nodes)],
    functions: parts.map((part) => part.function),
  };
}

/** The call of the function and its results; `inputs`: what it is called with. */
function encapsulateOne(graph: Graph, { name, results }: Region) {
  const { inner, outside } = split(graph, results);
  const parameters = parametersOf(graph, inner, outside);
  const body = inner.map((node) => ({ ...node, inputs: bodyInputs(graph, node, parameters, outside) }));
  const passed = results.map((result) => graph.node(result)!);
  const outputs = passed.map((node, i) => ({
    name: `result_${i}`,
    dtype: typeIn(node, 'T'),
    ref: bodyReference(node.name, node.op)!,
  }));
  const inputs = [...parameters].map(([ref, parameter]) => ({ name: parameter, dtype: dtypeAt(graph, ref) }));
  const called = `${name.replace(/\W/g, '_')}_compiled`;
  const call: GraphNode = {
    name: `${name}/compiled`,
    op: 'StatefulPartitionedCall',
    inputs: [...parameters.keys()],
    attributes: {
      Tin: typesOf(inputs.map(({ dtype }) => dtype)),
      Tout: typesOf(outputs.map(({ dtype }) => dtype)),
      f: functionOf(called),
      config: stringOf(''),
      config_proto: stringOf(''),
      executor_type: stringOf(''),
      _XlaMustCompile: boolOf(true),
    },
  };
  const fetched = passed.map((node, i) => ({ ...node, inputs: [outputOf(call.name, i)] }));
  return {
    function: { name: called, inputs, outputs, body } satisfies GraphFunction,
    nodes: [call, ...fetched],
    inputs: [...parameters.keys()],
  };
}

/** Why a region cannot be compiled; undefined if it can be tried. */
export function whyNotCompiled(graph: Graph, { results }: Region): string | undefined {
  const { inner } = split(graph, results);
  const unknown = new Set(inner.filter(({ op }) => !KNOWN_OUTPUTS.has(op)).map(({ op }) => op));
  return unknown.size === 0 ? undefined : `XLA is not known to have ${[...unknown].sort().join(', ')}`;
}

/** The nodes that a function holds, and the names of those that it does not. */
function split(graph: Graph, results: readonly string[]) {
  const nodes = graph.needed(results);
  const outside = outsideOf(graph, nodes);
  // A constant is cheaper to repeat than to pass, and XLA wants to know the sizes among them.
  return { inner: nodes.filter((node) => !outside.has(node.name) || node.op === 'Const'), outside };
}

/** The names of the nodes that stay outside: {@link OUTSIDE}, and all that they depend on. */
function outsideOf(graph: Graph, nodes: readonly GraphNode[]): ReadonlySet<string> {
  return graph.dependencies(nodes.filter(({ op }) => OUTSIDE.test(op)).map((node) => node.name));
}

/** The parameters of the function by the references of their values. */
function parametersOf(graph: Graph, inner: readonly GraphNode[], outside: ReadonlySet<string>): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const ref of inner.flatMap(({ inputs }) => inputs)) {
    const isValue = !ref.startsWith('^') && outside.has(nodeOf(ref)) && graph.node(ref)!.op !== 'Const';
    if (isValue && !parameters.has(ref)) parameters.set(ref, `parameter_${parameters.size}`);
  }
  return parameters;
}

function bodyInputs(
  graph: Graph,
  node: GraphNode,
  parameters: ReadonlyMap<string, string>,
  outside: ReadonlySet<string>,
): readonly string[] {
  return node.inputs.flatMap((ref) => {
    // What is outside has been computed before the function is called.
    if (ref.startsWith('^')) return outside.has(nodeOf(ref)) ? [] : [ref];
    return parameters.get(ref) ?? bodyReference(ref, graph.node(ref)!.op)!;
  });
}

function dtypeAt(graph: Graph, ref: string): DType {
  const node = graph.node(ref)!;
  if (node.op === 'VarHandleOp') return 'resource';
  return typeIn(node, ['dtype', 'T', 'DstT'].find((name) => name in node.attributes) ?? 'dtype');
}

function typeIn(node: GraphNode, attribute: string): DType {
  const found = node.attributes[attribute];
  if (found?.kind !== 'type') throw new Error(`The type of the node ${node.name} (${node.op}) is not known.`);
  return found.value;
}
