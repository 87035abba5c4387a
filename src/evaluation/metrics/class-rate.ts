import type { Reference } from '../../registry/config.js';
import type { Direction } from '../../registry/kinds/export-format.js';
import type { Features, MetricComponent, MetricValue } from '../../registry/kinds/metric.js';
import { ProblemError } from '../../support/problem.js';
import { featureMetric } from '../feature-metric.js';
import { shareInterval } from '../share-interval.js';
import { choiceProblem, numbered, type ClassChoice } from './class-names.js';
import { EXTRACTOR } from './extractor-option.js';

export interface ClassRateOptions {
  readonly extractor: Reference;
  /** Names become numbers when the config is read. */
  readonly class: ClassChoice | Readonly<Partial<Record<Direction, ClassChoice>>>;
}

const CLASS = {
  anyOf: [
    { type: 'integer', minimum: 0, maximum: 999_999 },
    { type: 'string', minLength: 1 },
  ],
} as const;

export const classRate: MetricComponent<ClassRateOptions> = {
  summary: 'The share of translations in which a classifier sees the target’s class first, such as a zebra.',
  details:
    'From 0 to 1, higher is better. Beside it stand the rates among the unchanged sources and among other real images of the target domain, which is what a perfect generator would reach: small images are hard for a classifier. A generator may learn textures that please a classifier; look at the images, too.',
  schema: {
    properties: {
      class: {
        description:
          'The class among the extractor’s: its name, as in ImageNet (zebra, sorrel, tabby), or its number from 0 on; the config then has the number. For each direction, as in {AtoB: zebra, BtoA: sorrel}; one alone is the class of domain B, and only AtoB is measured.',
        anyOf: [
          ...CLASS.anyOf,
          { type: 'object', properties: { AtoB: CLASS, BtoA: CLASS }, additionalProperties: false, minProperties: 1 },
        ],
        expected: 'a class’s name or number, or {AtoB: zebra, BtoA: sorrel}',
      },
      extractor: EXTRACTOR,
    },
    required: ['class'],
  },
  resolve({ class: chosen, extractor }, { classesOf }) {
    const classes = classesOf?.(extractor);
    if (typeof chosen !== 'object') return { class: numbered(chosen, classes), extractor };
    const each = Object.entries(chosen).map(([direction, choice]) => [direction, numbered(choice, classes)] as const);
    return { class: Object.fromEntries(each), extractor };
  },
  check({ class: chosen, extractor }, { classesOf }) {
    const classes = classesOf?.(extractor);
    if (classes === 0 || (Array.isArray(classes) && classes.length === 0)) return [NO_CLASSES];
    return Object.entries(byDirection(chosen)).flatMap(([direction, choice]) => {
      const problem = choiceProblem(choice, classes);
      return problem === undefined
        ? []
        : [{ path: typeof chosen === 'object' ? ['class', direction] : ['class'], ...problem }];
    });
  },
  create({ class: chosen, extractor }) {
    const classes = byDirection(chosen);
    return featureMetric(
      {
        better: 'higher',
        label: 'class-rate',
        directions: Object.keys(classes) as Direction[],
        needs: { targets: true, extractor },
      },
      ({ translated, site }) => classRateOf(translated, Number(classes[site.direction])),
    );
  },
};

function byDirection(chosen: ClassRateOptions['class']): Readonly<Partial<Record<Direction, ClassChoice>>> {
  return typeof chosen === 'object' ? chosen : { AtoB: chosen };
}

const NO_CLASSES = {
  code: 'no-classes',
  path: ['extractor'],
  message: 'expected an extractor that classifies, found one that gives features only.',
  cure: 'Take one that classifies, such as efficientnet-lite0.',
} as const;

/** @returns also 1 for each image whose first answer is the class, 0 for the others @throws ProblemError `no-classes` */
export function classRateOf(
  features: Features,
  wanted: number,
): { readonly values: MetricValue; readonly perImage: number[] } {
  const { count, logits = new Float32Array() } = features;
  const classes = logits.length / count;
  if (!(wanted < classes)) throw new ProblemError(noClass(wanted, classes));
  const perImage = Array.from({ length: count }, (_, i) => {
    const own = logits.subarray(i * classes, (i + 1) * classes);
    return own.every((logit) => logit <= own[wanted]!) ? 1 : 0;
  });
  const value = perImage.reduce<number>((sum, is) => sum + is, 0) / count;
  return { values: { value, count, interval: shareInterval(value, count) }, perImage };
}

function noClass(wanted: number, classes: number) {
  return {
    code: 'no-classes',
    message:
      classes > 0
        ? `The metric class-rate asks for class ${wanted}, and the extractor knows the classes 0 to ${classes - 1}.`
        : 'The metric class-rate needs an extractor that classifies, and this one only gives features.',
    cure: 'Set `class` to one of them, or `extractor` to one that classifies, such as efficientnet-lite0.',
  } as const;
}
