import { nodeOf, type GraphNode } from '../../engine/graph/graph-def.js';
import { Graph } from '../../engine/graph/recorded-graph.js';
import type { ExportedGenerator } from '../../registry/kinds/export-format.js';
import type { WeightSpec } from '../../registry/kinds/network.js';
import { shortSides, type Sides } from '../../support/sides.js';
import { addTranslation, addTranslationOf, type TracedTranslation } from '../trace.js';
import { OnnxBuilder, type Operand } from './builder.js';
import { cannotExport } from './cannot-export.js';
import { Conversion, type NormPlan, type Rule } from './conversion.js';
import { CONVOLUTIONS } from './convolutions.js';
import { ELEMENTWISE } from './elementwise.js';
import type { OnnxGraph } from './graph.js';
import { instanceNormIn } from './instance-norm.js';
import { REARRANGING } from './rearranging.js';
import { REDUCTIONS } from './reductions.js';

/** A generator as it was traced, and in ONNX. */
export interface Converted {
  readonly traced: TracedTranslation;
  readonly nodes: readonly GraphNode[];
  /** The placeholders of the trace for the network's weights, by their names. */
  readonly weights: ReadonlyMap<string, string>;
  readonly onnx: OnnxGraph;
  readonly norms: NormPlan;
}

/**
 * Traces a generator for one size and converts it.
 *
 * @throws ProblemError `size-does-not-fit`; `cannot-export` for an op without a rule
 */
export function convert(generator: ExportedGenerator, size: Sides, norms?: NormPlan): Converted {
  return converted(generator, norms, (graph, weightRef) => addTranslation(graph, generator, size, weightRef));
}

/** {@link convert} for images [batch, height, width, channels]. @throws whatever the generator throws at that shape */
export function convertFor(generator: ExportedGenerator, shape: readonly number[], norms?: NormPlan): Converted {
  return converted(generator, norms, (graph, weightRef) => ({
    size: shortSides({ height: shape[1]!, width: shape[2]! }),
    ...addTranslationOf(graph, generator, shape, weightRef),
  }));
}

type WeightRef = (weight: WeightSpec) => string;

function converted(
  { network }: ExportedGenerator,
  plan: NormPlan | undefined,
  trace: (graph: Graph, weightRef: WeightRef) => TracedTranslation,
): Converted {
  const graph = new Graph();
  const weights = new Map(network.weights.map(({ name, shape }) => [name, graph.placeholder(name, 'float32', shape)]));
  const traced = trace(graph, ({ name }) => weights.get(name)!);
  const nodes = graph.needed([traced.translation.ref]);

  const builder = new OnnxBuilder();
  const conversion = new Conversion(graph, builder, plan);
  conversion.set(nodeOf(traced.image.ref), builder.input(traced.image.shape));
  for (const { name, shape } of network.weights) {
    conversion.set(weights.get(name)!, { kind: 'weight', weight: name, shape });
  }
  for (const node of nodes.filter(({ op }) => op !== 'Placeholder')) {
    const operand = operandOf(node, conversion);
    if (operand !== undefined) conversion.set(node.name, operand);
  }
  const onnx = builder.finish(conversion.operand(traced.translation.ref));
  return { traced, nodes, weights, onnx, norms: conversion.norms };
}

const RULES: Readonly<Record<string, Rule>> = { ...ELEMENTWISE, ...REDUCTIONS, ...CONVOLUTIONS, ...REARRANGING };

/** The ops of TensorFlow that are converted. */
export const CONVERTED_OPS: readonly string[] = Object.keys(RULES);

function operandOf(node: GraphNode, conversion: Conversion): Operand | undefined {
  if (node.op === 'Const') return constantOf(node);
  const rule = RULES[node.op];
  if (rule === undefined) throw cannotExport(`has the op ${node.op}`);
  return instanceNormIn(node, conversion) ?? rule(node, conversion);
}

/** Constants of other types are axes, sizes and the like, which the rules read themselves. */
function constantOf({ attributes: { value } }: GraphNode): Operand | undefined {
  if (value?.kind !== 'tensor' || value.value.dtype !== 'float32') return undefined;
  const { shape, values } = value.value;
  return { kind: 'constant', shape, constant: { shape, values: values as Float32Array } };
}
