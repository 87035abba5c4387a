import type { Setting } from '../config-text.js';
import type { TheirOptions } from './option-file.js';
import { OptionReader, type OptionRow } from './option-row.js';
import { OPTION_TABLE } from './option-table.js';

/** An option of theirs that is not in the config. */
export interface LeftOption {
  /** As in the file: `preprocess: scale_width`. */
  readonly option: string;
  readonly why: string;
}

export interface ConvertedOptions {
  readonly settings: readonly Setting[];
  /** Those whose values have no equal, so that a training differs. */
  readonly without: readonly LeftOption[];
  /** Those that change no result, or have here what their values say anyway. */
  readonly needless: readonly LeftOption[];
  /** Names that are not known. */
  readonly unknown: readonly string[];
}

/** The order of the sections in a config. */
const SECTIONS = ['name', 'dataset', 'method', 'generator', 'discriminator', 'loss', 'optimizer', 'schedule', 'train', 'engine']; // prettier-ignore

/** What the options of a training become. */
export function convertOptions(options: TheirOptions): ConvertedOptions {
  const rows = Object.values(OPTION_TABLE).flat();
  const reader = new OptionReader(options);
  const shown = (...keys: readonly string[]) => keys.map((key) => `${key}: ${options.get(key) ?? ''}`).join(', ');
  const became = rows.flatMap(({ become }) => become?.(reader) ?? []);
  const used = new Set(became.flatMap(({ from }) => from));
  const settings = became.flatMap((each) =>
    'key' in each ? [{ key: each.key, value: each.value, from: shown(...each.from) }] : [],
  );
  const without = became.flatMap((each) => ('why' in each ? [{ option: shown(...each.from), why: each.why }] : []));
  const rest = [...options.keys()].filter((key) => !used.has(key));
  const rowOf = (key: string) => rows.find(({ keys }) => keys.includes(key));
  return {
    settings: settings.sort((a, b) => SECTIONS.indexOf(sectionOf(a)) - SECTIONS.indexOf(sectionOf(b))),
    without,
    needless: rest.flatMap((key) => {
      const row = rowOf(key);
      return row === undefined ? [] : [{ option: shown(key), why: plain(row) }];
    }),
    unknown: rest.filter((key) => rowOf(key) === undefined),
  };
}

const sectionOf = ({ key }: Setting): string => key.split('.')[0]!;

/** What a row says is here, without Markdown. */
function plain({ here }: OptionRow): string {
  return here.replaceAll(/ \(\[[^\]]*\]\([^)]*\)\)/g, '').replaceAll('`', '').replace(/^none: /, ''); // prettier-ignore
}
