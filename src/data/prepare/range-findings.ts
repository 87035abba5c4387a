import { rangeTrait } from '../images/bit-depth.js';
import type { RangeFinding } from '../store/findings.js';
import type { GoodImage } from '../store/store-format.js';

/** Names in a message; `pictures.jsonl` has the range of each image. */
const MAX_NAMED = 3;

/** Collects images whose values lie far below white, or beyond black or white. */
export class RangeFindings {
  readonly #found = new Map<string, RangeFinding>();

  add({ split, name, range }: GoodImage): void {
    const trouble = range && rangeTrait(range);
    if (trouble === undefined) return;
    const { least, most, white } = range!;
    const key = `${split} ${trouble} ${white}`;
    const old = this.#found.get(key) ?? { split, trouble, count: 0, names: [], least, most, white };
    this.#found.set(key, {
      ...old,
      count: old.count + 1,
      names: old.names.length < MAX_NAMED ? [...old.names, name] : old.names,
      least: Math.min(old.least, least),
      most: Math.max(old.most, most),
    });
  }

  /** All findings, in the order in which they occurred. */
  all(): RangeFinding[] {
    return [...this.#found.values()];
  }
}
