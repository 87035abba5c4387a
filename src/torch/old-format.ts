import { readPickle, type PickleValue } from './pickle.js';
import { namesWith, tensorsIn, type StateDict } from './state.js';
import { readTensor, type Storage } from './storages.js';
import { unreadable } from './unreadable.js';

/** The first pickle of the format of torch before 1.6 (torch/serialization.py). */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/**
 * The format of torch before 1.6: pickles of a magic number, the version, the system, the state and the keys of its storages; then for each
 * key the count of its numbers as an int64, and the numbers, little-endian.
 */
export function readOldFormat(bytes: Uint8Array): StateDict {
  const storages = new Map<string, Storage>();
  const names = namesWith(storages);
  let at = 0;
  const next = () => {
    const { value, end } = readPickle(bytes, at, names);
    at = end;
    return value;
  };
  if (next() !== MAGIC || next() !== PROTOCOL) throw unreadable('it is not of a known version of PyTorch’s format');
  const system = next();
  if (!(system instanceof Map) || system.get('little_endian') !== true) {
    throw unreadable('its numbers are not little-endian');
  }
  const views = tensorsIn(next());
  const keys = next();
  const content = storagesAt(bytes, at, keys, storages);
  return new Map([...views].map(([name, view]) => [name, readTensor(view, content(view.storage.key))]));
}

/** Finds the numbers of each storage after the pickles. */
function storagesAt(
  bytes: Uint8Array,
  start: number,
  keys: PickleValue,
  storages: ReadonlyMap<string, Storage>,
): (key: string) => Uint8Array {
  if (!Array.isArray(keys)) throw unreadable('it has no list of storages');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places = new Map<string, Uint8Array>();
  let at = start;
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (storage === undefined) throw unreadable('it has numbers that belong to no tensor');
    if (at + COUNT_BYTES > bytes.length) throw unreadable('it ends too early');
    const size = storage.count * storage.format.bytes;
    if (view.getBigInt64(at, true) !== BigInt(storage.count))
      throw unreadable('a storage has another size than its tensors say');
    at += COUNT_BYTES;
    if (at + size > bytes.length) throw unreadable('it ends too early');
    places.set(storage.key, bytes.subarray(at, at + size));
    at += size;
  }
  return (key) => {
    const place = places.get(key);
    if (place === undefined) throw unreadable(`the numbers of storage ${key} are missing`);
    return place;
  };
}

const COUNT_BYTES = 8;
