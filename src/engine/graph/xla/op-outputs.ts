import { nodeOf } from '../graph-def.js';

/**
 * The names of ops' outputs, by which the body of a function refers to them (tensorflow/core/ops/*.cc): of all ops that TensorFlow.js's
 * kernels use and that XLA may compile. A name that ends in `*` is a list of outputs.
 */
const OUTPUTS: readonly (readonly [outputs: string, ops: string])[] = [
  ['', 'AssignVariableOp NoOp ResourceApplyAdam'],
  [
    'output',
    'All Any ArgMax ArgMin AvgPool AvgPool3D AvgPool3DGrad AvgPoolGrad BatchMatMulV2 BatchToSpaceND BroadcastTo ConcatV2 Const Conv2D ' +
      'Conv2DBackpropFilter Conv2DBackpropInput Conv3D Conv3DBackpropFilterV2 Conv3DBackpropInputV2 DenseBincount DepthToSpace ' +
      'DepthwiseConv2dNative DepthwiseConv2dNativeBackpropFilter DepthwiseConv2dNativeBackpropInput Einsum EnsureShape ExpandDims FFT Fill ' +
      'GatherNd GatherV2 IFFT Identity Imag LRN LRNGrad LinSpace Max MaxPool MaxPool3D MaxPool3DGrad MaxPoolGrad Mean Min MirrorPad ' +
      'MirrorPadGrad OneHot Pack Pad PadV2 Prod Range Real Reshape ResizeBilinearGrad Reverse ReverseV2 ScatterNd Select SelectV2 Shape ' +
      'Slice SpaceToBatchND Squeeze StridedSlice Sum TensorScatterUpdate Tile UnsortedSegmentSum',
  ],
  ['output*', 'SplitV Unpack'],
  [
    'y',
    'Abs Acos Acosh Asin Asinh Atan Atanh Cast Ceil ComplexAbs Cos Cosh Erf Exp Expm1 Floor IsFinite IsInf IsNan Log Log1p LogicalNot Neg ' +
      'OnesLike Reciprocal Round Rsqrt Sigmoid Sign Sin Sinh Sqrt Square Tan Tanh Transpose ZerosLike',
  ],
  [
    'z',
    'Add AddV2 Atan2 BitwiseAnd Div DivNoNan Equal FloorDiv FloorMod Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr Maximum Minimum ' +
      'Mod Mul NotEqual Pow RealDiv SquaredDifference Sub TanhGrad',
  ],
  ['activations', 'Elu LeakyRelu Relu Relu6 Selu Softplus'],
  ['backprops', 'EluGrad LeakyReluGrad ReluGrad'],
  ['logsoftmax', 'LogSoftmax'],
  ['out', 'Complex Cumprod Cumsum'],
  ['product', 'MatMul'],
  ['resized_images', 'ResizeBilinear ResizeNearestNeighbor'],
  ['softmax', 'Softmax'],
  ['sum', 'AddN'],
  ['value', 'ReadVariableOp'],
  ['values indices', 'TopKV2'],
  ['y batch_mean batch_variance reserve_space_1 reserve_space_2 reserve_space_3', 'FusedBatchNormV3'],
  ['x_backprop scale_backprop offset_backprop reserve_space_4 reserve_space_5', 'FusedBatchNormGradV3'],
];

const BY_OP: ReadonlyMap<string, readonly string[]> = new Map(
  OUTPUTS.flatMap(([outputs, ops]) => ops.split(' ').map((op) => [op, outputs.split(' ')] as const)),
);

/** The ops of the table and the names of their outputs, for the tests. */
export const KNOWN_OUTPUTS = BY_OP;

/** The reference, in the body of a function, to what is `ref` in a graph; undefined for an op that the table lacks. */
export function bodyReference(ref: string, op: string): string | undefined {
  const index = Number(/:(\d+)$/.exec(ref)?.[1] ?? 0);
  const outputs = BY_OP.get(op);
  if (outputs === undefined) return undefined;
  const isList = outputs[0]!.endsWith('*');
  return isList ? `${nodeOf(ref)}:${outputs[0]!.slice(0, -1)}:${index}` : `${nodeOf(ref)}:${outputs[index]}:0`;
}
