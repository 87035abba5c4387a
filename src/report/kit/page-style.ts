/** CSS that all pages share, for screen and print; it loads nothing. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --paper: #fffefb; --ink: #1c1b19; --soft: #6b6862; --rule: #e2dfd8; --faint: #efece5; --bar: #a9a59c; --mark: #a3301c; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #161615; --ink: #e6e3dc; --soft: #98948b; --rule: #33312e; --faint: #242321; --bar: #6c6962; --mark: #f0836d; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 76rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; text-rendering: optimizeLegibility; -webkit-text-size-adjust: 100%; }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; font-weight: 600; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { margin: 3rem 0 .6rem; font-size: 1.15rem; line-height: 1.3; font-weight: 600; letter-spacing: -.005em; overflow-wrap: anywhere; }
h3 { margin: 1.5rem 0 .5rem; font-size: 1rem; font-weight: 600; overflow-wrap: anywhere; }
p { margin: .4rem 0; max-width: 44rem; text-wrap: pretty; overflow-wrap: anywhere; }
strong { font-weight: 600; }
a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: .15em; }
a:hover { text-decoration-color: currentColor; }
.soft, figcaption, th, dt { color: var(--soft); }
.lede { margin-top: .6rem; font-size: 1.1rem; }
.mark { color: var(--mark); }
code { font: 12px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
dl.source { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .1rem 1rem; margin: 1rem 0 0; font-size: 13px; }
dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 0; min-width: 0; }
.wide { overflow-x: auto; }
.wide:focus-visible { outline: 2px solid var(--soft); }
table { border-collapse: collapse; line-height: 1.35; }
th, td { text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--rule); }
th { font-weight: 400; } thead th { vertical-align: bottom; }
.n { text-align: right; white-space: nowrap; } .n.mid { text-align: center; }

@media (max-width: 40rem) {
  body { padding: 1.5rem 1rem 3rem; }
  h1 { font-size: 1.5rem; }
  dl.source { grid-template-columns: minmax(0, 1fr); }
  dd { margin-bottom: .3rem; }
}
@media print {
  :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #555; --rule: #ccc; --faint: #eee; --bar: #999; --mark: #900; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2, h3 { break-after: avoid; }
  .wide { overflow: visible; }
}
`;
