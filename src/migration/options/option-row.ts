import type { Json } from '../../support/json.js';
import type { TheirOptions } from './option-file.js';

/** A row of the table of their options, from which docs/migration.md and the conversion of option files are made. */
export interface OptionRow {
  /** The flags there, as Markdown. */
  readonly theirs: string;
  /** What they are here, as Markdown; `none: ` and why, where they are nothing here. */
  readonly here: string;
  /** Their names in an option file. */
  readonly keys: readonly string[];
  /** What an option file's values become. Absent where the flag changes no result. */
  readonly become?: (options: OptionReader) => readonly Became[];
}

/** What an option became: a value of the config; or nothing, and why. */
export type Became =
  | { readonly from: readonly string[]; readonly key: string; readonly value: Json }
  | { readonly from: readonly string[]; readonly why: string };

/** The value of `key` in the config, from an option, or from several. */
export const set = (from: string | readonly string[], key: string, value: Json): Became => {
  return { from: [from].flat(), key, value };
};

/** An option whose value has no equal. @param why a sentence */
export const none = (from: string, why: string): Became => ({ from: [from], why });

/** The options of one file. */
export class OptionReader {
  constructor(readonly options: TheirOptions) {}

  has(...keys: readonly string[]): boolean {
    return keys.every((key) => this.options.has(key));
  }

  /** Empty if it is absent. */
  text(key: string): string {
    return this.options.get(key) ?? '';
  }

  /** Undefined if it is absent or no finite number, such as `inf`. */
  number(key: string): number | undefined {
    const value = Number(this.options.get(key) ?? NaN);
    return Number.isFinite(value) ? value : undefined;
  }

  flag(key: string): boolean {
    return this.text(key) === 'True';
  }

  /** CUT's default, and the original's. */
  get model(): string {
    return this.text('model') || 'cycle_gan';
  }

  /** Whether it is of the other repository. */
  get isCut(): boolean {
    return this.has('normG');
  }

  /** A number that is copied. */
  copied(from: string, key: string): Became[] {
    const value = this.number(from);
    return value === undefined ? [] : [set(from, key, value)];
  }
}
