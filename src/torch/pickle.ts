import { unreadable } from './unreadable.js';

/** A pickle's value: `Map` for a dictionary, arrays for lists and tuples. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleCallable
  | PickleObject;

/** What stands for a class or a function that a pickle names. */
export interface PickleCallable {
  readonly name: string;
  /** Called with the pickle's arguments. Absent for a name that is only passed on. */
  readonly call?: (args: readonly PickleValue[]) => PickleValue;
}

/** What a {@link PickleCallable} or `persistent` has returned: opaque here. */
export interface PickleObject {
  readonly kind: string;
}

export interface PickleNames {
  /** The only classes and functions that a pickle may name, as `module.name`. */
  readonly callables: ReadonlyMap<string, PickleCallable>;
  /** The object that a persistent id stands for, such as a storage of numbers in another part of the file. */
  readonly persistent?: (id: PickleValue) => PickleValue;
}

/**
 * Reads a pickle without running code: the opcodes of protocol 2 that a dictionary of tensors needs, and no name but the given ones. Every
 * opcode takes at least one byte and adds at most one value, so memory is bounded by the length.
 *
 * Follows the opcodes' description in Python's `pickletools`.
 *
 * @returns the value, and the position after its end @throws ProblemError `unreadable-weights`
 */
export function readPickle(
  bytes: Uint8Array,
  from: number,
  names: PickleNames,
): { readonly value: PickleValue; readonly end: number } {
  return new Unpickler(bytes, from, names).read();
}

/** The start of a group of values on the stack. */
const MARK = Symbol('mark');

class Unpickler {
  readonly #stack: (PickleValue | typeof MARK)[] = [];
  readonly #memo = new Map<number, PickleValue>();
  readonly #view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
    private readonly names: PickleNames,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): { readonly value: PickleValue; readonly end: number } {
    for (;;) {
      const code = this.#take(1);
      if (code === STOP) return { value: this.#pop(), end: this.at };
      const step = OPCODES.get(code);
      if (step === undefined)
        throw unreadable(`its pickle has the instruction 0x${code.toString(16)}, which is not allowed`);
      step(this);
    }
  }

  /** An unsigned number of 1, 2 or 4 bytes. */
  number(size: 1 | 2 | 4): number {
    return this.#take(size);
  }

  signed(): number {
    return this.#view.getInt32(this.#skip(4), true);
  }

  /** A float64; the only big-endian number. */
  double(): number {
    return this.#view.getFloat64(this.#skip(8), false);
  }

  /** A little-endian two's complement number of any length. */
  long(size: number): number | bigint {
    const start = this.#skip(size);
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[start + i]!);
    value = BigInt.asIntN(size * 8, value);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  text(size: number): string {
    const start = this.#skip(size);
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, size).toString('utf8');
  }

  line(): string {
    const end = this.bytes.indexOf(NEWLINE, this.at);
    if (end < 0) throw cutOff();
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  mark(): void {
    this.#stack.push(MARK);
  }

  pop(): PickleValue {
    return this.#pop();
  }

  /** The last values, in their order. */
  popMany(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.#pop()).reverse();
  }

  popToMark(): PickleValue[] {
    const start = this.#stack.lastIndexOf(MARK);
    if (start < 0) throw wrongOrder();
    const values = this.#stack.splice(start).slice(1);
    return values as PickleValue[];
  }

  /** The value at the top, which stays. */
  top(): PickleValue {
    const value = this.#stack.at(-1);
    if (value === undefined || value === MARK) throw wrongOrder();
    return value;
  }

  remember(index: number): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw wrongOrder();
    this.push(value);
  }

  global(): void {
    const name = `${this.line()}.${this.line()}`;
    const known = this.names.callables.get(name);
    if (known === undefined) {
      throw unreadable(`its pickle names ${JSON.stringify(name.slice(0, 100))}, which is not allowed`);
    }
    this.push(known);
  }

  reduce(): void {
    const args = this.#pop();
    const callable = this.#pop();
    if (!Array.isArray(args) || !isCallable(callable) || callable.call === undefined) throw wrongOrder();
    this.push(callable.call(args));
  }

  persistent(): void {
    if (this.names.persistent === undefined) throw unreadable('its pickle refers to something outside of it');
    this.push(this.names.persistent(this.#pop()));
  }

  /** An object's attributes, such as the versions of a state's modules: of no use here. */
  ignoreState(): void {
    this.#pop();
  }

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw wrongOrder();
    return value;
  }

  #take(size: 1 | 2 | 4): number {
    const at = this.#skip(size);
    if (size === 1) return this.#view.getUint8(at);
    return size === 2 ? this.#view.getUint16(at, true) : this.#view.getUint32(at, true);
  }

  /** @returns the position before the skipped bytes */
  #skip(size: number): number {
    const at = this.at;
    if (at + size > this.bytes.length) throw cutOff();
    this.at += size;
    return at;
  }
}

type Step = (reader: Unpickler) => void;

const STOP = 0x2e;
const NEWLINE = 0x0a;

/** By their numbers; the names are pickletools'. */
const OPCODES: ReadonlyMap<number, Step> = new Map<number, Step>([
  [0x80, (r) => void r.number(1)], // PROTO
  [0x28, (r) => r.mark()], // MARK
  [0x30, (r) => void r.pop()], // POP
  [0x4e, (r) => r.push(null)], // NONE
  [0x88, (r) => r.push(true)], // NEWTRUE
  [0x89, (r) => r.push(false)], // NEWFALSE
  [0x4a, (r) => r.push(r.signed())], // BININT
  [0x4b, (r) => r.push(r.number(1))], // BININT1
  [0x4d, (r) => r.push(r.number(2))], // BININT2
  [0x8a, (r) => r.push(r.long(r.number(1)))], // LONG1
  [0x47, (r) => r.push(r.double())], // BINFLOAT
  [0x58, (r) => r.push(r.text(r.number(4)))], // BINUNICODE
  [0x54, (r) => r.push(r.text(r.number(4)))], // BINSTRING
  [0x55, (r) => r.push(r.text(r.number(1)))], // SHORT_BINSTRING
  [0x29, (r) => r.push([])], // EMPTY_TUPLE
  [0x85, (r) => r.push(r.popMany(1))], // TUPLE1
  [0x86, (r) => r.push(r.popMany(2))], // TUPLE2
  [0x87, (r) => r.push(r.popMany(3))], // TUPLE3
  [0x74, (r) => r.push(r.popToMark())], // TUPLE
  [0x5d, (r) => r.push([])], // EMPTY_LIST
  [0x61, (r) => append(r, r.popMany(1))], // APPEND
  [0x65, (r) => append(r, r.popToMark())], // APPENDS
  [0x7d, (r) => r.push(new Map())], // EMPTY_DICT
  [0x73, (r) => setItems(r, r.popMany(2))], // SETITEM
  [0x75, (r) => setItems(r, r.popToMark())], // SETITEMS
  [0x71, (r) => r.remember(r.number(1))], // BINPUT
  [0x72, (r) => r.remember(r.number(4))], // LONG_BINPUT
  [0x68, (r) => r.recall(r.number(1))], // BINGET
  [0x6a, (r) => r.recall(r.number(4))], // LONG_BINGET
  [0x63, (r) => r.global()], // GLOBAL
  [0x52, (r) => r.reduce()], // REDUCE
  [0x62, (r) => r.ignoreState()], // BUILD
  [0x51, (r) => r.persistent()], // BINPERSID
]);

function append(reader: Unpickler, values: readonly PickleValue[]): void {
  const list = reader.top();
  if (!Array.isArray(list)) throw wrongOrder();
  for (const value of values) list.push(value);
}

function setItems(reader: Unpickler, values: readonly PickleValue[]): void {
  const table = reader.top();
  if (!(table instanceof Map) || values.length % 2 !== 0) throw wrongOrder();
  for (let i = 0; i < values.length; i += 2) table.set(values[i]!, values[i + 1]!);
}

function isCallable(value: PickleValue): value is PickleCallable {
  return typeof value === 'object' && value !== null && 'name' in value;
}

const wrongOrder = () => unreadable('the instructions of its pickle do not fit together');
const cutOff = () => unreadable('it ends in the middle of its pickle');
