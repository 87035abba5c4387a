import type { PickleNames, PickleValue } from './pickle.js';
import {
  isTensorView,
  sizeOfView,
  storageOf,
  TORCH_NAMES,
  type Storage,
  type TensorView,
  type TorchTensor,
} from './storages.js';
import { unreadable } from './unreadable.js';

/** The tensors of a state_dict, by their names. */
export type StateDict = ReadonlyMap<string, TorchTensor>;

/** The names that a state_dict may use. @param storages gets those that it refers to */
export function namesWith(storages: Map<string, Storage>): PickleNames {
  return {
    callables: TORCH_NAMES,
    persistent(id) {
      const storage = storageOf(id);
      const known = storages.get(storage.key) ?? storage;
      if (known.count !== storage.count || known.format !== storage.format) {
        throw unreadable(`it describes storage ${storage.key} in two ways`);
      }
      storages.set(storage.key, known);
      return known;
    },
  };
}

/** The tensors of an unpickled state_dict; other values, such as counts, are left out. */
export function tensorsIn(state: PickleValue): Map<string, TensorView> {
  if (!(state instanceof Map)) throw unreadable('it does not hold a dictionary');
  const views = new Map<string, TensorView>();
  for (const [name, value] of state) if (typeof name === 'string' && isTensorView(value)) views.set(name, value);
  if (views.size === 0) throw unreadable('its dictionary has no tensors');
  refuseRepetition([...views.values()]);
  return views;
}

/** A few tensors may share a storage; many would make a small file a huge one in memory. */
function refuseRepetition(views: readonly TensorView[]): void {
  const storages = new Set(views.map(({ storage }) => storage));
  const stored = [...storages].reduce((sum, { count }) => sum + count, 0);
  const numbers = views.reduce((sum, view) => sum + sizeOfView(view), 0);
  if (numbers > MOST_SHARED * stored) throw unreadable('its tensors repeat the same numbers many times over');
}

/** Tensors that may share a storage, on average. */
const MOST_SHARED = 8;
