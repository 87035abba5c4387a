import { readFile } from 'node:fs/promises';
import type { Features } from '../registry/kinds/metric.js';
import { writeFileAtomic } from '../support/files.js';
import { sha256 } from '../support/hash.js';
import { isJsonObject } from '../support/json.js';

/** The first line of a file of features, as JSON. Spaces fill it up to a multiple of four bytes. */
interface Header {
  readonly format: typeof FORMAT;
  readonly count: number;
  readonly width: number;
  /** Logits of an image; 0 without. */
  readonly classes: number;
  /** Of what the features were computed from and with. */
  readonly key: string;
  /** SHA-256 of all bytes after the header. */
  readonly sha256: string;
}

const FORMAT = 1;
const NEWLINE = 0x0a;
const LONGEST_HEADER = 1024;

/** Writes features atomically: a header, then little-endian float32s: [count, width] features, [count, classes] logits. */
export async function writeFeatures(
  path: string,
  key: string,
  { count, width, values, logits }: Features,
): Promise<void> {
  const content = Buffer.concat([bytesOf(values), ...(logits === undefined ? [] : [bytesOf(logits)])]);
  const classes = logits === undefined ? 0 : logits.length / count;
  const header: Header = { format: FORMAT, count, width, classes, key, sha256: sha256(content) };
  const line = JSON.stringify(header);
  const padded = `${line.padEnd(Math.ceil((line.length + 1) / 4) * 4 - 1)}\n`;
  await writeFileAtomic(path, Buffer.concat([Buffer.from(padded), content]));
}

/** Reads what {@link writeFeatures} wrote; undefined where there is none, or it is damaged, or of something else. */
export async function readFeatures(path: string, key: string, count: number): Promise<Features | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  const end = bytes?.subarray(0, LONGEST_HEADER).indexOf(NEWLINE) ?? -1;
  if (bytes === undefined || end < 0) return undefined;
  const header = parsed(bytes.toString('utf8', 0, end));
  const content = bytes.subarray(end + 1);
  if (header?.key !== key || header.count !== count || header.sha256 !== sha256(content)) return undefined;
  const { width, classes } = header;
  if (content.length !== count * (width + classes) * 4) return undefined;
  const numbers = new Float32Array(new Uint8Array(content).buffer);
  const values = numbers.subarray(0, count * width);
  return { count, width, values, ...(classes > 0 && { logits: numbers.subarray(count * width) }) };
}

function parsed(line: string): Header | undefined {
  try {
    const header: unknown = JSON.parse(line);
    return isJsonObject(header) && header['format'] === FORMAT ? (header as unknown as Header) : undefined;
  } catch {
    return undefined;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
