/** Files of a store's data report, relative to the store's folder. */
export const DATA_REPORT = {
  page: 'report/index.html',
  markdown: 'report/data.md',
  grids: { A: 'report/A.png', B: 'report/B.png' },
} as const;
