import { readFileSync } from 'node:fs';
import { deviceOf, possibleCards, type Device } from './device.js';
import { engineKind } from './engine-files.js';
import { nvidiaFacts, type Card } from './nvidia.js';

export interface ProcessorFacts {
  /** The engine's kind. */
  readonly kind: 'cpu' | 'gpu';
  /** NVIDIA's cards; undefined where nvidia-smi does not answer. */
  readonly cards: readonly Card[] | undefined;
  /** The content of /proc/cpuinfo. */
  readonly cpuinfo: string;
  /** May choose the device, and disable instructions of the processor. */
  readonly env: NodeJS.ProcessEnv;
}

/** From Ampere on, cards have tensor cores that multiply bfloat16, at twice their speed for TF32 (NVIDIA's data sheets). */
const WITH_BFLOAT16 = 8;

/** Values of `ONEDNN_MAX_CPU_ISA` without bfloat16 instructions, in lower case. */
const WITHOUT_BFLOAT16 = ['sse41', 'avx', 'avx2', 'avx2_vnni', 'avx2_vnni_2', 'avx512_core', 'avx512_core_vnni'];

/**
 * Whether the device multiplies bfloat16 faster than float32: an NVIDIA card of compute capability 8.0 or higher, or an x86-64 processor
 * with instructions for it (AVX-512 BF16 or AMX) that the user has not disabled. False for a card that nvidia-smi does not describe, on
 * other systems than Linux, and on ARM, whose BF16 TensorFlow's convolutions use on some processors only, at an unmeasured speed.
 *
 * @param device of the config
 */
export function multipliesBfloat16(device: Device, facts: Partial<ProcessorFacts> = {}): boolean {
  const { kind = engineKind(), env = process.env } = facts;
  const chosen = deviceOf(device, env);
  if (kind === 'gpu' && chosen !== 'cpu') {
    const cards = 'cards' in facts ? facts.cards : nvidiaFacts().cards;
    const possible = possibleCards(chosen, env, cards ?? []);
    return possible.length > 0 && possible.every(({ computeCapability }) => computeCapability >= WITH_BFLOAT16);
  }
  const able = /^flags\s*:.*\b(avx512_bf16|amx_bf16)\b/m.test(facts.cpuinfo ?? readCpuinfo());
  return able && usesBfloat16(env);
}

/** Only oneDNN's kernels use the instructions, if they are enabled. */
function usesBfloat16(env: NodeJS.ProcessEnv): boolean {
  return usesOneDnn(env) && !WITHOUT_BFLOAT16.includes(mostInstructions(env));
}

const usesOneDnn = (env: NodeJS.ProcessEnv): boolean =>
  !['0', 'false'].includes((env['TF_ENABLE_ONEDNN_OPTS'] ?? '1').toLowerCase());

/** In lower case; empty where the user sets no limit. */
const mostInstructions = (env: NodeJS.ProcessEnv): string =>
  (env['ONEDNN_MAX_CPU_ISA'] ?? env['DNNL_MAX_CPU_ISA'] ?? '').toLowerCase();

/** The instructions that oneDNN's convolutions use in TensorFlow, as far as that decides which of them are fast. */
export type Convolutions = 'avx2' | 'avx512';

/** Values of `ONEDNN_MAX_CPU_ISA` without AVX-512, in lower case. */
const WITHOUT_AVX512 = ['avx2', 'avx2_vnni', 'avx2_vnni_2'];

/** @returns undefined where it is not known: without oneDNN, on other processors, on other systems than Linux */
export function convolutions({ env = process.env, ...facts }: Partial<ProcessorFacts> = {}): Convolutions | undefined {
  const cpuinfo = facts.cpuinfo ?? readCpuinfo();
  const has = (flag: string) => new RegExp(`^flags\\s*:.*\\b${flag}\\b`, 'm').test(cpuinfo);
  const most = mostInstructions(env);
  if (!usesOneDnn(env) || ['sse41', 'avx'].includes(most) || !has('avx2')) return undefined;
  return has('avx512bw') && !WITHOUT_AVX512.includes(most) ? 'avx512' : 'avx2';
}

/** The content of /proc/cpuinfo; empty on other systems than Linux. */
export function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
