import { existsSync, readFileSync } from 'node:fs';
import { engineKind } from './engine-files.js';

export interface ProcessorFacts {
  /** The engine's device. */
  readonly kind: 'cpu' | 'gpu';
  /** Whether an NVIDIA driver is loaded. */
  readonly gpu: boolean;
  /** The content of /proc/cpuinfo. */
  readonly cpuinfo: string;
  /** May disable instructions of the processor. */
  readonly env: NodeJS.ProcessEnv;
}

/** Values of `ONEDNN_MAX_CPU_ISA` without bfloat16 instructions, in lower case. */
const WITHOUT_BFLOAT16 = ['sse41', 'avx', 'avx2', 'avx2_vnni', 'avx2_vnni_2', 'avx512_core', 'avx512_core_vnni'];

/**
 * Whether this machine multiplies bfloat16 faster than float32: with an NVIDIA GPU as the engine's device, or an x86-64 processor with
 * instructions for it (AVX-512 BF16 or AMX) that the user has not disabled. False on other systems than Linux, and on ARM, whose BF16
 * TensorFlow's convolutions use on some processors only, at an unmeasured speed.
 */
export function multipliesBfloat16(facts: Partial<ProcessorFacts> = {}): boolean {
  const { kind = engineKind(), gpu = existsSync('/dev/nvidiactl'), env = process.env } = facts;
  if (kind === 'gpu' && gpu) return true;
  const able = /^flags\s*:.*\b(avx512_bf16|amx_bf16)\b/m.test(facts.cpuinfo ?? readCpuinfo());
  return able && usesBfloat16(env);
}

/** Only oneDNN's kernels use the instructions, if they are enabled. */
function usesBfloat16(env: NodeJS.ProcessEnv): boolean {
  const most = (env['ONEDNN_MAX_CPU_ISA'] ?? env['DNNL_MAX_CPU_ISA'] ?? '').toLowerCase();
  const off = ['0', 'false'].includes((env['TF_ENABLE_ONEDNN_OPTS'] ?? '1').toLowerCase());
  return !off && !WITHOUT_BFLOAT16.includes(most);
}

function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
