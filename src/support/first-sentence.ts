/** The first sentence of a message, for a list: `Training diverged: the loss is NaN at step 7.` */
export function firstSentence(text: string): string {
  const line = text.trimStart().split('\n', 1)[0]!.trimEnd();
  // A point within a number or a file's name does not end a sentence, nor does one before a lower-case letter.
  const end = /[.!?](?=\s+["'“(]?\p{Lu})/u.exec(line);
  return end === null ? line : line.slice(0, end.index + 1);
}
