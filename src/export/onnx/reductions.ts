import { axisOf } from './builder.js';
import type { Rule } from './conversion.js';
import { intOf, intsOf } from './graph.js';

/** Until opset 18 only ReduceSum takes its axes as an input. */
const REDUCED = {
  Max: 'ReduceMax',
  Mean: 'ReduceMean',
  Min: 'ReduceMin',
  Prod: 'ReduceProd',
  Sum: 'ReduceSum',
} as const;

const reduction =
  (op: string): Rule =>
  (node, conversion) => {
    const { builder } = conversion;
    const x = conversion.operand(node.inputs[0]!);
    const rank = x.shape.length;
    const axes = conversion.integers(node, 1).map((axis) => (axis < 0 ? axis + rank : axis));
    if (axes.length === 0) return x;
    const keep = node.attributes['keep_dims']?.value === true;

    const inOrder = [0, 1, 2, 3].filter((axis) => !axes.includes(axis)).map(axisOf);
    const sorted = inOrder.every((axis, i) => i === 0 || axis > inOrder[i - 1]!);
    const first = x.kind === 'computed' && x.channelsFirst && (keep || sorted);
    const name = first ? x.name : builder.plain(x);
    const reduced = (first ? axes.map(axisOf) : axes).toSorted((a, b) => a - b);
    const keepdims = intOf(keep ? 1 : 0);
    return op === 'ReduceSum'
      ? conversion.add(node, op, [name, builder.integers(reduced)], { keepdims }, first && keep)
      : conversion.add(node, op, [name], { axes: intsOf(reduced), keepdims }, first && keep);
  };

/** Softmax is over the channels: TensorFlow's last axis. */
const softmax: Rule = (node, conversion) => {
  const x = conversion.operand(node.inputs[0]!);
  const first = x.kind === 'computed' && x.channelsFirst;
  const name = first ? x.name : conversion.builder.plain(x);
  return conversion.add(node, 'Softmax', [name], { axis: intOf(first ? 1 : -1) }, first);
};

/** Ops that combine numbers along axes. */
export const REDUCTIONS: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(Object.entries(REDUCED).map(([from, to]) => [from, reduction(to)])),
  Softmax: softmax,
};
