/** What systems and archivers leave behind; everything whose name starts with a dot is, too. */
const DEBRIS = new Set(['__macosx', '$recycle.bin', 'system volume information', '@eadir', 'thumbs.db', 'desktop.ini']);

/** Whether a file or folder is nobody's: hidden, or debris of macOS, Windows and the like. */
export function isJunkFile(name: string): boolean {
  return name.startsWith('.') || DEBRIS.has(name.toLowerCase());
}
