import type { Setting } from '../config-text.js';
import type { TheirOptions } from './option-file.js';
import { OptionReader, type OptionRow } from './option-row.js';
import { OPTION_TABLE } from './option-table.js';

/** An option of theirs that is not in the config. */
export interface LeftOption {
  /** As in the file, `preprocess: scale_width`, or only the names. */
  readonly option: string;
  readonly why: string;
}

export interface ConvertedOptions {
  readonly settings: readonly Setting[];
  /** Those whose values have no equal, so that a training differs. */
  readonly without: readonly LeftOption[];
  /** Those whose values say what is done here anyway. */
  readonly same: readonly string[];
  /** Those that change no result, with what there is instead. */
  readonly needless: readonly LeftOption[];
  /** Names that are not known. */
  readonly unknown: readonly string[];
}

/** What the options of a training become. */
export function convertOptions(options: TheirOptions): ConvertedOptions {
  const rows = Object.values(OPTION_TABLE).flat();
  const reader = new OptionReader(options);
  const shown = (keys: readonly string[]) => keys.map((key) => `${key}: ${options.get(key) ?? ''}`).join(', ');
  const became = rows.flatMap(({ become }) => become?.(reader) ?? []);
  const used = new Set(became.flatMap(({ from }) => from));
  const rest = [...options.keys()].filter((key) => !used.has(key));
  const restOf = (wanted: readonly OptionRow[]) => rest.filter((key) => wanted.some(({ keys }) => keys.includes(key)));
  const converting = rows.filter(({ become }) => become !== undefined);
  const same = restOf(converting);
  const others = rows.filter(({ become }) => become === undefined);
  return {
    settings: became.flatMap((each) =>
      'key' in each ? [{ key: each.key, value: each.value, from: shown(each.from) }] : [],
    ),
    without: became.flatMap((each) => ('why' in each ? [{ option: shown(each.from), why: each.why }] : [])),
    same: same.map((key) => shown([key])),
    needless: others.flatMap((row) => {
      const keys = restOf([row]).filter((key) => !same.includes(key));
      return keys.length === 0 ? [] : [{ option: keys.join(', '), why: plain(row) }];
    }),
    unknown: rest.filter((key) => !rows.some(({ keys }) => keys.includes(key))),
  };
}

/** What a row says is here, without Markdown. */
function plain({ here }: OptionRow): string {
  return here.replaceAll(/ \(\[[^\]]*\]\([^)]*\)\)/g, '').replaceAll('`', '').replace(/^none: /, ''); // prettier-ignore
}
