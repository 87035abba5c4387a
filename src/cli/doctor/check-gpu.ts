import { formatBytes } from '../../support/bytes.js';
import type { NvidiaFacts } from '../../support/nvidia.js';
import type { Finding } from './finding.js';

/** The cards of this machine, and whether the engine in use is for them. @param kind of the engine */
export function checkGpu({ cards, driver, hasDevice }: NvidiaFacts, kind: 'cpu' | 'gpu'): Finding {
  const name = 'gpu';
  if (cards !== undefined && cards.length > 0) {
    const shown = cards.map(
      ({ name, computeCapability, memory }) =>
        `${name}, ${formatBytes(memory)}, compute capability ${computeCapability.toFixed(1)}`,
    );
    const text = `${shown.join('; ')}; driver ${cards[0]!.driver}`;
    if (kind === 'gpu') return { state: 'ok', name, text };
    return { state: 'missing', name, text: `${text}; not used: the engine in use is for processors`, cure: USE_IT };
  }
  if (driver !== undefined || hasDevice) {
    const version = driver === undefined ? '' : ` ${driver}`;
    const text = `NVIDIA’s driver${version} is loaded, but nvidia-smi does not list a card.`;
    return { state: 'missing', name, text, cure: 'Check the driver’s installation, and that nvidia-smi is in PATH.' };
  }
  return { state: 'ok', name, text: kind === 'cpu' ? 'no NVIDIA GPU; the processor is used' : 'no NVIDIA GPU' };
}

const USE_IT = 'Set up the engine for GPUs: RUNNER_ENGINE=gpu ./runner setup (docs/gpu.md).';
