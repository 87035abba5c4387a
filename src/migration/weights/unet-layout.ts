import type { TorchConv, TorchModules } from './torch-modules.js';
import { convsIn } from './torch-modules.js';
import { normOptions, type TorchLayer, type TorchNetwork } from './torch-network.js';

/**
 * Recognises `UnetGenerator` of pytorch-CycleGAN-and-pix2pix: blocks inside each other, each a Sequential of a convolution down, its norm, the
 * block inside it, a convolution up and its norm. Only the innermost and the outermost have no norm on the way down, and the outermost none on
 * the way up. A block passes on what it was given, then what it made of it: here these are in the other order.
 *
 * @returns undefined if it is another network
 */
export function unetIn(modules: TorchModules): TorchNetwork | undefined {
  const blocks = blocksIn(modules);
  if (blocks.length < 2) return undefined;
  const depth = blocks.length;
  const downs = blocks.map(({ name, down }, i): TorchLayer => {
    const norm = i === 0 || i === depth - 1 ? {} : { norm: `${name}.${down.index + 1}` };
    return { ours: `down${i + 1}`, conv: down.name, ...norm };
  });
  const ups = blocks.map(({ name, up }, i): TorchLayer => {
    const swapped = i < depth - 1;
    if (i === 0) return { ours: 'last', conv: up.name, swapped };
    return { ours: `up${depth - i}`, conv: up.name, norm: `${name}.${up.index + 1}`, swapped };
  });
  const layers = [...downs, ...ups];
  const [width, channels] = blocks[0]!.down.shape;
  const norms = normOptions(modules, layers);
  const biased = modules.get(blocks[0]!.down.name)?.['bias'] !== undefined;
  return {
    section: 'generator',
    title: `U-Net, depth ${depth}, width ${width}, ${norms.title}`,
    type: 'unet',
    options: {
      depth: [depth],
      width: [width],
      slope: [0.2],
      upsampling: ['transpose'],
      variant: ['pytorch'],
      ...norms.options,
      // A bias that the weights lack is 0.
      bias: biased ? [true] : [false, true],
    },
    training: {},
    channels,
    layers,
  };
}

interface UNetBlock {
  /** Of its Sequential. */
  readonly name: string;
  readonly down: TorchConv;
  readonly up: TorchConv;
}

/** From the outermost to the innermost. */
function blocksIn(modules: TorchModules): UNetBlock[] {
  const blocks: UNetBlock[] = [];
  for (let name: string | undefined = 'model.model'; name !== undefined;) {
    const [down, up, ...more] = convsIn(modules, name);
    if (down === undefined || up === undefined || more.length > 0) return [];
    blocks.push({ name, down, up });
    // Between the two: the norm of the way down, if it has one, then the block inside.
    const inside: string[] = [down.index + 1, down.index + 2].map((at) => `${name}.${at}.model`);
    name = inside.find((each) => convsIn(modules, each).length > 0);
  }
  return blocks;
}
