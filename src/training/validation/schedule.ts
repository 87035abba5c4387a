import type { Config } from '../../registry/config.js';

/** Validations in a training by default, beside that of the untrained networks. */
const ABOUT = 20;
/** The most of a training's time that validations take by default, about. */
const MOST_TIME = 0.05;
/** The time to translate and measure an image, in steps of training with one image of each domain: three passes of a generator, without gradients. */
const STEPS_PER_IMAGE = 0.2;

/** The least number of validations by default in a training that decides by them; or each epoch, if there are fewer. */
const LEAST_TO_DECIDE = 5;

/** When a training measures its validation images. */
export interface ValidationSchedule {
  /** Whether a measurement is due after this number of steps. Before the first step and after the last one always. */
  isDue(step: number): boolean;
}

/** The length of a training and of its validations. */
export interface ScheduleFacts {
  readonly stepsPerEpoch: number;
  /** Images that a validation measures, of both directions together. */
  readonly images: number;
}

/** The schedule of a config; undefined if it never measures. */
export function validationSchedule(
  config: Pick<Config, 'dataset' | 'evaluate' | 'train'>,
  facts: ScheduleFacts,
): ValidationSchedule | undefined {
  if (!isOn(config.evaluate)) return undefined;
  const { every = 'auto', every_steps: everySteps = null } = config.evaluate;
  const { stepsPerEpoch } = facts;
  const epochs = every === 'auto' ? affordablePeriod(config, facts) : every;
  const last = config.train.epochs * stepsPerEpoch;
  return {
    isDue: (step) =>
      step === 0 ||
      step === last ||
      (epochs !== 'never' && step % (epochs * stepsPerEpoch) === 0) ||
      (everySteps !== null && step % everySteps === 0),
  };
}

/** Whether a config measures at all. */
export function isOn({ every, every_steps: steps = null }: Config['evaluate']): boolean {
  return every !== 'never' || steps !== null;
}

/**
 * Epochs between two validations: about 20 in a training, and fewer in a short one of few images, unless it decides by them. It depends on no clock, so that a training
 * that stops early by its validations can be repeated.
 */
function affordablePeriod(
  { dataset, train }: Pick<Config, 'dataset' | 'train'>,
  { stepsPerEpoch, images }: ScheduleFacts,
): number {
  const steps = train.epochs * stepsPerEpoch * dataset.batch_size;
  const affordable = Math.floor((MOST_TIME * steps) / (STEPS_PER_IMAGE * images));
  // The first and the last are always measured.
  const between = Math.max(1, Math.min(ABOUT, affordable - 1));
  const period = between === ABOUT ? Math.round(train.epochs / ABOUT) : Math.ceil(train.epochs / between);
  return Math.max(1, Math.min(period, Math.floor(train.epochs / leastToDecide(train))));
}

/** So many that a choice is one, and that an early stop can come before the end; that is worth more than 5% of the time. */
function leastToDecide({ keep_best: keep, early_stopping: stop }: Config['train']): number {
  if (stop) return Math.min(ABOUT, Math.max(LEAST_TO_DECIDE, 2 * stop.patience));
  return keep ? LEAST_TO_DECIDE : 1;
}
