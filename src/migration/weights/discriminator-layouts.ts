import { blursIn, convsIn, type TorchModules } from './torch-modules.js';
import { normOptions, type TorchLayer, type TorchNetwork } from './torch-network.js';

/**
 * Recognises `NLayerDiscriminator` of pytorch-CycleGAN-and-pix2pix and of CUT: a Sequential `model` of convolutions with kernels of 4, all but
 * the first and the last followed by a norm.
 *
 * @returns undefined if it is another network
 */
export function patchganIn(modules: TorchModules): TorchNetwork | undefined {
  const convs = convsIn(modules, 'model');
  const layers = convs.length - 2;
  if (layers < 1 || convs.some(({ shape }) => shape[2] !== 4) || convs.at(-1)!.shape[0] !== 1) return undefined;
  const names = [...Array.from({ length: layers }, (_, i) => `down${i + 1}`), 'wide', 'logits'];
  const places = convs.map(({ name, index }, i): TorchLayer => {
    const norm = i === 0 || i === convs.length - 1 ? {} : { norm: `model.${index + 1}` };
    return { ours: names[i]!, conv: name, ...norm };
  });
  const [width, channels] = convs[0]!.shape;
  const norms = normOptions(modules, places);
  return {
    section: 'discriminator',
    title: `PatchGAN, ${layers} layers, width ${width}, ${norms.title}`,
    type: 'patchgan',
    options: {
      layers: [layers],
      width: [width],
      downsampling: [blursIn(modules, 'model').length > 0 ? 'antialiased' : 'strided'],
      scales: [1],
      ...COMMON,
      ...norms.options,
    },
    training: {},
    channels,
    layers: places,
  };
}

/** Recognises `PixelDiscriminator`: a Sequential `net` of three convolutions of single pixels. */
export function pixelganIn(modules: TorchModules): TorchNetwork | undefined {
  const convs = convsIn(modules, 'net');
  const [colors, features, logits] = convs;
  if (logits === undefined || convs.length !== 3 || convs.some(({ shape }) => shape[2] !== 1)) return undefined;
  const layers: TorchLayer[] = [
    { ours: 'colors', conv: colors!.name },
    { ours: 'features', conv: features!.name, norm: `net.${features!.index + 1}` },
    { ours: 'logits', conv: logits.name },
  ];
  const [width, channels] = colors!.shape;
  const norms = normOptions(modules, layers);
  return {
    section: 'discriminator',
    title: `PixelGAN, width ${width}, ${norms.title}`,
    type: 'pixelgan',
    options: { width: [width], ...COMMON, ...norms.options },
    training: {},
    channels,
    layers,
  };
}

/** The first convolution always has a bias. */
const COMMON = { slope: [0.2], bias: [true], spectral: [false] } as const;
