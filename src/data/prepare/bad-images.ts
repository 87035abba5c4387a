import type { Split } from '../../registry/kinds/dataset.js';
import { ProblemError, type Problem } from '../../support/problem.js';
import { visible } from '../../support/visible.js';
import type { BadImage } from '../store/store-format.js';

/** Names in a message; `pictures.jsonl` has all of them. */
const MAX_NAMED = 10;

/** The bad images of a split: their number, their reasons, and the names of the first few. */
export class BadImages {
  readonly first: BadImage[] = [];
  readonly reasons = new Map<string, number>();
  count = 0;

  /** @param total images of the split */
  constructor(
    readonly split: Split,
    readonly total: number,
    readonly most: number,
  ) {}

  /**
   * @param seen images of the split so far, including this one
   * @throws ProblemError as soon as the share of bad images exceeds `most`
   */
  add(bad: BadImage, seen: number): void {
    this.count++;
    this.reasons.set(bad.reason, (this.reasons.get(bad.reason) ?? 0) + 1);
    if (this.first.length < MAX_NAMED) this.first.push(bad);
    if (this.count / this.total > this.most) throw new ProblemError(this.tooMany(seen));
  }

  /** To be called at the end. @throws ProblemError when no image is good */
  expectGood(): void {
    if (this.total === 0) throw new ProblemError(empty(this.split));
    if (this.count === this.total) throw new ProblemError(this.noneLeft());
  }

  private noneLeft(): Problem {
    return {
      code: 'empty-domain',
      message: `None of the ${this.count} images of ${this.split} can be used: ${this.list()}`,
      cure: `Repair them, or add images of domain ${this.split.slice(-1)} that an image viewer can open.`,
    };
  }

  private tooMany(seen: number): Problem {
    const { split, total, count, most } = this;
    const images = `${count} ${count === 1 ? 'image' : 'images'} of ${split} ${count === 1 ? 'is' : 'are'} bad`;
    // The remaining images are unknown, so the message cannot name a sufficient share.
    return {
      code: 'too-many-bad',
      message: `${images} after ${seen} of ${total} images, more than dataset.max_bad allows (${most}): ${this.list()}`,
      cure: 'Repair or remove them, or accept more with a larger dataset.max_bad (1: any number but all).',
    };
  }

  private list(): string {
    const names = this.first.map(({ name, reason }) => `\n    ${visible(name)} ${reason}`);
    const more = this.count > MAX_NAMED ? `\n    and ${this.count - MAX_NAMED} more` : '';
    return `${byReason(this.reasons)}.${names.join('')}${more}`;
  }
}

/** `120 x "is empty (0 bytes)", 3 x "is a folder"` */
export function byReason(reasons: Iterable<readonly [reason: string, count: number]>): string {
  return [...reasons]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count} x "${reason}"`)
    .join(', ');
}

export function badImageError({ name, reason }: BadImage): ProblemError {
  return new ProblemError({
    code: 'bad-image',
    message: `${visible(name)} ${reason}.`,
    cure: 'Repair or remove the image, or skip bad images with dataset.on_bad_image: skip.',
  });
}

function empty(split: Split): Problem {
  return {
    code: 'empty-domain',
    message: `The data set has no images in ${split}.`,
    cure: `Add images of domain ${split.slice(-1)} that an image viewer can open.`,
  };
}
