import { existsSync, readFileSync } from 'node:fs';
import { engineKind } from './engine-files.js';

export interface ProcessorFacts {
  /** What the engine computes on. */
  readonly kind: 'cpu' | 'gpu';
  /** Whether the driver of an NVIDIA GPU is there. */
  readonly gpu: boolean;
  /** The content of /proc/cpuinfo. */
  readonly cpuinfo: string;
  /** Where the user may have kept the engine from what the processor has. */
  readonly env: NodeJS.ProcessEnv;
}

/** What `ONEDNN_MAX_CPU_ISA` calls the sets of instructions that have none for bfloat16, in small letters. */
const WITHOUT_BFLOAT16 = ['sse41', 'avx', 'avx2', 'avx2_vnni', 'avx2_vnni_2', 'avx512_core', 'avx512_core_vnni'];

/**
 * Whether this machine multiplies bfloat16 faster than float32: an NVIDIA GPU that the engine computes on, or an x86-64 processor with
 * instructions for it (AVX-512 BF16 or AMX), of which the user has not kept the engine. Linux tells; elsewhere the answer is no. So it is on
 * ARM, whose BF16 TensorFlow's convolutions use on some processors only, at a speed that nobody has measured.
 */
export function multipliesBfloat16(facts: Partial<ProcessorFacts> = {}): boolean {
  const { kind = engineKind(), gpu = existsSync('/dev/nvidiactl'), env = process.env } = facts;
  if (kind === 'gpu' && gpu) return true;
  const able = /^flags\s*:.*\b(avx512_bf16|amx_bf16)\b/m.test(facts.cpuinfo ?? readCpuinfo());
  return able && usesBfloat16(env);
}

/** Only oneDNN's kernels use the instructions, and only those that it is allowed. */
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
