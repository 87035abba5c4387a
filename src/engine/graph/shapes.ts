import type { Attribute, DType, Values } from './graph-def.js';
import * as rules from './shape-rules.js';

/** The known properties of a tensor while a function is traced: `values` only for a constant. */
export interface KnownTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values?: Values;
}
export type ShapeAttributes = Readonly<Record<string, Attribute>>;

/** Maps the inputs of an op to its outputs; undefined where the inputs do not fit or the rule does not cover them. */
export type ShapeRule = (inputs: readonly KnownTensor[], attributes: ShapeAttributes) => KnownTensor[] | undefined;

/**
 * The outputs of an op, or undefined where this table lacks them; then TensorFlow itself runs the op and reports errors in its own
 * words. The table covers the ops with large tensors: tracing a step takes a fraction of a second instead of several, and no memory.
 * The formulas follow TensorFlow's op definitions (tensorflow/core/framework/common_shape_fns.cc); a test compares each with the real
 * op.
 */
export function inferOutputs(
  op: string,
  inputs: readonly KnownTensor[],
  attributes: ShapeAttributes,
): KnownTensor[] | undefined {
  return RULES.get(op)?.(inputs, attributes);
}

const UNARY = ['Abs', 'Exp', 'Identity', 'LeakyRelu', 'Log', 'Neg', 'OnesLike', 'Relu', 'Relu6', 'Round', 'Rsqrt', 'Sigmoid', 'Sign', 'Softplus', 'Sqrt', 'Square', 'Tanh', 'ZerosLike']; // prettier-ignore
const BINARY = ['Add', 'AddV2', 'Div', 'Maximum', 'Minimum', 'Mul', 'Pow', 'SquaredDifference', 'Sub'];
const COMPARISON = ['Equal', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'NotEqual'];
const REDUCTION = ['All', 'Max', 'Mean', 'Min', 'Prod', 'Sum'];
/** The gradient with respect to x from that of y and x or y: all of one shape. */
const GRADIENT = ['LeakyReluGrad', 'ReluGrad', 'TanhGrad'];

const all = (ops: readonly string[], rule: ShapeRule): [string, ShapeRule][] => ops.map((op) => [op, rule]);

const RULES: ReadonlyMap<string, ShapeRule> = new Map([
  ...all(UNARY, rules.same),
  ...all(BINARY, rules.binary),
  ...all(COMPARISON, rules.comparison),
  ...all(REDUCTION, rules.reduction),
  ...all(GRADIENT, rules.gradient),
  ['AvgPool', rules.pool],
  ['BatchMatMulV2', rules.matrixProduct],
  ['Bincount', rules.bincount],
  ['BroadcastTo', rules.broadcastTo],
  ['Cast', rules.cast],
  ['ConcatV2', rules.concat],
  ['Conv2D', rules.conv2d],
  ['Conv2DBackpropFilter', rules.conv2dFilterGradient],
  ['Conv2DBackpropInput', rules.conv2dInputGradient],
  ['DepthwiseConv2dNative', rules.depthwiseConv2d],
  ['Fill', rules.fill],
  ['FusedBatchNormV3', rules.batchNorm],
  ['FusedBatchNormGradV3', rules.batchNormGradient],
  ['IsFinite', rules.predicate],
  ['MirrorPad', rules.mirrorPad],
  ['MirrorPadGrad', rules.mirrorPadGradient],
  ['Pad', rules.pad],
  ['PadV2', rules.pad],
  ['Qr', rules.qr],
  ['RealDiv', rules.floatBinary],
  ['Reshape', rules.reshape],
  ['Select', rules.select],
  ['Slice', rules.slice],
  ['TensorScatterUpdate', rules.scatterUpdate],
  ['StatelessRandomNormal', rules.statelessRandom],
  ['StatelessRandomUniform', rules.statelessRandom],
  ['Transpose', rules.transpose],
]);

/** The ops of the table, for the tests. */
export const INFERRED: readonly string[] = [...RULES.keys()];
