/** Files of the look at a store's data, relative to the store's folder. */
export const DATA_REPORT = {
  page: 'look/index.html',
  words: 'look/words.md',
  grids: { A: 'look/A.png', B: 'look/B.png' },
} as const;
