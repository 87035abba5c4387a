import type { TorchNetwork } from './torch-network.js';

/** What the networks are that a checkpoint may be given to, by their names here. */
export const IMPORTABLE = {
  G: { section: 'generator', what: 'the generator, of CycleGAN that from A to B (`net_G`, `net_G_A`)' },
  F: { section: 'generator', what: 'CycleGAN’s generator from B to A (`net_G_B`)' },
  D: { section: 'discriminator', what: 'the discriminator of Pix2Pix or CUT (`net_D`)' },
  D_X: {
    section: 'discriminator',
    what: 'CycleGAN’s discriminator of domain A (`net_D_B`: theirs is named after the generator)',
  },
  D_Y: { section: 'discriminator', what: 'CycleGAN’s discriminator of domain B (`net_D_A`)' },
} as const satisfies Readonly<Record<string, { readonly section: TorchNetwork['section']; readonly what: string }>>;

export type ImportableName = keyof typeof IMPORTABLE;
