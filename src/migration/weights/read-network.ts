import { readFile } from 'node:fs/promises';
import { errorCode } from '../../support/files.js';
import { ProblemError } from '../../support/problem.js';
import { readStateDict } from '../../torch/state-dict.js';
import { patchganIn, pixelganIn } from './discriminator-layouts.js';
import { resnetIn } from './resnet-layout.js';
import { modulesOf, tensorName, type TorchModules } from './torch-modules.js';
import type { TorchNetwork } from './torch-network.js';
import { unetIn } from './unet-layout.js';

/** A checkpoint of one network. */
export interface TorchCheckpoint {
  readonly path: string;
  readonly network: TorchNetwork;
  readonly modules: TorchModules;
}

/**
 * Reads a checkpoint of pytorch-CycleGAN-and-pix2pix or of CUT, such as `latest_net_G_A.pth`, and recognises its network by the names and shapes
 * of its tensors. Runs nothing of what is in it.
 *
 * @throws ProblemError `unreadable-weights`, `unknown-network`, or a problem of the file
 */
export async function readTorchCheckpoint(path: string): Promise<TorchCheckpoint> {
  const modules = modulesOf(await stateIn(path));
  const network = resnetIn(modules) ?? unetIn(modules) ?? patchganIn(modules) ?? pixelganIn(modules);
  if (network !== undefined) return { path, network, modules };
  const names = [...modules].flatMap(([module, tensors]) => Object.keys(tensors).map((key) => tensorName(module, key)));
  const some = names.slice(0, SHOWN).join(', ');
  throw new ProblemError({
    code: 'unknown-network',
    message: `${path}: its ${names.length} tensors (${some}${names.length > SHOWN ? '...' : ''}) are of no network that is known.`,
    cure: 'Known are resnet_*blocks, unet_*, and the discriminators basic, n_layers and pixel of pytorch-CycleGAN-and-pix2pix and of CUT.',
  });
}

const SHOWN = 4;

async function stateIn(path: string) {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw errorCode(error) === undefined ? error : unreadable(path, errorCode(error)!);
  });
  try {
    return await readStateDict(bytes);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw new ProblemError({ ...error.problems[0]!, message: `${path}: ${error.problems[0]!.message}` });
  }
}

/** The problem of a checkpoint whose file cannot be read. @param code of the file system's error */
export function unreadable(path: string, code: string): ProblemError {
  const cure = 'Give the path of a checkpoint, such as checkpoints/horse2zebra/latest_net_G_A.pth.';
  if (code === 'ENOENT') return new ProblemError({ code: 'missing-file', message: `There is no file ${path}.`, cure });
  return new ProblemError({ code: 'unreadable-file', message: `${path} cannot be read (${code}).`, cure });
}
