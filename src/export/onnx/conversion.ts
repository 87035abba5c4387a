import { sizeOf, type GraphNode } from '../../engine/graph/graph-def.js';
import type { Graph } from '../../engine/graph/recorded-graph.js';
import { cannotExport } from './cannot-export.js';
import type { Computed, OnnxBuilder, Operand } from './builder.js';
import type { OnnxAttribute } from './graph.js';

type Attributes = Readonly<Record<string, OnnxAttribute>>;

/** Converts one op. @returns its first output */
export type Rule = (node: GraphNode, conversion: Conversion) => Operand;

/**
 * Which instance norms, in their order, are one op, which saves a seventh of the time, and which are the formula. Runtimes compute the op as
 * x * factor + rest, which loses x - mean where the deviation is far below the mean: where a U-Net's innermost layer is one pixel, it is 0.
 */
export type NormPlan = readonly boolean[];

const FEW_PIXELS = 16;

/** A traced graph that is being converted: what a rule sees of it, and the ONNX graph that it adds to. */
export class Conversion {
  readonly #operands = new Map<string, Operand>();

  /** See {@link NormPlan}: those so far. */
  readonly norms: boolean[] = [];

  constructor(
    readonly graph: Graph,
    readonly builder: OnnxBuilder,
    private readonly plan: NormPlan | undefined,
  ) {}

  /** Whether the next instance norm is written as one op: as planned, or by the number of pixels. */
  asOneOp(pixels: number): boolean {
    const decided = this.plan?.[this.norms.length] ?? pixels > FEW_PIXELS;
    this.norms.push(decided);
    return decided;
  }

  set(name: string, operand: Operand): void {
    this.#operands.set(name, operand);
  }

  /** A value that a node takes. @throws ProblemError `cannot-export` for a second output, and for numbers that are not float32 */
  operand(ref: string): Operand {
    const operand = this.#operands.get(ref.replace(/:0$/, ''));
    if (operand !== undefined) return operand;
    const { op } = this.graph.node(ref)!;
    throw cannotExport(
      op === 'Const' ? 'computes with numbers that are not float32' : `has the op ${op} with several outputs`,
    );
  }

  /** The numbers of a constant, such as axes. @throws ProblemError `cannot-export` where they are computed */
  integers({ op, inputs }: GraphNode, index: number): readonly number[] {
    const value = this.graph.node(inputs[index]!)?.attributes['value'];
    if (value?.kind === 'tensor' && value.value.dtype === 'int32') return Array.from(value.value.values as Int32Array);
    throw cannotExport(`computes the shape or axes of the op ${op}`);
  }

  /** A number of a constant, such as a padding's. */
  number({ op, inputs }: GraphNode, index: number): number {
    const operand = this.operand(inputs[index]!);
    if (operand.kind === 'constant' && sizeOf(operand.shape) === 1) return operand.constant.values[0]!;
    throw cannotExport(`computes a number that the op ${op} needs to be fixed`);
  }

  /** The shape of a node's output when it was traced. */
  shape({ name }: GraphNode): readonly number[] {
    return this.graph.shapes.get(name)!;
  }

  /** The name of an input of four axes as [batch, channels, height, width]. */
  image({ op, inputs }: GraphNode, index: number): string {
    const operand = this.operand(inputs[index]!);
    if (operand.shape.length === 4) return this.builder.image(operand);
    throw cannotExport(`has the op ${op} on values of ${operand.shape.length} axes`);
  }

  /** Adds the ONNX op of a node. */
  add(
    node: GraphNode,
    op: string,
    inputs: readonly string[],
    attributes: Attributes,
    channelsFirst: boolean,
  ): Computed {
    return this.builder.add(op, inputs, attributes, this.shape(node), channelsFirst);
  }
}
