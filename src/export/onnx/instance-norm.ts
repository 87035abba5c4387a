import type { GraphNode } from '../../engine/graph/graph-def.js';
import type { Computed, Operand, Stored } from './builder.js';
import type { Conversion } from './conversion.js';
import { floatOf } from './graph.js';

/**
 * ONNX's InstanceNormalization for the last op of its formula, (x - mean) / sqrt(variance + epsilon) * scale + offset, as
 * src/models/norms.ts writes it: one op for eight, which runtimes compute in one pass. Undefined where the formula is another.
 */
export function instanceNormIn(node: GraphNode, conversion: Conversion): Computed | undefined {
  const [scaled, offset] = at(node, 'Add', conversion);
  const [normal, scale] = at(scaled, 'Mul', conversion);
  const [difference, inverse] = at(normal, 'Mul', conversion);
  const [x, mean] = at(difference, 'Sub', conversion);
  const [deviation] = at(inverse, 'Rsqrt', conversion);
  const [variance, epsilon] = at(deviation, 'Add', conversion);
  const [square] = spatialMean(variance, conversion);
  const [second] = at(square, 'Square', conversion);
  const [y, sameMean] = at(second, 'Sub', conversion);
  const [z] = spatialMean(mean, conversion);
  if (x === undefined || y !== x || z !== x || sameMean !== mean) return undefined;

  const image = conversion.operand(x.name);
  const added = [scale, offset, epsilon].map((one) => one && conversion.operand(one.name));
  const [scales, offsets, constant] = added as [Operand, Operand, Operand];
  const channels = image.shape[3];
  if (!isStored(scales) || !isStored(offsets) || constant.kind !== 'constant' || constant.shape.length > 0)
    return undefined;
  if (image.shape.length !== 4 || [scales, offsets].some(({ shape }) => shape.join() !== String(channels)))
    return undefined;

  if (!conversion.asOneOp(image.shape[1]! * image.shape[2]!)) return undefined;

  const { builder } = conversion;
  const inputs = [builder.image(image), builder.stored(scales), builder.stored(offsets)];
  return conversion.add(
    node,
    'InstanceNormalization',
    inputs,
    { epsilon: floatOf(constant.constant.values[0]!) },
    true,
  );
}

const isStored = (operand: Operand): operand is Stored => operand.kind !== 'computed';

/** The nodes that a node of this op takes; none if it is of another op. */
function at(node: GraphNode | undefined, op: string, { graph }: Conversion): readonly (GraphNode | undefined)[] {
  return node?.op === op ? node.inputs.map((ref) => source(ref, graph)) : [];
}

/** The image of a mean over its height and width, which stay as axes of one. */
function spatialMean(node: GraphNode | undefined, conversion: Conversion): readonly (GraphNode | undefined)[] {
  const inputs = at(node, 'Mean', conversion);
  if (node === undefined || inputs.length === 0) return [];
  const over = conversion.integers(node, 1).join() === '1,2' && node.attributes['keep_dims']?.value === true;
  return over ? inputs : [];
}

/** The node whose value a reference has, without ops that change nothing: moments cast and reshape to what there is. */
function source(ref: string, graph: Conversion['graph']): GraphNode | undefined {
  const node = graph.node(ref);
  const [input] = node?.inputs ?? [];
  if (node === undefined || input === undefined) return node;
  const { SrcT, DstT } = node.attributes;
  const shape = (of: string) => graph.shapes.get(of)?.join();
  const changesNothing =
    node.op === 'Identity' ||
    (node.op === 'Cast' && SrcT!.value === DstT!.value) ||
    (node.op === 'Reshape' && shape(node.name) === shape(input));
  return changesNothing ? source(input, graph) : node;
}
