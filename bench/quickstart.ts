import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Typed } from '../src/registry/config.js';
import type { Case } from './cases.js';

interface Quickstart {
  readonly generator: Typed;
  readonly discriminator: Typed;
  readonly loss: { readonly identity: number };
  readonly dataset: { readonly image_size: number };
}

/** The networks, the weight of the identity losses and the image size of configs/quickstart.yaml. */
export function quickstart(): Omit<Case, 'name' | 'batch'> {
  const file = fileURLToPath(new URL('../../configs/quickstart.yaml', import.meta.url));
  const { generator, discriminator, loss, dataset } = parse(readFileSync(file, 'utf8')) as Quickstart;
  return { generator, discriminator, identity: loss.identity, size: dataset.image_size };
}
