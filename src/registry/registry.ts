import { didYouMean } from '../support/did-you-mean.js';
import { ProblemError, type Problem } from '../support/problem.js';

/** The components of one kind, by their names in YAML. */
export class Registry<T> implements Iterable<readonly [string, T]> {
  readonly #table = new Map<string, T>();
  readonly #origins = new Map<string, string>();

  /** @param kind of its members, as named in YAML: `generator`. */
  constructor(
    readonly kind: string,
    members: Readonly<Record<string, T>> = {},
  ) {
    for (const [name, member] of Object.entries(members)) this.add(name, member);
  }

  /**
   * @param origin the plugin's file, if a plugin adds the member
   * @throws ProblemError `duplicate-component` when the name is taken.
   */
  add(name: string, member: T, origin?: string): void {
    if (this.#table.has(name)) {
      throw new ProblemError({
        code: 'duplicate-component',
        message: `Two components are called ${this.kind}.${name}.`,
        cure: 'Give the plugin’s component another name.',
      });
    }
    this.#table.set(name, member);
    if (origin !== undefined) this.#origins.set(name, origin);
  }

  /** The file of the plugin that added a member; undefined for built-in ones. */
  originOf(name: string): string | undefined {
    return this.#origins.get(name);
  }

  has(name: string): boolean {
    return this.#table.has(name);
  }

  /**
   * @param beside names already in use next to it, which are not suggested
   * @throws ProblemError `unknown-component`, with the registered names and the most similar one
   */
  get(name: string, beside: readonly string[] = []): T {
    const member = this.#table.get(name);
    if (member === undefined) throw new ProblemError(this.unknown(name, beside));
    return member;
  }

  names(): string[] {
    return [...this.#table.keys()];
  }

  [Symbol.iterator](): IterableIterator<readonly [string, T]> {
    return this.#table.entries();
  }

  private unknown(name: string, beside: readonly string[]): Problem {
    const near = didYouMean(name, this.names(), beside);
    return {
      code: 'unknown-component',
      message: `There is no ${this.kind} called "${name}". There are: ${this.names().join(', ') || 'none'}.`,
      cure: near === undefined ? undefined : `Did you mean "${near}"?`,
    };
  }
}
