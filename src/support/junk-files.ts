/** Files left by operating systems and archivers; hidden files are junk, too. */
const JUNK = new Set([
  '__macosx',
  '$recycle.bin',
  'system volume information',
  '@eadir',
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  'icon\r',
]);

/** Whether a file or folder is not the user's: hidden, or left by macOS, Windows and the like. */
export function isJunkFile(name: string): boolean {
  return name.startsWith('.') || JUNK.has(name.toLowerCase());
}
