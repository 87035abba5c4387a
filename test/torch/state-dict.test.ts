import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readStateDict } from '../../src/torch/state-dict.js';
import { ProblemError } from '../../src/support/problem.js';

const FIXTURES = fileURLToPath(new URL('../../../test/torch/fixtures/', import.meta.url));
const fixture = (name: string) => readFile(join(FIXTURES, name));

for (const [format, file] of [
  ['old', 'old.pth'],
  ['zip', 'zip.pth'],
] as const) {
  describe(`a state_dict in PyTorch’s ${format} format`, () => {
    test('is read as PyTorch wrote it, also tensors that are not contiguous or part of a storage', async () => {
      const state = await readStateDict(await fixture(file));
      assert.deepEqual([...state.keys()], ['contiguous', 'transposed', 'part', 'double', 'count']);
      const range = Array.from({ length: 24 }, (_, i) => i);
      assert.deepEqual(state.get('contiguous'), { shape: [2, 3, 4], values: Float32Array.from(range) });
      // transposed[i][j][k] is number i + 2 j + 6 k of the storage.
      const transposed = range.map((at) => Math.floor(at / 12) + 2 * (Math.floor(at / 4) % 3) + 6 * (at % 4));
      assert.deepEqual(state.get('transposed'), { shape: [2, 3, 4], values: Float32Array.from(transposed) });
      assert.deepEqual(state.get('part'), { shape: [4], values: Float32Array.of(5, 6, 7, 8) });
      assert.deepEqual(state.get('double'), { shape: [2], values: Float32Array.of(0.5, -2) });
      assert.deepEqual(state.get('count'), { shape: [], values: Float32Array.of(7) });
    });

    test('is refused where it is cut off, at whatever byte', async () => {
      const bytes = await fixture(file);
      for (let length = 0; length < bytes.length; length += 1 + Math.floor(bytes.length / 200)) {
        await refused(bytes.subarray(0, length), /./);
      }
    });

    test('is read, or refused as unreadable, whichever byte is damaged', async () => {
      const bytes = await fixture(file);
      for (let at = 0; at < bytes.length; at += 1 + Math.floor(bytes.length / 1500)) {
        for (const flipped of [0x01, 0x80, 0xff]) {
          const damaged = Buffer.from(bytes);
          damaged[at]! ^= flipped;
          try {
            await readStateDict(damaged);
          } catch (error) {
            assert.ok(error instanceof ProblemError, `byte ${at}: ${String(error)}`);
          }
        }
      }
    });
  });
}

describe('a hostile pickle', () => {
  test('cannot name a function, and the message has its name', async () => {
    await refused(old(`cos\nsystem\n(S'true'\ntR.`), /"os.system", which is not allowed/);
  });

  test('cannot use an instruction that creates objects of other classes', async () => {
    await refused(old('\x80\x02ccollections\nOrderedDict\n)\x81.'), /instruction 0x81, which is not allowed/);
  });

  test('cannot call what is only a type', async () => {
    await refused(old('ctorch\nFloatStorage\n)R.'), /do not fit together/);
  });

  test('cannot make a dictionary out of something else', async () => {
    await refused(old('ccollections\nOrderedDict\n]\x85R.'), /dictionary/);
    await refused(old(']K\x01K\x02s.'), /do not fit together/);
  });

  test('cannot reach below its stack, and needs a mark where a group ends', async () => {
    for (const text of ['.', '0.', 't.', ']e.', 'R.', 's.', 'Q.', 'h\x05.', '(.']) await refused(old(text), /./);
  });

  test('cannot have a tensor that reaches beyond its storage', async () => {
    for (const [offset, side, stride] of [
      [0, 5, 1],
      [1, 4, 1],
      [0, 2, 4],
      [0, 200, 0],
      [4, 1, 1],
    ] as const) {
      // prettier-ignore
      await refused(old(tensor(offset, side, stride), 4), /more numbers than its storage/);
    }
    const state = await readStateDict(old(tensor(1, 3, 1), 4));
    assert.deepEqual(state.get('t'), { shape: [3], values: Float32Array.of(1, 2, 3) });
  });

  test('cannot repeat a storage many times over', async () => {
    const one = tensor(0, 4, 1).slice(1, -2);
    await refused(old(`}${Array.from({ length: 9 }, (_, i) => one.replace('\x01t', `\x01${i}`) + 's').join('')}.`, 4), /many times/); // prettier-ignore
  });

  test('cannot describe a storage in two ways', async () => {
    const one = tensor(0, 4, 1).slice(1, -2);
    const other = one.replace('K\x04t', 'K\x03t').replace('\x01t', '\x01u');
    await refused(old(`}${one}s${other}s.`, 4), /storage 0 in two ways/);
  });

  test('cannot ask for more numbers than the file has', async () => {
    await refused(old(tensor(0, 4, 1), 4).subarray(0, -1), /ends too early/);
    await refused(old(tensor(0, 1, 1).replace('K\x04t', 'J\xff\xff\xff\x7ft'), 4), /another size/);
  });
});

test('a zip whose numbers are compressed is refused, as a small one could unpack to any size', async () => {
  const bytes = Buffer.from(await fixture('zip.pth'));
  const CENTRAL_ENTRY = 'PK\x01\x02';
  for (
    let at = bytes.indexOf(CENTRAL_ENTRY, 0, 'latin1');
    at >= 0;
    at = bytes.indexOf(CENTRAL_ENTRY, at + 4, 'latin1')
  ) {
    const name = bytes.toString('utf8', at + 46, at + 46 + bytes.readUInt16LE(at + 28));
    if (name.includes('/data/')) bytes.writeUInt16LE(8, at + 10);
  }
  await refused(bytes, /is compressed/);
});

test('a file of another kind is refused', async () => {
  await refused(Buffer.from('GIF89a'), /cannot be read/);
  await refused(Buffer.from('PK\x03\x04 not really'), /cannot be read/);
});

/** `{'t': _rebuild_tensor_v2(storage 0 of 4 floats, offset, (side,), (stride,))}` */
function tensor(offset: number, side: number, stride: number): string {
  const byte = (value: number) => `K${String.fromCharCode(value)}`;
  const storage = `(U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x04tQ`;
  const view = `(${storage}${byte(offset)}${byte(side)}\x85${byte(stride)}\x85t`;
  return `}U\x01tctorch._utils\n_rebuild_tensor_v2\n${view}Rs.`;
}

/** A file in the old format with this pickle as its state. @param count numbers (0, 1, 2...) of storage 0, if it has one */
function old(pickle: string, count = 0): Buffer {
  const magic = '\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.';
  const system = '}U\x0dlittle_endian\x88s.';
  const keys = count > 0 ? ']U\x010a.' : '].';
  const numbers = Buffer.alloc(count > 0 ? 8 + count * 4 : 0);
  if (count > 0) numbers.writeBigInt64LE(BigInt(count));
  for (let i = 0; i < count; i++) numbers.writeFloatLE(i, 8 + i * 4);
  return Buffer.concat([Buffer.from(`${magic}M\xe9\x03.${system}${pickle}${keys}`, 'latin1'), numbers]);
}

async function refused(bytes: Uint8Array, message: RegExp): Promise<void> {
  await assert.rejects(readStateDict(bytes), (error) => {
    assert.ok(error instanceof ProblemError, String(error));
    assert.equal(error.problems[0]!.code, 'unreadable-weights');
    assert.match(error.message, message);
    return true;
  });
}
