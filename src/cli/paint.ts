/** Colours for a terminal; plain text for everything else. */
export type Paint = Readonly<Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', (text: string) => string>>;

/** Colours if the stream is a terminal, overridden by NO_COLOR (https://no-color.org) and FORCE_COLOR (https://force-color.org). */
export function paint(stream: { readonly isTTY?: boolean }, env: Readonly<Record<string, string | undefined>>): Paint {
  return palette(hasColours(stream, env));
}

function palette(on: boolean): Paint {
  const style = (open: number, close: number) => (text: string) =>
    on && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    cyan: style(36, 39),
  };
}

/** No colours. */
export const plain: Paint = palette(false);

export function hasColours(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const forced = env.FORCE_COLOR ?? '';
  if ((env.NO_COLOR ?? '') !== '' || forced === '0' || forced === 'false') return false;
  return forced !== '' || (stream.isTTY === true && env.TERM !== 'dumb');
}
