import type { Direction } from '../../registry/kinds/export-format.js';
import type { Json } from '../../support/json.js';
import type { Setting } from '../config-text.js';
import type { TorchCheckpoint } from './read-network.js';
import type { TorchNetwork } from './torch-network.js';

export interface ImportedConfig {
  /** By the networks that they are here. */
  readonly checkpoints: Checkpoints;
  readonly method: string;
  /** Of a method with one generator. */
  readonly direction?: Direction | undefined;
  /** Whether the config names images. */
  readonly hasData: boolean;
  /** How a path is written in the config. */
  readonly written: (checkpoint: TorchCheckpoint) => string;
}

type Checkpoints = ReadonlyMap<string, TorchCheckpoint>;

/** The settings of a config that imports networks: its stages, and sections that fit the networks. */
export function importedSettings(wanted: ImportedConfig): Setting[] {
  const { checkpoints, method, hasData, written } = wanted;
  // CycleGAN's generator from B to A, alone.
  const backward = method !== 'cyclegan' && checkpoints.has('F') && !checkpoints.has('G');
  const networks = backward ? renamed(checkpoints, 'F', 'G') : checkpoints;
  const direction = wanted.direction ?? (backward ? 'BtoA' : undefined);
  const sections = new Map([...networks.values()].map(({ network }) => [network.section, network]));
  const needs = hasData ? { needs: ['preprocess', 'import'] } : null;
  return [
    { key: 'method.type', value: method },
    ...(direction === undefined ? [] : [{ key: 'method.direction', value: direction }]),
    ...[...sections.values()].flatMap(networkSettings),
    ...(hasData ? [] : withoutData(networks, method)),
    {
      key: 'stages.import',
      value: Object.fromEntries([...networks].map(([name, checkpoint]) => [name, written(checkpoint)])),
    },
    { key: 'stages.train', value: null },
    ...(hasData ? [] : [{ key: 'stages.preprocess', value: null }]),
    { key: 'stages.evaluate', value: needs },
    { key: 'stages.export', value: { needs: ['import'] } },
  ];
}

/** The method that has such networks: one generator alone is one of Pix2Pix, or of CUT if it can be. */
export function impliedMethod(checkpoints: Checkpoints): string {
  if (checkpoints.has('G') && checkpoints.has('F')) return 'cyclegan';
  const judgesPairs = checkpoints.get('D')?.network.channels === 6;
  const generator = checkpoints.get('G') ?? checkpoints.get('F');
  return judgesPairs || generator?.network.type === 'unet' ? 'pix2pix' : 'cut';
}

const renamed = (checkpoints: Checkpoints, from: string, to: string): Checkpoints =>
  new Map([...checkpoints].map(([name, each]) => [name === from ? to : name, each]));

function networkSettings({ section, type, options, training }: TorchNetwork): Setting[] {
  const values: [string, Json][] = Object.entries(options).map(([key, [first]]) => [key, first!]);
  return [['type', type] as const, ...values, ...Object.entries(training)].map(([key, value]) => {
    return { key: `${section}.${key}`, value };
  });
}

/** Of images only their size matters as long as nothing is trained or measured. */
function withoutData(networks: Checkpoints, method: string): Setting[] {
  const depths = [...networks.values()].map(({ network }) => Number(network.options['depth']?.[0] ?? 0));
  return [
    { key: 'dataset.type', value: 'synthetic' },
    ...(method === 'pix2pix' ? [{ key: 'dataset.paired', value: true }] : []),
    { key: 'dataset.image_size', value: Math.max(USUAL_SIZE, 2 ** Math.max(...depths)) },
  ];
}

/** The size of most published weights. Generators take other sizes, too. */
const USUAL_SIZE = 256;
