import { TO_FIRST, type Computed, type Operand } from './builder.js';
import type { Conversion, Rule } from './conversion.js';
import { floatOf, type OnnxAttribute } from './graph.js';

/** TensorFlow's op and ONNX's, of one input. */
const UNARY = {
  Abs: 'Abs',
  Ceil: 'Ceil',
  Cos: 'Cos',
  Elu: 'Elu',
  Erf: 'Erf',
  Exp: 'Exp',
  Floor: 'Floor',
  Log: 'Log',
  Neg: 'Neg',
  Reciprocal: 'Reciprocal',
  Relu: 'Relu',
  Round: 'Round', // both to the even number
  Selu: 'Selu',
  Sigmoid: 'Sigmoid',
  Sign: 'Sign',
  Sin: 'Sin',
  Softplus: 'Softplus',
  Sqrt: 'Sqrt',
  Tanh: 'Tanh',
} as const;

const BINARY = {
  Add: 'Add',
  Maximum: 'Max',
  Minimum: 'Min',
  Mul: 'Mul',
  Pow: 'Pow',
  RealDiv: 'Div',
  Sub: 'Sub',
} as const;

const plainUnary =
  (op: string): Rule =>
  (node, conversion) =>
    unary(conversion, conversion.operand(node.inputs[0]!), op);

const plainBinary =
  (op: string): Rule =>
  (node, conversion) => {
    const [a, b] = node.inputs.map((ref) => conversion.operand(ref));
    return binary(conversion, op, a!, b!, conversion.shape(node));
  };

const special: Readonly<Record<string, Rule>> = {
  LeakyRelu: ({ inputs, attributes }, conversion) => {
    return unary(conversion, conversion.operand(inputs[0]!), 'LeakyRelu', {
      alpha: floatOf(attributes['alpha']!.value as number),
    });
  },
  Relu6: ({ inputs }, conversion) => {
    const { builder } = conversion;
    return unary(conversion, conversion.operand(inputs[0]!), 'Clip', {}, [builder.floats(0), builder.floats(6)]);
  },
  Rsqrt: ({ inputs }, conversion) =>
    unary(conversion, unary(conversion, conversion.operand(inputs[0]!), 'Sqrt'), 'Reciprocal'),
  Square: (node, conversion) => {
    const x = conversion.operand(node.inputs[0]!);
    return binary(conversion, 'Mul', x, x, x.shape);
  },
  SquaredDifference: (node, conversion) => {
    const difference = plainBinary('Sub')(node, conversion);
    return binary(conversion, 'Mul', difference, difference, difference.shape);
  },
};

const rules = (table: Readonly<Record<string, string>>, rule: (op: string) => Rule) =>
  Object.fromEntries(Object.entries(table).map(([from, to]) => [from, rule(to)]));

/** Ops on each number, in either order of the axes. */
export const ELEMENTWISE: Readonly<Record<string, Rule>> = {
  ...rules(UNARY, plainUnary),
  ...rules(BINARY, plainBinary),
  ...special,
};

function unary(
  { builder }: Conversion,
  x: Operand,
  op: string,
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
  more: readonly string[] = [],
): Computed {
  const channelsFirst = x.kind === 'computed' && x.channelsFirst;
  const name = channelsFirst ? x.name : builder.plain(x);
  return builder.add(op, [name, ...more], attributes, x.shape, channelsFirst);
}

/** If one side is an image with its channels first, so is the other where it can be. Both broadcast as NumPy. */
function binary({ builder }: Conversion, op: string, a: Operand, b: Operand, shape: readonly number[]): Computed {
  const sides = [a, b];
  const isImage = (one: Operand) => one.kind === 'computed' && one.channelsFirst;
  const channelsFirst = shape.length === 4 && sides.some(isImage) && sides.every((one) => fitsImage(one));
  const names = sides.map((one) => (channelsFirst ? besideImage(builder, one) : builder.plain(one)));
  return builder.add(op, names, {}, shape, channelsFirst);
}

const fitsImage = ({ kind, shape }: Operand): boolean =>
  kind !== 'computed' || shape.length === 0 || shape.length === 4;

/** The name of a value that broadcasts with an image whose channels come first: [c] becomes [1, c, 1, 1]. */
function besideImage(builder: Conversion['builder'], operand: Operand): string {
  const { kind, shape } = operand;
  if (shape.length === 0) return builder.plain(operand);
  if (kind === 'computed' || shape.length === 4) return builder.image(operand);
  const missing = 4 - shape.length;
  const padded = TO_FIRST.map((axis) => (axis < missing ? 1 : shape[axis - missing]!));
  const permutation = TO_FIRST.filter((axis) => axis >= missing).map((axis) => axis - missing);
  return builder.stored(operand, permutation, padded);
}
