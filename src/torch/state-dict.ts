import { readOldFormat } from './old-format.js';
import type { StateDict } from './state.js';
import { isZip, readZipFormat } from './zip-format.js';

export type { StateDict } from './state.js';
export type { TorchTensor } from './storages.js';

/**
 * Reads a state_dict that `torch.save` has written, in torch's old format or today's (a zip), without running anything of it.
 *
 * @throws ProblemError `unreadable-weights`
 */
export async function readStateDict(bytes: Uint8Array): Promise<StateDict> {
  return isZip(bytes) ? readZipFormat(bytes) : readOldFormat(bytes);
}
