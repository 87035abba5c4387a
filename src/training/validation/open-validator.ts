import { join } from 'node:path';
import { checkpointSteps, isWhole } from '../../engine/checkpoints.js';
import { noValidation } from '../../data/sources/has-validation.js';
import { openEvaluation } from '../../evaluation/evaluation.js';
import { DEFAULT_VALIDATION_IMAGES } from '../../evaluation/evaluate-section.js';
import { makeMetric } from '../../evaluation/make-metric.js';
import { buildGenerators, methodFacts } from '../../methods/build.js';
import type { TranslationParts } from '../../methods/judged-translation.js';
import type { PreparedStore } from '../../data/store/prepared-store.js';
import type { StageContext } from '../../registry/kinds/stage.js';
import { ProblemError } from '../../support/problem.js';
import { pixelsIn } from '../../support/sides.js';
import type { Start } from '../start.js';
import type { Trainer, TranslationOptions } from '../trainer.js';
import { decided } from './criterion-option.js';
import { Decisions } from './decisions.js';
import { bestOf, type ValidationHistory } from './history.js';
import { isOn, validationSchedule, type ScheduleFacts } from './schedule.js';
import { Validation, type Meter } from './validation.js';
import { decidingOptions, neverMeasured, optionsThatValidate } from './validation-need.js';
import { Validator } from './validator.js';

/** Pixels of a batch: as many as one image of 256 x 256. */
const BATCH_PIXELS = 256 * 256;
const MOST_IN_BATCH = 16;

/**
 * How the trainer translates validation images; undefined if nothing is measured on the way.
 *
 * @throws ProblemError `no-validation` when the config asks for validations and there are no images for them
 */
export function validationTranslation(context: StageContext, store: PreparedStore): TranslationOptions | undefined {
  const { dataset, evaluate } = context.config;
  const images = Math.min(Math.max(store.count('valA'), store.count('valB')), imagesOf(context));
  if (images > 0 && isOn(evaluate)) {
    const fitting = Math.max(1, Math.min(MOST_IN_BATCH, Math.floor(BATCH_PIXELS / pixelsIn(dataset.image_size))));
    // As few batches as fit, all of about the same size.
    const batch = Math.ceil(images / Math.ceil(images / fitting));
    return { batch, translate: buildGenerators(context).translate, parts: partsFor(context) };
  }
  const [option] = optionsThatValidate(context.config);
  if (option === undefined) return undefined;
  throw new ProblemError(images > 0 ? neverMeasured(`${option}: decides by`) : noValidation(option));
}

/** The outputs that a metric of the config needs. */
function partsFor({ config, components }: StageContext): TranslationParts {
  const needs = config.evaluate.metrics.map((metric) => makeMetric(components, metric).metric.needs);
  const isNeeded = (part: keyof TranslationParts) => needs.some((need) => need[part] === true);
  return { reconstructed: isNeeded('reconstructed'), identity: isNeeded('identity'), realness: isNeeded('realness') };
}

/** @param from where the training goes on */
export function openValidator(
  context: StageContext,
  store: PreparedStore,
  trainer: Trainer,
  { batch }: TranslationOptions,
  stepsPerEpoch: number,
  from: Start,
): Promise<Validator> {
  const options = { part: 'validation', metrics: context.config.evaluate.metrics, batchSize: batch } as const;
  const openMeter = () => openEvaluation(context, store, { ...options, most: imagesOf(context) });
  const measured = (['valA', 'valB'] as const).map((split) => Math.min(store.count(split), imagesOf(context)));
  const images = measured.reduce((sum, count) => sum + count, 0);
  return validatorOf(context, trainer, openMeter, { stepsPerEpoch, images }, from);
}

/** The same with other measurements. The schedule of the config must not be empty. */
export async function validatorOf(
  context: StageContext,
  trainer: Trainer,
  openMeter: () => Promise<Meter>,
  facts: ScheduleFacts,
  { step: from, validations }: Pick<Start, 'step' | 'validations'>,
): Promise<Validator> {
  const { directions } = methodFacts(context);
  const criteria = criteriaOf(context).map((criterion) => decided(criterion, context));
  const validation = new Validation(context, trainer, directions, openMeter, criteria);
  const schedule = validationSchedule(context.config, facts)!;
  const kept = await wholeCheckpoints(join(context.dir, 'checkpoints'));
  const decisions = new Decisions(context, validations, (step) => step >= from || kept.has(step));
  warnOfLost(context, decisions, validations);
  const validator = new Validator(context, facts.stepsPerEpoch, schedule, validation, decisions);
  await validator.reportBest();
  return validator;
}

/** The earlier checkpoints that can be the best: this process saves those of later steps itself. */
async function wholeCheckpoints(dir: string): Promise<ReadonlySet<number>> {
  const whole = new Set<number>();
  for (const step of await checkpointSteps(dir)) if (await isWhole(dir, step)) whole.add(step);
  return whole;
}

function warnOfLost(context: StageContext, decisions: Decisions, history: ValidationHistory): void {
  const { criterion } = decisions;
  const best = criterion && bestOf(history, criterion);
  const found = decisions.best;
  if (best === undefined || best.step === found?.step) return;
  const instead = found === undefined ? 'there is no other so far' : `that of step ${found.step} takes its place`;
  const text = `the best checkpoint so far, of step ${best.step}, is not there: ${instead}`;
  context.emit({ kind: 'note', level: 'warning', text });
}

function imagesOf({ config }: StageContext): number {
  return config.evaluate.validation_images ?? DEFAULT_VALIDATION_IMAGES;
}

function criteriaOf({ config: { train } }: StageContext) {
  return decidingOptions(train).map((option) => ({ ...train[option]!, option }));
}
