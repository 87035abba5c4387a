import type { Problem } from '../../support/problem.js';
import type { Setting } from '../config-text.js';
import { modeOf } from './data-rows.js';
import { methodNamed } from './network-rows.js';
import type { TheirOptions } from './option-file.js';
import { OptionReader, type Became, type OptionRow } from './option-row.js';
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
  /** Those that such a training does not read, such as `nce_idt` of CycleGAN. */
  readonly unread: readonly string[];
  /** Those that change no result, with what there is instead. */
  readonly needless: readonly LeftOption[];
  /** Names that are not known. */
  readonly unknown: readonly string[];
}

/**
 * Why there can be no config for these options; undefined if there can. Of another model or other data, the rest of the options would become a
 * training that nobody wanted.
 *
 * @param file for display
 */
export function objectionTo(options: TheirOptions, file: string): Problem | undefined {
  const reader = new OptionReader(options);
  const problem = (message: string, cure: string): Problem => ({ code: 'not-convertible', message, cure });
  if (reader.text('isTrain') === 'False') {
    return problem(`${file} is of a test (isTrain: False), without the options of the training.`, OF_TRAINING);
  }
  if (methodNamed(reader.model) === undefined) {
    const cure = reader.model === 'test' ? OF_TRAINING : BY_HAND;
    return problem(`${file} is of model ${reader.model}: expected cycle_gan, pix2pix or cut.`, cure);
  }
  const mode = modeOf(reader);
  if (mode === 'unaligned' || mode === 'aligned') return undefined;
  return problem(`${file} is of dataset_mode ${mode}: expected unaligned or aligned.`, BY_HAND);
}

/** Whether they are of a CycleGAN that was trained from B to A, so that its networks are named the other way round. */
export function isMirrored(options: TheirOptions): boolean {
  const reader = new OptionReader(options);
  return methodNamed(reader.model) === 'cyclegan' && reader.text('direction') === 'BtoA';
}

const OF_TRAINING = 'Give the train_opt.txt of the training; to translate, its checkpoints alone suffice.';
const BY_HAND = 'Write the config by hand; docs/migration.md says what each option is here.';

/** What the options of a training become. */
export function convertOptions(options: TheirOptions): ConvertedOptions {
  const rows = Object.values(OPTION_TABLE).flat();
  const reader = new OptionReader(options);
  const shown = (keys: readonly string[]) => keys.map((key) => `${key}: ${options.get(key)!}`).join(', ');
  const became = rows
    .flatMap(({ become }) => become?.(reader) ?? [])
    .map((each): Became => ({ ...each, from: each.from.filter((key) => options.has(key)) }))
    .filter((each) => 'key' in each || each.from.length > 0);
  const used = new Set(became.flatMap(({ from }) => from));
  const rest = [...options.keys()].filter((key) => !used.has(key));
  const restOf = (wanted: readonly OptionRow[]) => rest.filter((key) => wanted.some(({ keys }) => keys.includes(key)));
  const converting = rows.filter(({ become }) => become !== undefined);
  const unread = restOf(converting);
  const others = rows.filter(({ become }) => become === undefined);
  return {
    settings: became.flatMap((each) => {
      if (!('key' in each)) return [];
      const { key, value, from } = each;
      return [from.length === 0 ? { key, value } : { key, value, from: shown(from) }];
    }),
    without: became.flatMap((each) => ('without' in each ? [{ option: shown(each.from), why: each.without }] : [])),
    same: became.flatMap((each) => ('same' in each ? [shown(each.from)] : [])),
    unread: unread.map((key) => shown([key])),
    needless: [
      ...became.flatMap((each) => ('needless' in each ? [{ option: shown(each.from), why: each.needless }] : [])),
      ...others.flatMap((row) => {
        const keys = restOf([row]).filter((key) => !unread.includes(key));
        return keys.length === 0 ? [] : [{ option: keys.join(', '), why: plain(row) }];
      }),
    ],
    unknown: rest.filter((key) => !rows.some(({ keys }) => keys.includes(key))),
  };
}

/** What a row says is here, without Markdown. */
function plain({ here }: OptionRow): string {
  return here.replaceAll(/ \(\[[^\]]*\]\([^)]*\)\)/g, '').replaceAll('`', '').replace(/^none: /, ''); // prettier-ignore
}
