import type { DatasetSource } from '../../registry/kinds/dataset.js';

/**
 * Whether a source has validation images; undefined if that is not known before its `prepare`.
 *
 * @param isPrepared whether that has been called
 */
export async function hasValidation(source: DatasetSource, isPrepared = false): Promise<boolean | undefined> {
  if (source.hasValidation !== undefined) return source.hasValidation();
  if (source.validation === undefined) return false;
  if (source.prepare !== undefined && !isPrepared) return undefined;
  return (await source.validation('valA')).length > 0;
}

/**
 * The problem of an option that needs validation images, where there are none.
 *
 * @param option such as `train.keep_best` @param where what lacks them, if that is not the whole: ` (trial lambda=10)`
 */
export function noValidation(option: string, where = '') {
  const { message, ...rest } = NO_VALIDATION;
  return { ...rest, message: `${option}${where}: ${message}`, option: option.split('.') };
}

/** The same without the name of the option. */
export const NO_VALIDATION = {
  code: 'no-validation',
  message:
    'expected validation images to measure, found none: dataset.validation_share is 0, and the data set has none of its own.',
  cure: 'Set some of its training images aside: dataset.validation_share: 0.05.',
} as const;
