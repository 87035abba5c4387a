import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A graphics card, as nvidia-smi describes it. */
export interface Card {
  /** From 0, in the order of the PCI bus. */
  readonly index: number;
  /** `GPU-8932f937-...` */
  readonly uuid: string;
  readonly name: string;
  /** Which instructions it has: 9 for an H200, 7.5 for a T4. */
  readonly computeCapability: number;
  /** In bytes. */
  readonly memory: number;
  readonly driver: string;
}

/** What this machine says about NVIDIA's cards, without asking CUDA. */
export interface NvidiaFacts {
  /** The version of the kernel's driver; undefined where none is loaded, or the system hides it (WSL). */
  readonly driver: string | undefined;
  /** Whether this process has a device file of the driver: a container may have none. */
  readonly hasDevice: boolean;
  /** How many cards the driver lists; undefined where it lists none. */
  readonly count: number | undefined;
  /** Undefined where nvidia-smi is not there or does not answer. */
  readonly cards: readonly Card[] | undefined;
}

/** Where the driver lists its cards. */
const CARDS = '/proc/driver/nvidia/gpus';

/** Of WSL, the driver is Windows's: it has its own device file, and no folder in /proc. */
const DEVICES = ['/dev/nvidiactl', '/dev/dxg'];

let known: NvidiaFacts | undefined;

/** The facts about this machine. nvidia-smi takes up to seconds, so it is asked once. */
export function nvidiaFacts(): NvidiaFacts {
  known ??= readNvidiaFacts();
  return known;
}

function readNvidiaFacts(): NvidiaFacts {
  const cards = askNvidiaSmi();
  return { driver: driverVersion(), hasDevice: DEVICES.some(existsSync), count: cardCount() ?? cards?.length, cards };
}

/** How many cards the driver lists, without asking nvidia-smi. */
export function cardCount(): number | undefined {
  try {
    return readdirSync(CARDS).length;
  } catch {
    return undefined;
  }
}

/** The models of the cards, as the driver names them. */
export function cardModels(): readonly string[] {
  try {
    const texts = readdirSync(CARDS).map((card) => readFileSync(join(CARDS, card, 'information'), 'utf8'));
    return texts.map((text) => /^Model:\s*(.*)$/m.exec(text)?.[1] ?? '');
  } catch {
    return [];
  }
}

function driverVersion(): string | undefined {
  try {
    return parseDriverVersion(readFileSync('/proc/driver/nvidia/version', 'utf8'));
  } catch {
    return undefined;
  }
}

/** The version in the content of /proc/driver/nvidia/version, whose wording differs between the open and the closed module. */
export function parseDriverVersion(text: string): string | undefined {
  return /^NVRM version:.*?\s(\d+\.\d+(?:\.\d+)?)\s/m.exec(text)?.[1];
}

const FIELDS = ['index', 'uuid', 'name', 'compute_cap', 'memory.total', 'driver_version'];

function askNvidiaSmi(): readonly Card[] | undefined {
  const args = [`--query-gpu=${FIELDS.join(',')}`, '--format=csv,noheader,nounits'];
  const { status, stdout } = spawnSync('nvidia-smi', args, { encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? parseCards(stdout) : undefined;
}

/** The cards in nvidia-smi's answer: a line of comma-separated values each, the memory in MiB. */
export function parseCards(csv: string): readonly Card[] {
  const lines = csv.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [index, uuid, name, computeCapability, memory, driver] = line.split(',').map((value) => value.trim());
    return {
      index: Number(index),
      uuid: uuid ?? '',
      name: name ?? '',
      computeCapability: Number(computeCapability),
      memory: Number(memory) * 2 ** 20,
      driver: driver ?? '',
    };
  });
}
