import type { Curves } from '../../registry/kinds/tracker.js';

/** The description of a tag, in Markdown, for the (i) next to its name. */
export function descriptionOf(tag: string, { descriptions }: Curves): string | undefined {
  return descriptions[tag] ?? DESCRIPTIONS.find(([pattern]) => pattern.test(tag))?.[1];
}

const DESCRIPTIONS: readonly (readonly [RegExp, string])[] = [
  [/^learning-rate$/, 'Of the generators, and of the discriminators if they have no other, at the end of each epoch.'],
  [/^learning-rate\/discriminator$/, 'Of the discriminators, at the end of each epoch.'],
  [/^speed\/steps-per-second$/, 'Training steps a second, lately; a step is one update of all networks.'],
  [/^time\/epoch-seconds$/, 'Seconds that an epoch took, samples and checkpoints left out.'],
  [
    /^speed\/data-wait-ms$/,
    'Milliseconds that a step waited for its images, on average of the last steps. Near 0: the networks set the pace.',
  ],
  [
    /^time\/validation-share$/,
    'The share of the training’s time that measuring the validation images took so far, from 0 to 1.',
  ],
  [/^memory\/peak-rss-mb$/, 'The most memory that the training process has had so far, in megabytes.'],
  [/^weights\//, 'How a layer’s weights are spread.'],
  [
    /^gradients\//,
    'How the gradient of a layer’s weights is spread, before the optimizer scales it. All at 0: the layer learns nothing.',
  ],
  [/^memory\/rss-mb$/, 'Memory of the training process, in megabytes.'],
  [/^memory\/tensors$/, 'Tensors that are alive after a step. It should stay where it is: growth is a leak.'],
  [
    /^evaluate\/(AtoB|BtoA)$/,
    'Test images, a row each: the image, its translation, the way back, and the true translation where it is known.',
  ],
  [/^data\/[AB]$/, 'Images of the domain as the networks are given them.'],
];
