/** The first sentence of a message, for a list: `Training diverged: the loss is NaN at step 7.` */
export function firstSentence(text: string): string {
  const line = text.trimStart().split('\n', 1)[0]!.trimEnd();
  // A point within a number, a path or a file's name ends nothing, nor does one before a small letter.
  const end = /[.!?](?=\s+["'“(]?\p{Lu})/u.exec(line);
  return end === null ? line : line.slice(0, end.index + 1);
}
