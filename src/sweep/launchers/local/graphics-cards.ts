import { readdirSync } from 'node:fs';

/** Where NVIDIA's driver lists its cards. */
const DRIVER = '/proc/driver/nvidia/gpus';

/** Cards for CUDA_VISIBLE_DEVICES: those that it names already, or all of the machine. */
export function graphicsCards(env: NodeJS.ProcessEnv): readonly string[] {
  const named = env['CUDA_VISIBLE_DEVICES'];
  if (named !== undefined) return named.split(',').filter((card) => card.trim() !== '' && card.trim() !== '-1');
  try {
    return readdirSync(DRIVER).map((_, index) => String(index));
  } catch {
    return [];
  }
}
