import { typeOf, type ConstantTensor, type GraphNode } from '../engine/graph/graph-def.js';
import type { Graph } from '../engine/graph/recorded-graph.js';
import type { Trace } from './free-sides.js';

/** What an op takes in one trace. */
export interface Observation {
  /** Of its inputs, by their index. */
  readonly constants: ReadonlyMap<number, ConstantTensor>;
  readonly shapes: readonly (readonly number[] | undefined)[];
  /** The shape of the images that are translated. */
  readonly image: readonly number[];
}

/**
 * What takes the place of a constant that depends on the sides of images, such as the shape that a transposed convolution makes: "the rest" (-1)
 * in a Reshape or Slice, and otherwise a shape times whole numbers plus whole numbers, that of what the op takes or that of the images. Every
 * backend of TensorFlow.js computes these beside the GPU, which a division would not be.
 *
 * @param index of the input that is a constant
 * @param observed the op in each trace, this one first
 * @returns a reference in this trace's graph; undefined where no formula holds in all traces
 */
export function computedSides(
  { graph, image }: Trace,
  node: GraphNode,
  index: number,
  observed: readonly Observation[],
): string | undefined {
  const vectors = observed.map(({ constants }) => integers(constants.get(index)));
  if (vectors.includes(undefined)) return undefined;
  const wanted = vectors as (readonly number[])[];
  const constant = (values: readonly number[]) => graph.constant('int32', [values.length], Int32Array.from(values));

  const rest = restOf(node, index, wanted, observed);
  if (rest !== undefined) return constant(rest);

  const own = node.op === 'Conv2DBackpropInput' ? 2 : 0;
  const sources = [
    { ref: node.inputs[own]!, shapes: observed.map(({ shapes }) => shapes[own]) },
    { ref: image.ref, shapes: observed.map((each) => each.image) },
  ];
  for (const { ref, shapes } of sources) {
    const formula = own === index ? undefined : formulaOf(wanted, shapes);
    if (formula !== undefined) return addFormula(graph, ref, formula);
  }
  return undefined;
}

function integers(constant: ConstantTensor | undefined): readonly number[] | undefined {
  return constant?.dtype === 'int32' && constant.shape.length === 1
    ? Array.from(constant.values as Int32Array)
    : undefined;
}

/** The constant with -1 for what remains, where TensorFlow takes that: one side of a Reshape, all sides of a Slice that end where its input does. */
function restOf(
  { op }: GraphNode,
  index: number,
  wanted: readonly (readonly number[])[],
  observed: readonly Observation[],
): readonly number[] | undefined {
  const [first] = wanted as [readonly number[]];
  const differs = first.map((side, i) => wanted.some((sides) => sides[i] !== side));
  const withRest = () => first.map((side, i) => (differs[i] ? -1 : side));
  if (op === 'Reshape' && index === 1) return differs.filter(Boolean).length === 1 ? withRest() : undefined;
  if (op !== 'Slice' || index !== 2) return undefined;
  const toTheEnd = (i: number) =>
    observed.every(({ constants, shapes }, k) => {
      const begin = integers(constants.get(1))?.[i];
      return begin !== undefined && shapes[0]?.[i] === begin + wanted[k]![i]!;
    });
  return differs.every((each, i) => !each || toTheEnd(i)) ? withRest() : undefined;
}

/** side[i] = shape[from + i] * factors[i] + offsets[i] */
interface Formula {
  readonly from: number;
  readonly factors: readonly number[];
  readonly offsets: readonly number[];
  /** Of the shape that it is computed from. */
  readonly rank: number;
}

/** Of height and width alone, as resizing takes them, or of a whole shape. */
function formulaOf(
  wanted: readonly (readonly number[])[],
  shapes: readonly (readonly number[] | undefined)[],
): Formula | undefined {
  const [sides, shape] = [wanted[0]!, shapes[0]];
  if (shape === undefined) return undefined;
  const from = sides.length === 2 && shape.length === 4 ? 1 : 0;
  if (from === 0 && sides.length !== shape.length) return undefined;
  const lines = sides.map((_, i) =>
    lineThrough(shapes.map((each, k) => [each?.[from + i] ?? NaN, wanted[k]![i] ?? NaN] as const)),
  );
  if (lines.includes(undefined)) return undefined;
  const [factors, offsets] = [lines.map((line) => line!.factor), lines.map((line) => line!.offset)];
  return { from, factors, offsets, rank: shape.length };
}

/** y = x * factor + offset, both whole numbers, through all points; undefined if they are not on such a line. */
function lineThrough(points: readonly (readonly [x: number, y: number])[]) {
  const [x, y] = points[0]!;
  const other = points.find((point) => point[0] !== x);
  const factor = other === undefined ? 0 : (other[1] - y) / (other[0] - x);
  const offset = y - x * factor;
  const holds = Number.isInteger(factor) && points.every(([u, v]) => u * factor + offset === v);
  return holds ? { factor, offset } : undefined;
}

function addFormula(graph: Graph, ref: string, { from, factors, offsets, rank }: Formula): string {
  const int = typeOf('int32');
  const constant = (values: readonly number[]) => graph.constant('int32', [values.length], Int32Array.from(values));
  let sides = graph.add('Shape', [ref], { T: typeOf('float32'), out_type: int });
  if (factors.length < rank) {
    const inputs = [sides, constant([from]), constant([factors.length])];
    sides = graph.add('Slice', inputs, { T: int, Index: int });
  }
  if (factors.some((factor) => factor !== 1)) sides = graph.add('Mul', [sides, constant(factors)], { T: int });
  if (offsets.some((offset) => offset !== 0)) sides = graph.add('AddV2', [sides, constant(offsets)], { T: int });
  return sides;
}
