import { blursIn, convsIn, type TorchModules } from './torch-modules.js';
import { normOptions, type TorchLayer, type TorchNetwork } from './torch-network.js';

/**
 * Recognises `ResnetGenerator` of pytorch-CycleGAN-and-pix2pix and of CUT: a Sequential `model` with the convolutions first, down1, down2, the
 * residual blocks (`conv_block`), up1, up2 and last; each is followed by its norm.
 *
 * @returns undefined if it is another network
 */
export function resnetIn(modules: TorchModules): TorchNetwork | undefined {
  const blocks = blocksIn(modules);
  const outside = convsIn(modules, 'model');
  if (blocks.length === 0 || outside.length !== OUTSIDE.length) return undefined;
  const inside = blocks.map((block) => convsIn(modules, block));
  if (inside.some((convs) => convs.length !== 2)) return undefined;

  const layer = (ours: string, parent: string, index: number): TorchLayer => {
    return { ours, conv: `${parent}.${index}`, norm: `${parent}.${index + 1}` };
  };
  const ends = OUTSIDE.map((ours, i) => layer(ours, 'model', outside[i]!.index));
  const middle = inside.flatMap(([one, two], i) => [
    layer(`residual${i + 1}/conv1`, blocks[i]!, one!.index),
    layer(`residual${i + 1}/conv2`, blocks[i]!, two!.index),
  ]);
  const { ours, conv } = ends.pop()!;
  const layers = [...ends, ...middle, { ours, conv }];

  const [width, channels] = outside[0]!.shape;
  const norms = normOptions(modules, layers);
  const blurs = blursIn(modules, 'model');
  const firstBlock = placeOf(blocks[0]!);
  const [first, second] = inside[0]!;
  return {
    section: 'generator',
    title: `ResNet, ${blocks.length} ${blocks.length === 1 ? 'block' : 'blocks'}, width ${width}, ${norms.title}`,
    type: 'resnet',
    options: {
      blocks: [blocks.length],
      width: [width],
      downsampling: [blurs.some((at) => at < firstBlock) ? 'antialiased' : 'strided'],
      upsampling: [blurs.some((at) => at > firstBlock) ? 'antialiased' : 'transpose'],
      attention: [false],
      ...norms.options,
    },
    // Without dropout, a norm, ReLU and padding are between the two.
    training: second!.index - first!.index > 4 ? { dropout: 0.5 } : {},
    channels,
    layers,
  };
}

const OUTSIDE = ['first', 'down1', 'down2', 'up1', 'up2', 'last'];

/** The names of the residual blocks' Sequentials, `model.10.conv_block`, in their order. */
function blocksIn(modules: TorchModules): string[] {
  const names = [...modules.keys()].flatMap((name) => /^model\.\d+\.conv_block(?=\.\d+$)/.exec(name) ?? []);
  return [...new Set(names)].sort((a, b) => placeOf(a) - placeOf(b));
}

/** 10 of `model.10.conv_block`. */
const placeOf = (block: string): number => Number(block.split('.')[1]);
