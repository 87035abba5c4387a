import { judgeOf, type Judging } from '../../methods/judged-translation.js';
import type { Method } from '../../registry/kinds/method.js';
import type { TrainerOptions } from '../trainer.js';

/** What {@link Trainer.translate} computes. @throws Error if the trainer is not made for it */
export function judgingOf(method: Method, { translates }: TrainerOptions): Judging {
  if (translates === undefined) throw new Error('A trainer translates only with the option `translates`.');
  const { translate, parts } = translates;
  return { translate, ...judgeOf(method), ...(parts && { parts }) };
}
