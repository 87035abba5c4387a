import type { DiscriminatorComponent, Network, NetworkSite } from '../registry/kinds/network.js';
import { meanSide } from '../support/sides.js';
import { costOf } from './cost.js';
import { augmented } from './diff-augment.js';
import { checkConditional, DISCRIMINATOR_OPTIONS, seenChannels, type DiscriminatorOptions } from './discriminator-options.js'; // prettier-ignore
import { initialized } from './initialization.js';
import { conv, hasBias, leakyRelu, norm, sequential } from './layers.js';

export const pixelgan: DiscriminatorComponent<DiscriminatorOptions> = {
  summary: 'PixelGAN: judges each pixel by its color alone',
  details:
    'Convolutions of 1x1 pixels, so each logit sees one pixel; norms see the whole image. It makes colors livelier and has no effect on ' +
    'structure (Isola et al. 2017, section 4.4; `--netD pixel` of pytorch-CycleGAN-and-pix2pix).',
  schema: { properties: DISCRIMINATOR_OPTIONS },
  check: checkConditional,
  create: build,
};

/** b: batch; s: image size; c: channels; w: `width`. */
function build(options: DiscriminatorOptions, site: NetworkSite): Network {
  const { width: w, slope, spectral = false } = options;
  const seen = seenChannels(options, site);
  const shapes = [
    { kernel: 1, from: seen.reduce((sum, channels) => sum + channels), to: w },
    { kernel: 1, from: w, to: 2 * w },
    { kernel: 1, from: 2 * w, to: 1 },
  ] as const;
  const [colors, features, logits] = shapes;
  const layers = sequential(
    conv('colors', { ...colors, bias: options.bias ?? false, spectral }), // [b, s, s, c] -> [b, s, s, w]
    leakyRelu(slope),
    conv('features', { ...features, bias: hasBias(options), spectral }), // -> [b, s, s, 2w]
    norm(options, 'features/norm', 2 * w),
    leakyRelu(slope),
    conv('logits', { ...logits, bias: true, spectral }), // -> [b, s, s, 1]
  );
  const network = { ...layers, cost: costOf(shapes.map((shape) => ({ ...shape, side: meanSide(site.imageSize) }))) };
  return augmented(initialized(network, options), options.augment ?? [], seen);
}
