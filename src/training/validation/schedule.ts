import type { Config } from '../../registry/config.js';

/** Validations in a training by default, beside that of the untrained networks. */
const ABOUT = 20;

/** When a training measures its validation images. */
export interface ValidationSchedule {
  /** Whether a measurement is due after this number of steps. Before the first step and after the last one always. */
  isDue(step: number): boolean;
}

/** The schedule of a config; undefined if it never measures. */
export function validationSchedule(
  { evaluate, train }: Pick<Config, 'evaluate' | 'train'>,
  stepsPerEpoch: number,
): ValidationSchedule | undefined {
  const { every = 'auto', every_steps: everySteps = null } = evaluate;
  if (every === 'never' && everySteps === null) return undefined;
  const epochs = every === 'auto' ? Math.max(1, Math.round(train.epochs / ABOUT)) : every;
  const last = train.epochs * stepsPerEpoch;
  return {
    isDue: (step) =>
      step === 0 ||
      step === last ||
      (epochs !== 'never' && step % (epochs * stepsPerEpoch) === 0) ||
      (everySteps !== null && step % everySteps === 0),
  };
}

/** Whether the config asks for validations, instead of leaving it to the default. */
export function isAskedFor({ every = 'auto', every_steps: steps = null }: Config['evaluate']): boolean {
  return typeof every === 'number' || steps !== null;
}
