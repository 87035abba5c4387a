import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Graph } from './recorded-graph.js';
import { Session, type SessionFeeds } from './session.js';
import { addTransfer, type Transfer } from './transfer.js';
import { isTensor, leavesOf } from './tensor-trees.js';
import { encapsulate, type Region } from './xla/encapsulate.js';
import { addVariables, type Variables } from './variables.js';

/** The variables of a graph and the session that stores them. */
export class GraphState {
  readonly variables: Variables;
  readonly #transfer: Transfer;
  #session: Session | undefined;
  #phase: 'new' | 'ready' | 'disposed' = 'new';

  /**
   * @param make returns the initial values of the variables
   * @param others references that a session may fetch besides the variables, and the functions that XLA compiles
   * @param unsaved see `CompileOptions`
   */
  constructor(
    private readonly graph: Graph,
    make: () => object,
    private readonly others: () => { readonly refs: readonly string[]; readonly compiled: readonly Region[] },
    unsaved?: string,
  ) {
    this.variables = addVariables(graph, make);
    this.#transfer = addTransfer(graph, this.variables.list, unsaved);
  }

  /** Runs functions of the graph; initializes the variables first if they have no values. */
  run(feeds: SessionFeeds, refs: readonly string[]): Tensor[] {
    if (this.#phase !== 'ready') this.initialize();
    return this.#open().run(feeds, refs);
  }

  initialize(): void {
    const zeros = tf.zeros([2], 'int32');
    try {
      this.#change({ [this.variables.zeroKey]: zeros }, this.variables.initialized);
    } finally {
      zeros.dispose();
    }
  }

  read(): object {
    const { reads } = this.#transfer;
    const values = reads.size === 0 ? [] : this.run({}, [...reads.values()]);
    const byName = new Map([...reads.keys()].map((name, i) => [name, values[i]!]));
    return this.variables.form.fill((name) => byName.get(name)!);
  }

  assign(values: object): void {
    this.#change(this.#feedsOf(values), this.#transfer.assigned);
  }

  save(prefix: string): void {
    withText(prefix, (text) => {
      tf.dispose(this.run({ [this.#transfer.prefix]: text }, [this.#transfer.saved]));
    });
  }

  restore(prefix: string): void {
    withText(prefix, (text) => this.#change({ [this.#transfer.prefix]: text }, this.#transfer.restored));
  }

  /**
   * Replaces the session, as the graph of a session cannot grow. The new session gets the variables' values; on failure the old one
   * stays.
   */
  renew(): void {
    const old = this.#session;
    if (old === undefined) return;
    const renewed = this.#create();
    try {
      if (this.#phase === 'ready') this.#copyVariables(renewed);
    } catch (error) {
      renewed.dispose();
      throw error;
    }
    this.#session = renewed;
    old.dispose();
  }

  dispose(): void {
    this.#session?.dispose();
    this.#session = undefined;
    this.#phase = 'disposed';
  }

  #copyVariables(renewed: Session): void {
    const values = this.read();
    try {
      tf.dispose(renewed.run(this.#feedsOf(values), [this.#transfer.assigned]));
    } finally {
      tf.dispose([...leavesOf(values, isTensor).values()]);
    }
  }

  /** The feeds of `assigned`. @throws Error where a value is missing or of another shape or type */
  #feedsOf(values: object): SessionFeeds {
    const given = leavesOf(values, isTensor);
    const feeds = this.variables.list.map(({ name, dtype, shape }): [string, Tensor] => {
      const value = given.get(name);
      const expected = `${dtype} [${shape.join(', ')}]`;
      const found = value === undefined ? 'nothing' : `${value.dtype} [${value.shape.join(', ')}]`;
      if (value === undefined || found !== expected) {
        throw new Error(`The variable ${name} takes ${expected}, and was given ${found}.`);
      }
      return [this.#transfer.values.get(name)!, value];
    });
    return Object.fromEntries(feeds);
  }

  /** Sets all variables to new values. */
  #change(feeds: SessionFeeds, ref: string): void {
    tf.dispose(this.#open().run(feeds, [ref]));
    this.#phase = 'ready';
  }

  #open(): Session {
    if (this.#phase === 'disposed') throw new Error('A compiled program is used after it was disposed of.');
    this.#session ??= this.#create();
    return this.#session;
  }

  #create(): Session {
    const { reads, assigned, saved, restored } = this.#transfer;
    const { zeroKey, initialized } = this.variables;
    const own = [zeroKey, initialized, ...reads.values(), assigned, saved, restored];
    const { refs, compiled } = this.others();
    const { nodes, functions } = encapsulate(this.graph, compiled, [...own, ...refs]);
    return new Session(nodes, functions);
  }
}

function withText(text: string, f: (tensor: Tensor) => void): void {
  const tensor = tf.scalar(text, 'string');
  try {
    f(tensor);
  } finally {
    tensor.dispose();
  }
}
