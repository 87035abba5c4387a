/** What a tag shows, in Markdown, for the (i) beside its name. Equations are those of the CycleGAN paper (arXiv:1703.10593). */
export function descriptionOf(tag: string): string | undefined {
  return DESCRIPTIONS.find(([pattern]) => pattern.test(tag))?.[1];
}

const DESCRIPTIONS: readonly (readonly [RegExp, string])[] = [
  [/^loss\/G\/adversarial$/, 'G’s part of L_GAN(G, D_Y, X, Y), equation 1: how little D_Y takes G(x) for a real y.'],
  [/^loss\/F\/adversarial$/, 'F’s part of L_GAN(F, D_X, Y, X), equation 1: how little D_X takes F(y) for a real x.'],
  [
    /^loss\/cycle\/forward$/,
    'Mean of |F(G(x)) − x|, the first half of L_cyc(G, F), equation 2. Without its weight, lambda.',
  ],
  [
    /^loss\/cycle\/backward$/,
    'Mean of |G(F(y)) − y|, the second half of L_cyc(G, F), equation 2. Without its weight, lambda.',
  ],
  [
    /^loss\/identity\/G$/,
    'Mean of |G(y) − y|, half of L_identity(G, F), section 5.2: G should leave alone what is a y already. Not weighted.',
  ],
  [
    /^loss\/identity\/F$/,
    'Mean of |F(x) − x|, half of L_identity(G, F), section 5.2: F should leave alone what is an x already. Not weighted.',
  ],
  [
    /^loss\/G\/total$/,
    'What G minimises: its adversarial loss, both directions of the cycle times lambda, its identity loss.',
  ],
  [
    /^loss\/F\/total$/,
    'What F minimises: its adversarial loss, both directions of the cycle times lambda, its identity loss.',
  ],
  [
    /^loss\/D_X\/total$/,
    'What D_X minimises: telling real x from F(y), equation 1. Halved, so that it learns at half the generators’ pace.',
  ],
  [
    /^loss\/D_Y\/total$/,
    'What D_Y minimises: telling real y from G(x), equation 1. Halved, so that it learns at half the generators’ pace.',
  ],
  [/^learning-rate$/, 'Of all four optimizers, at the end of each epoch.'],
  [/^speed\/steps-per-second$/, 'Training steps a second, lately; a step is one update of all four networks.'],
  [/^time\/epoch-seconds$/, 'Seconds that an epoch took, samples and checkpoints left out.'],
  [
    /^speed\/data-wait-ms$/,
    'Milliseconds that a step waited for its pictures, on average of the last steps. Near 0: the networks set the pace.',
  ],
  [/^memory\/peak-rss-mb$/, 'The most memory that the training process has had so far, in megabytes.'],
  [
    /^samples\/AtoB$/,
    'The same pictures again and again, a row each: x, G(x), F(G(x)), F(x), what D_X says of x and D_Y of G(x): red real, blue fake.',
  ],
  [
    /^samples\/BtoA$/,
    'The same pictures again and again, a row each: y, F(y), G(F(y)), G(y), what D_Y says of y and D_X of F(y): red real, blue fake.',
  ],
  [/^weights\//, 'How a layer’s weights are spread.'],
  [
    /^gradients\//,
    'How the gradient of a layer’s weights is spread, before the optimizer scales it. All at 0: the layer learns nothing.',
  ],
  [/^memory\/rss-mb$/, 'Memory of the training process, in megabytes.'],
  [/^memory\/tensors$/, 'Tensors that are alive after a step. It should stay where it is: growth is a leak.'],
  [/^evaluate\/AtoB\/cycle-error$/, 'Mean of |F(G(x)) − x| over the test pictures of A. Lower is better.'],
  [/^evaluate\/BtoA\/cycle-error$/, 'Mean of |G(F(y)) − y| over the test pictures of B. Lower is better.'],
  [/^evaluate\/AtoB\/identity-error$/, 'Mean of |F(x) − x| over the test pictures of A. Lower is better.'],
  [/^evaluate\/BtoA\/identity-error$/, 'Mean of |G(y) − y| over the test pictures of B. Lower is better.'],
  [
    /^evaluate\/\w+\/psnr$/,
    'Peak signal-to-noise ratio of the translation against the true one, in decibels. Higher is better.',
  ],
  [/^evaluate\/\w+\/ssim$/, 'Structural similarity of the translation and the true one, at most 1. Higher is better.'],
  [
    /^evaluate\/(AtoB|BtoA)$/,
    'Test pictures, a row each: the picture, its translation, the way back, and the true translation where it is known.',
  ],
  [/^data\/[AB]$/, 'Pictures of the domain as the networks are given them.'],
];
