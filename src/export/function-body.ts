import type { Attribute } from '../engine/graph/graph-def.js';
import { Graph } from '../engine/graph/recorded-graph.js';

/** The nodes of a function's body. Its references have the names of outputs. */
export class FunctionBody {
  readonly #graph = new Graph();

  get nodes() {
    return this.#graph.nodes;
  }

  add(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>>, output: string): string {
    return `${this.#graph.add(op, inputs, attributes)}:${output}:0`;
  }

  ints(values: number | readonly number[]): string {
    return `${this.#graph.constant('int32', shapeOf(values), Int32Array.from([values].flat()))}:output:0`;
  }

  floats(values: number | readonly number[]): string {
    return `${this.#graph.constant('float32', shapeOf(values), Float32Array.from([values].flat()))}:output:0`;
  }
}

const shapeOf = (values: number | readonly number[]) => (typeof values === 'number' ? [] : [values.length]);
