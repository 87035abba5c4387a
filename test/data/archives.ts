import { createHash } from 'node:crypto';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { Header, Pax } from 'tar';
import { byTable } from '../../src/data/unpack/crc32.js';
import { xz } from './xz.js';

/** An entry of a test archive; its headers are correct unless overridden. */
export interface TestEntry {
  readonly name: string;
  /** The bytes of the name, where it is not UTF-8. */
  readonly rawName?: Buffer;
  /** Of a zip: the name in Info-ZIP's Unicode field (0x7075), beside `rawName`. */
  readonly unicodeName?: string;
  readonly content?: string | Uint8Array;
  /** Unix file type and mode. */
  readonly mode?: number;
  /** The size in a zip's header, where it is wrong on purpose. */
  readonly size?: number;
  readonly crc?: number;
  readonly flags?: number;
  readonly method?: number;
  /** The type of a tar entry, and the target of a link. */
  readonly type?: Header['type'];
  readonly link?: string;
}

/** A zip archive, byte by byte. */
export function zip(...entries: readonly TestEntry[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = entry.rawName ?? Buffer.from(entry.name);
    const content = Buffer.from(entry.content ?? '');
    const method = entry.method ?? 8;
    const packed = method === 0 ? content : deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(entry.flags ?? 0x800, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(entry.crc ?? byTable(content, 0), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(entry.size ?? content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const extra = entry.unicodeName === undefined ? Buffer.alloc(0) : unicodeField(name, entry.unicodeName);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6);
    central.writeUInt32LE(offset, 10);
    const body = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, packed]);
    bodies.push(body);
    const listed = Buffer.from(common);
    listed.writeUInt16LE(extra.length, 24);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), listed, central, name, extra]));
    offset += body.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}

/** Info-ZIP's Unicode Path Extra Field: version, CRC-32 of the name that it replaces, the name in UTF-8. */
function unicodeField(replaced: Buffer, name: string): Buffer {
  const field = Buffer.alloc(9);
  field.writeUInt16LE(0x7075, 0);
  field.writeUInt16LE(5 + Buffer.byteLength(name), 2);
  field.writeUInt8(1, 4);
  field.writeUInt32LE(byTable(replaced, 0), 5);
  return Buffer.concat([field, Buffer.from(name)]);
}

/** A tar archive. */
export function tar(...entries: readonly TestEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, rawName, content = '', type, link }) => {
    const body = Buffer.from(content);
    const fields = {
      path: name,
      size: body.length,
      type: type ?? 'File',
      mode: 0o4777,
      ...(link === undefined ? {} : { linkpath: link }),
    };
    const header = new Header(fields);
    const block = Buffer.alloc(512);
    // A name that does not fit is written before it, in a pax header.
    const long = header.encode(block) ? [new Pax({ path: name }).encode()] : [];
    if (rawName !== undefined) rename(block, rawName);
    return [...long, block, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** Replaces the name in a tar header. */
function rename(header: Buffer, name: Buffer): void {
  header.fill(0, 0, 100).set(name);
  header.fill(' ', 148, 156);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
}

export function tgz(...entries: readonly TestEntry[]): Buffer {
  return gzipSync(tar(...entries));
}

export function txz(...entries: readonly TestEntry[]): Buffer {
  return xz(tar(...entries));
}

export function sha(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
