import { existsSync, readFileSync } from 'node:fs';

/**
 * Whether this machine multiplies bfloat16 faster than float32: an NVIDIA GPU, or a processor with instructions for it (AVX-512 BF16 or
 * AMX; BF16 on ARM). Linux tells; elsewhere the answer is no.
 */
export function multipliesBfloat16(env: NodeJS.ProcessEnv = process.env, cpuinfo = readCpuinfo()): boolean {
  const gpu = env.RUNNER_ENGINE !== 'cpu' && existsSync('/dev/nvidiactl');
  return gpu || /^(flags|Features)\s*:.*\b(avx512_bf16|amx_bf16|bf16)\b/m.test(cpuinfo);
}

function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
