/**
 * The few TensorBoard events that tfjs-node's writer has no function for, as serialised protocol buffers (tensorflow/core/util/event.proto and
 * tensorflow/core/framework/summary.proto). They reach the event file through the native op `ImportEvent`.
 */

/** A PNG under a tag, shown by TensorBoard's image dashboard. */
export function imageEvent(tag: string, step: number, png: Uint8Array, wallTime: number): Uint8Array {
  const { width, height } = pngSize(png);
  const RGB = 3;
  const image = concat([varint(1, height), varint(2, width), varint(3, RGB), bytes(4, png)]);
  const value = concat([bytes(1, utf8(tag)), bytes(4, image)]);
  return event(step, wallTime, bytes(5, bytes(1, value)));
}

/**
 * Words under a tag, in Markdown, shown by TensorBoard's text dashboard: a string tensor without dimensions, with the metadata by which that
 * plugin knows its own (tensorboard/plugins/text/metadata.py).
 */
export function textEvent(tag: string, step: number, markdown: string, wallTime: number): Uint8Array {
  const [DT_STRING, DATA_CLASS_TENSOR] = [7, 2];
  const tensor = concat([varint(1, DT_STRING), bytes(2, new Uint8Array()), bytes(8, utf8(markdown))]);
  const metadata = concat([bytes(1, bytes(1, utf8('text'))), varint(4, DATA_CLASS_TENSOR)]);
  const value = concat([bytes(1, utf8(tag)), bytes(8, tensor), bytes(9, metadata)]);
  return event(step, wallTime, bytes(5, bytes(1, value)));
}

/**
 * The start of a session at a step: TensorBoard's reader forgets what earlier sessions wrote from that step on, so that
 * steps that are done again after a crash are not drawn twice.
 */
export function sessionStartEvent(step: number, wallTime: number): Uint8Array {
  const START = 1;
  return event(step, wallTime, bytes(7, varint(1, START)));
}

/** message Event { double wall_time = 1; int64 step = 2; oneof what { Summary summary = 5; SessionLog session_log = 7; } } */
function event(step: number, wallTime: number, what: Uint8Array): Uint8Array {
  const seconds = new Uint8Array(9);
  seconds[0] = (1 << 3) | 1;
  new DataView(seconds.buffer).setFloat64(1, wallTime / 1000, true);
  return concat([seconds, varint(2, step), what]);
}

function varint(field: number, value: number): Uint8Array {
  return Uint8Array.from([field << 3, ...base128(value)]);
}

function bytes(field: number, content: Uint8Array): Uint8Array {
  return concat([Uint8Array.from([(field << 3) | 2, ...base128(content.length)]), content]);
}

function base128(value: number): number[] {
  const digits: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) digits.push((value % 128) | 128);
  return [...digits, value];
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const concat = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** Width and height stand in the IHDR chunk, which is always first. */
function pngSize(png: Uint8Array): { width: number; height: number } {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
