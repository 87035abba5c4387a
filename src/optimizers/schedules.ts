import type { ConfigFacts } from '../registry/component.js';
import type { ScheduleComponent } from '../registry/kinds/objective.js';

export const constant: ScheduleComponent = {
  summary: 'The same learning rate in every epoch (the tutorial)',
  schema: { properties: {} },
  create:
    (_, { learningRate }) =>
    () =>
      learningRate,
};

export interface LinearOptions {
  readonly decay_from: 'auto' | number;
}

export const linear: ScheduleComponent<LinearOptions> = {
  summary: 'Constant at first, then down to zero in equal steps (the paper: 100 epochs and 100 epochs)',
  schema: {
    properties: {
      decay_from: {
        description: 'Epochs at the full learning rate. `auto`: half of train.epochs.',
        oneOf: [{ const: 'auto' }, { type: 'integer', minimum: 0 }],
        default: 'auto',
      },
    },
  },
  resolve: (options, { epochs }) => ({ decay_from: decayFrom(options, epochs) }),
  check(options, { epochs }: ConfigFacts) {
    const from = decayFrom(options, epochs);
    if (from < epochs) return [];
    return [
      {
        path: ['decay_from'],
        against: 'epochs',
        message: `The learning rate would decay from epoch ${from} on, and train.epochs is ${epochs}: it would never decay.`,
        cure: `Use decay_from: ${Math.floor(epochs / 2)}, or schedule: {type: constant}.`,
      },
    ];
  },
  create(options, { learningRate, epochs }) {
    const from = decayFrom(options, epochs);
    // As in the paper's code: only the epoch after the last would have rate 0.
    return (epoch) => learningRate * (1 - Math.max(0, epoch + 1 - from) / (epochs - from + 1));
  },
};

function decayFrom({ decay_from }: LinearOptions, epochs: number): number {
  return decay_from === 'auto' ? Math.floor(epochs / 2) : decay_from;
}

export interface StepOptions {
  readonly every: number;
  readonly gamma: number;
}

/** PyTorch's StepLR. */
export const step: ScheduleComponent<StepOptions> = {
  summary: 'Times `gamma` after every so many epochs (PyTorch’s StepLR; the paper’s code: a tenth after 50)',
  schema: {
    properties: {
      every: { description: 'Epochs at each learning rate.', type: 'integer', minimum: 1, default: 50 },
      gamma: {
        description: 'By how much each learning rate is multiplied for the next.',
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 1,
        default: 0.1,
      },
    },
  },
  create:
    ({ every, gamma }, { learningRate }) =>
    (epoch) =>
      learningRate * gamma ** Math.floor(epoch / every),
};

export interface CosineOptions {
  readonly floor: number;
}

/** PyTorch's CosineAnnealingLR over the whole training. */
export const cosine: ScheduleComponent<CosineOptions> = {
  summary: 'Down along half a cosine (Loshchilov and Hutter 2017, without restarts; PyTorch’s CosineAnnealingLR)',
  details: 'Reaches `floor` after train.epochs; the last epoch’s learning rate is a little above it.',
  schema: {
    properties: {
      floor: { description: 'The learning rate at the end.', type: 'number', minimum: 0, default: 0 },
    },
  },
  create:
    ({ floor }, { learningRate, epochs }) =>
    (epoch) =>
      floor + ((learningRate - floor) * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2,
};
