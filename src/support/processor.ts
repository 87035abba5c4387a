import { existsSync, readFileSync } from 'node:fs';
import { engineKind } from './engine.js';

export interface ProcessorFacts {
  /** What the engine computes on. */
  readonly kind: 'cpu' | 'gpu';
  /** Whether the driver of an NVIDIA GPU is there. */
  readonly gpu: boolean;
  /** The content of /proc/cpuinfo. */
  readonly cpuinfo: string;
}

/**
 * Whether this machine multiplies bfloat16 faster than float32: an NVIDIA GPU that the engine computes on, or a processor with
 * instructions for it (AVX-512 BF16 or AMX; BF16 on ARM). Linux tells; elsewhere the answer is no.
 */
export function multipliesBfloat16(facts: Partial<ProcessorFacts> = {}): boolean {
  const { kind = engineKind(), gpu = existsSync('/dev/nvidiactl'), cpuinfo = readCpuinfo() } = facts;
  if (kind === 'gpu' && gpu) return true;
  return /^(flags|Features)\s*:.*\b(avx512_bf16|amx_bf16|bf16)\b/m.test(cpuinfo);
}

function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
