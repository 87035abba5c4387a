import type { Split } from '../../registry/kinds/dataset.js';
import { ProblemError, type Problem } from '../../support/problem.js';
import type { BadPicture } from '../store/format.js';

/** Named in a message; `pictures.jsonl` has them all. */
const NAMED = 10;

/** The bad pictures of a split: how many, for which reasons, and the first few by name. */
export class BadPictures {
  readonly first: BadPicture[] = [];
  readonly reasons = new Map<string, number>();
  count = 0;

  constructor(readonly split: Split) {}

  add(bad: BadPicture): void {
    this.count++;
    this.reasons.set(bad.reason, (this.reasons.get(bad.reason) ?? 0) + 1);
    if (this.first.length < NAMED) this.first.push(bad);
  }

  /** @throws ProblemError when none is good, or too many are bad */
  check(total: number, most: number): void {
    if (total === 0) throw new ProblemError(empty(this.split));
    if (this.count === total) throw new ProblemError(this.noneLeft());
    if (this.count / total > most) throw new ProblemError(this.tooMany(total, most));
  }

  private noneLeft(): Problem {
    return {
      code: 'empty-domain',
      message: `None of the ${this.count} pictures of ${this.split} can be used: ${this.list()}`,
      cure: `Put pictures into ${this.split} that an image viewer can open.`,
    };
  }

  private tooMany(total: number, most: number): Problem {
    const share = Math.ceil((this.count / total) * 1000) / 1000;
    return {
      code: 'too-many-bad',
      message: `${this.count} of the ${total} pictures of ${this.split} are bad, more than dataset.max_bad allows (${most}): ${this.list()}`,
      cure: `Mend or remove them, or accept so many with dataset.max_bad: ${share}.`,
    };
  }

  private list(): string {
    const names = this.first.map(({ name, reason }) => `\n    ${name} ${reason}`);
    const more = this.count > NAMED ? `\n    and ${this.count - NAMED} more` : '';
    return `${byReason(this.reasons)}.${names.join('')}${more}`;
  }
}

/** `120 is empty (0 bytes), 3 is a folder` would not read well; so `"is empty (0 bytes)" 120, "is a folder" 3`. */
export function byReason(reasons: Iterable<readonly [reason: string, count: number]>): string {
  return [...reasons]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count} x "${reason}"`)
    .join(', ');
}

export function fatal({ name, reason }: BadPicture): ProblemError {
  return new ProblemError({
    code: 'bad-image',
    message: `${name} ${reason}.`,
    cure: 'Mend or remove the picture, or pass over bad ones with dataset.on_bad_image: skip.',
  });
}

function empty(split: Split): Problem {
  return {
    code: 'empty-domain',
    message: `The data set has no pictures in ${split}.`,
    cure: `Put pictures into ${split} that an image viewer can open.`,
  };
}
