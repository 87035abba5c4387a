import type { OptionsSchema } from '../registry/component.js';

/** A config path as a key: `loss.lambda`. */
const PATH = { pattern: '^[^.\\s=]+(\\.[^.\\s=]+)*$' };

/** The section `sweep`. */
export const SWEEP: { readonly description: string } & OptionsSchema = {
  description:
    'The experiments of `runner sweep`. A grid, a list of trials, random draws and repeats are combined, each with each. `runner run` ignores this section.',
  properties: {
    name: {
      description:
        'The name of the sweep: its folder is runs/sweeps/NAME-HASH. By default the config’s name and the keys that vary.',
      type: ['string', 'null'],
      pattern: '^[A-Za-z0-9][A-Za-z0-9._,+=-]{0,63}$',
      expected: 'a name of letters, digits, dots, dashes and underscores (64 at most), or null',
      default: null,
    },
    grid: {
      description:
        'Every combination of these values, by key: {loss.lambda: [5, 10, 20], generator.type: [unet, resnet]}.',
      type: 'object',
      propertyNames: PATH,
      additionalProperties: { type: 'array', minItems: 1 },
      expected: 'keys with lists of values, as in {loss.lambda: [5, 10]}',
      default: {},
    },
    trials: {
      description: 'A list of changes, one experiment each: [{loss.lambda: 3}, {loss.lambda: 7, train.epochs: 10}].',
      type: 'array',
      items: { type: 'object', propertyNames: PATH, expected: 'keys with values, as in {loss.lambda: 3}' },
      expected: 'a list of changes, as in [{loss.lambda: 3}, {loss.lambda: 7}]',
      default: [],
    },
    random: {
      description:
        'Random values; the same seed gives the same values: {trials: 20, seed: 1, ranges: {loss.lambda: {min: 1, max: 100, scale: log}}}.',
      type: ['object', 'null'],
      properties: {
        trials: { type: 'integer', minimum: 1, maximum: 100_000 },
        seed: { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1, default: 0 },
        ranges: {
          type: 'object',
          minProperties: 1,
          propertyNames: PATH,
          additionalProperties: {
            type: 'object',
            properties: {
              min: { type: 'number' },
              max: { type: 'number' },
              scale: { enum: ['linear', 'log'] },
              step: { type: 'number', exclusiveMinimum: 0 },
              values: { type: 'array', minItems: 1 },
            },
            additionalProperties: false,
          },
          expected: 'keys with ranges, as in {loss.lambda: {min: 1, max: 100, scale: log}}',
        },
      },
      required: ['trials', 'ranges'],
      additionalProperties: false,
      expected: 'trials, seed and ranges, or null',
      default: null,
    },
    repeats: {
      description:
        'Repeats each experiment with this number of seeds, counted from `seed`; or a list of seeds: [1, 2, 3].',
      anyOf: [
        { type: 'integer', minimum: 1, maximum: 10_000 },
        { type: 'array', items: { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 }, minItems: 1, uniqueItems: true },
      ],
      expected: 'a number of seeds, or a list of seeds as in [1, 2, 3]',
      default: 1,
    },
    metric: {
      description:
        'Ranks the trials: a metric (its mean over both directions), or DIRECTION/METRIC as in AtoB/psnr; validate/METRIC and validate/DIRECTION/METRIC on the validation images. null selects from evaluate.metrics: the first that compares with true translations, if the data set has them; else the first that training does not optimise through a varied key (as it does cycle-error through loss.lambda); else the first.',
      type: ['string', 'null'],
      minLength: 1,
      default: null,
    },
    better: {
      description: 'Whether lower or higher values of the metric are better; null: as the metric defines it.',
      enum: ['lower', 'higher', null],
      default: null,
    },
    halving: {
      description:
        'Successive halving (Jamieson and Talwalkar 2016): all trials train `epochs` epochs, the best 1/`factor` by `metric` continue to `factor` times as many, and so on; the others stop. `metric` is a value that training reports: a loss, averaged over the last epoch, or the last measurement of the validation images, as validate/psnr (mean over both directions) or validate/AtoB/psnr: {metric: loss/cycle/forward, epochs: 5, factor: 3}. `better`: lower or higher; by default lower for losses, else as the metric defines it.',
      type: ['object', 'null'],
      properties: {
        metric: { type: 'string', minLength: 1 },
        better: { enum: ['lower', 'higher', null], default: null },
        epochs: { type: 'integer', minimum: 1, default: 1 },
        factor: { type: 'integer', minimum: 2, maximum: 100, default: 3 },
      },
      required: ['metric'],
      additionalProperties: false,
      expected: 'metric, epochs and factor, or null',
      default: null,
    },
  },
};
