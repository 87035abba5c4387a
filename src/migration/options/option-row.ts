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

/** What an option became: a value of the config; or nothing, because it has no equal, needs none, or says what is done anyway. */
export type Became = { readonly from: readonly string[] } & (
  | { readonly key: string; readonly value: Json }
  | { readonly without: string }
  | { readonly needless: string }
  | { readonly same: true }
);

/** The value of `key` in the config, from an option, or from several. Those that a file lacks have a default there. */
export const set = (from: string | readonly string[], key: string, value: Json): Became => {
  return { from: [from].flat(), key, value };
};

/** An option whose value has no equal. @param why a sentence */
export const none = (from: string, why: string): Became => ({ from: [from], without: why });

/** An option whose value changes no result here. @param why a sentence */
export const needless = (from: string, why: string): Became => ({ from: [from], needless: why });

/** An option whose value says what is done here anyway. */
export const same = (...from: readonly string[]): Became => ({ from, same: true });

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

  /** Where it is absent, the default of the repository. */
  get model(): string {
    return this.text('model') || (this.isOfCutRepository ? 'cut' : 'cycle_gan');
  }

  /** Whether CUT's code wrote it, which trains CycleGAN, too. */
  get isOfCutRepository(): boolean {
    return this.has('normG');
  }

  /** A number that is copied. */
  copied(from: string, key: string): Became[] {
    const value = this.number(from);
    return value === undefined ? [] : [set(from, key, value)];
  }
}
