/** CSS of the data report only: grids of images, histograms. */
export const STYLE = `
h3 { margin: 0 0 .5rem; }
.mark { font-weight: 600; }
.axis { color: var(--soft); }
.name { font: 12px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }

.pair { margin-top: 1.25rem; display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 2.5rem; }
.cells { display: grid; gap: 6px; align-items: start; }
.cells + .cells { margin-top: 6px; }
.heads { margin-bottom: 4px; color: var(--soft); font-size: 12px; line-height: 1.35; }
.heads > :last-child { grid-column: 2 / -1; }
.tests { margin-top: 12px; padding-top: 8px; border-top: 1px solid var(--rule); }
img { display: block; width: 100%; height: auto; background: var(--rule); }
img.exact { image-rendering: pixelated; }
figcaption { min-height: 1.4em; font-size: 11px; line-height: 1.4; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }

table { font-size: 14px; }
th, td { padding: .3rem 1.4rem .3rem 0; }
th { font-size: 13px; }
th[scope=row] { max-width: 20rem; color: var(--ink); font-size: 14px; overflow-wrap: break-word; }
.end { color: var(--soft); }
.end:has(+ .inner), .inner { padding-right: .6rem; }
tr.group th { padding-top: .9rem; color: var(--soft); font-size: 13px; }

.sizes { display: grid; grid-template-columns: repeat(3, minmax(0, 17rem)); gap: 1rem 2.25rem; }
.sizes + p { font-size: 13px; }
.sizes figcaption { font-size: 13px; }
.bar-row { display: grid; grid-template-columns: 1.25rem minmax(0, 1fr); align-items: end; font-size: 12px; }
.bar-row strong { font-weight: 400; color: var(--soft); line-height: 1; }
.bar-row svg { display: block; width: 100%; height: auto; overflow: visible; }
.axis { display: flex; justify-content: space-between; padding-left: 1.25rem; font-size: 12px; }
.bars { fill: var(--bar); } .base { stroke: var(--rule); } .median { stroke: var(--mark); stroke-width: 1.25; }
.median-key { display: inline-block; width: 0; height: .9em; border-left: 1.5px solid var(--mark); vertical-align: -.1em; margin: 0 .35em 0 .2em; }

h3.kind { margin: 1.25rem 0 .5rem; }
.twice { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); gap: 1rem 2rem; margin: 0; padding: 0; list-style: none; }
.twice .cells { grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr)); gap: 3px; }
.twice figcaption { white-space: normal; font-size: 11px; }
.twice .name { font-size: 11px; }
.named { margin: 1rem 0; padding: 0; list-style: none; columns: 26rem; column-gap: 2.5rem; font-size: 13px; }
.tables { display: flex; flex-wrap: wrap; gap: 0 3rem; }
.tables > * { min-width: 0; }
.tables p { max-width: 34rem; font-size: 13px; }
table.skipped td { padding-top: .2rem; padding-bottom: .2rem; }

@media (max-width: 62rem) { .pair { grid-template-columns: minmax(0, 1fr); gap: 2rem; } }
@media (max-width: 40rem) {
  .cells { gap: 3px; }
  .sizes { grid-template-columns: minmax(0, 1fr); }
  .twice { gap: 1rem; }
}
@media print {
  .pair { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.5rem; }
  .cells, figure, tr, .twice li, .sizes { break-inside: avoid; }
}
`;
