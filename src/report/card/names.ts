import { isJsonObject, type Json, type JsonObject } from '../../support/json.js';
import type { Direction } from '../../registry/kinds/export-format.js';
import type { CardFacts } from './card-facts.js';

/** `A` and `B`. */
export function domainsOf(direction: Direction): { readonly from: string; readonly to: string } {
  return direction === 'AtoB' ? { from: 'A', to: 'B' } : { from: 'B', to: 'A' };
}

/** `horse2zebra: A to B` */
export function titleOf({ config, run, direction }: Pick<CardFacts, 'config' | 'run' | 'direction'>): string {
  const { from, to } = domainsOf(direction);
  return `${textOf(config['name']) ?? run}: ${from} to ${to}`;
}

interface Method {
  readonly name: string;
  readonly arxiv?: string;
  readonly url?: string;
  readonly paired: boolean;
}

const METHODS: Readonly<Record<string, Method>> = {
  cyclegan: { name: 'CycleGAN', arxiv: '1703.10593', paired: false },
  pix2pix: { name: 'Pix2Pix', arxiv: '1611.07004', paired: true },
};

/** Of a plugin, its name is all that is known. A config of an earlier version has no method: CycleGAN. */
export function methodOf({ config }: Pick<CardFacts, 'config'>): Method {
  const type = textOf(sectionOf(config, 'method')['type']) ?? 'cyclegan';
  const { arxiv, ...method } = METHODS[type] ?? { name: type, paired: false };
  return { ...method, ...(arxiv !== undefined && { arxiv, url: `https://arxiv.org/abs/${arxiv}` }) };
}

/** The name of the data set: of a folder or file, its own. */
export function dataSetOf({ config }: Pick<CardFacts, 'config'>): string {
  const { type, path } = sectionOf(config, 'dataset');
  const name = textOf(path)?.split(/[\\/]/).filter(Boolean).at(-1);
  return name ?? textOf(type) ?? 'unknown';
}

export function sectionOf(config: JsonObject, key: string): JsonObject {
  const section = config[key] ?? null;
  return isJsonObject(section) ? section : {};
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
