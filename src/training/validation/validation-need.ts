import { NO_VALIDATION } from '../../data/sources/has-validation.js';
import { periodAskedFor } from '../../evaluation/evaluate-section.js';
import type { OptionProblem } from '../../registry/component.js';
import type { Config } from '../../registry/config.js';
import type { SectionFacts } from '../../registry/kinds/stage-section.js';
import { isJsonObject } from '../../support/json.js';
import { isOn } from './schedule.js';

type Deciding = Pick<Config['train'], 'keep_best' | 'early_stopping'>;

/** The options of a config that need validation images: those that decide by them, and a period of measurements that is asked for. */
export function optionsThatValidate({ train, evaluate }: Pick<Config, 'train' | 'evaluate'>): string[] {
  const period = periodAskedFor(evaluate);
  const deciding = decidingOptions(train).map((option) => `train.${option}`);
  return period === undefined ? deciding : [...deciding, `evaluate.${period}`];
}

/** The options by which a training decides something from its validations. */
export function decidingOptions({ keep_best: keep, early_stopping: stop }: Deciding): (keyof Deciding)[] {
  return [...(keep ? (['keep_best'] as const) : []), ...(stop ? (['early_stopping'] as const) : [])];
}

/** Problems of the options that decide by validations which, by the config alone, never happen. */
export function needProblems(train: Deciding, { config, hasValidation }: SectionFacts): OptionProblem[] {
  const { evaluate } = config;
  const isOff = isJsonObject(evaluate) && !isOn(evaluate as unknown as Config['evaluate']);
  const why = hasValidation === false ? NO_VALIDATION : isOff ? neverMeasured('decides by') : undefined;
  return why === undefined ? [] : decidingOptions(train).map((option) => ({ path: [option], ...why }));
}

/** The problem of something that needs validations that are turned off. @param start of its message: `train.keep_best: decides by` */
export function neverMeasured(start: string) {
  return {
    code: 'no-validation',
    message: `${start} the validation images, and evaluate.every: never leaves them unmeasured.`,
    cure: 'Set evaluate.every to a number of epochs, or leave it out.',
  } as const;
}
