/** Calm, dense, on paper as on the screen; nothing is fetched. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fffefb; --ink: #1c1b19; --soft: #6b6862; --rule: #e2dfd8; --bar: #a9a59c; --mark: #a3301c; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #161615; --ink: #e6e3dc; --soft: #98948b; --rule: #33312e; --bar: #6c6962; --mark: #f0836d; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 76rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; text-rendering: optimizeLegibility; -webkit-text-size-adjust: 100%; }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; font-weight: 600; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { margin: 3rem 0 .75rem; font-size: 1.15rem; line-height: 1.3; font-weight: 600; letter-spacing: -.005em; }
h3 { margin: 0 0 .5rem; font-size: 1rem; font-weight: 600; }
p { margin: .4rem 0; max-width: 44rem; text-wrap: pretty; }
a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: .15em; }
a:hover { text-decoration-color: currentColor; }
.soft, figcaption, th, dt, .axis { color: var(--soft); }
.lede { margin-top: .6rem; font-size: 1.1rem; }
.mark { color: var(--mark); font-weight: 600; }
code, .name { font: 12px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
dl.source { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .1rem 1rem; margin: 1rem 0 0; font-size: 13px; }
dd { margin: 0; overflow-wrap: anywhere; }

.pair { margin-top: 1.25rem; display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 2.5rem; }
.cells { display: grid; gap: 6px; align-items: start; }
.cells + .cells { margin-top: 6px; }
.heads { margin-bottom: 4px; color: var(--soft); font-size: 12px; line-height: 1.35; }
.heads > :last-child { grid-column: 2 / -1; }
.tests { margin-top: 12px; padding-top: 8px; border-top: 1px solid var(--rule); }
figure { margin: 0; min-width: 0; }
img { display: block; width: 100%; height: auto; background: var(--rule); }
img.exact { image-rendering: pixelated; }
figcaption { min-height: 1.4em; font-size: 11px; line-height: 1.4; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }

.wide { overflow-x: auto; }
.wide:focus-visible { outline: 2px solid var(--soft); }
table { border-collapse: collapse; font-size: 14px; line-height: 1.35; }
th, td { padding: .3rem 1.4rem .3rem 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--rule); }
th { font-weight: 400; font-size: 13px; }
th[scope=row] { max-width: 20rem; color: var(--ink); font-size: 14px; overflow-wrap: break-word; }
thead th { vertical-align: bottom; }
.n { text-align: right; white-space: nowrap; }
.n.mid { text-align: center; }
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
  body { padding: 1.5rem 1rem 3rem; }
  h1 { font-size: 1.5rem; }
  .cells { gap: 3px; }
  .sizes { grid-template-columns: minmax(0, 1fr); }
  dl.source { grid-template-columns: minmax(0, 1fr); }
  dd { margin-bottom: .3rem; }
  .twice { gap: 1rem; }
}
@media print {
  :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #555; --rule: #ccc; --bar: #999; --mark: #900; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .pair { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.5rem; }
  .cells, figure, tr, .twice li, .sizes { break-inside: avoid; } h2 { break-after: avoid; }
  .wide { overflow: visible; }
}
`;
