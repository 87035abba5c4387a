import type { TranslationCounts } from '../../translation/request.js';

/** `58 translated, 3 there already, 1 passed over` */
export function countsText({ translated, present, failed }: TranslationCounts): string {
  const parts = [
    `${translated} translated`,
    ...(present > 0 ? [`${present} there already`] : []),
    ...(failed > 0 ? [`${failed} passed over`] : []),
  ];
  return parts.join(', ');
}
