/** Colours of the runs on light and on dark paper, distinguishable without red or green vision; letters say the same. */
const RUN_COLOURS: readonly (readonly [light: string, dark: string])[] = [
  ['#1f5fa8', '#7db8f5'],
  ['#c25a12', '#f0a05a'],
  ['#1d7f5f', '#62c9a3'],
  ['#8a3f9c', '#d09be0'],
  ['#a8324a', '#f08aa0'],
  ['#5b6b12', '#bcc95c'],
  ['#0e7c8c', '#5fc9d8'],
  ['#6b5a50', '#b8a79c'],
];

const colours = (theme: 0 | 1) => RUN_COLOURS.map((pair, i) => `--r${i}: ${pair[theme]};`).join(' ');
const classes = RUN_COLOURS.map((_, i) => `.r${i} { --run: var(--r${i}); }`).join(' ');

/** CSS of the comparison only: values with intervals, sheets of images, curves. */
export const STYLE = `
:root { ${colours(0)} --good: #1d6b3f; --tag: #fff; }
@media (prefers-color-scheme: dark) { :root { ${colours(1)} --good: #74cf97; --tag: #161615; } }
${classes}
section > p { font-size: 13px; }
.lede + .lede { margin-top: .2rem; } .lede { max-width: 58rem; } .lede.small { font-size: 15px; }
.tag { display: inline-block; min-width: 1.55em; padding: 0 .35em; border-radius: 3px; background: var(--run); color: var(--tag); font-size: .85em; line-height: 1.5; font-weight: 600; text-align: center; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
strong.even, strong.soft { font-weight: 400; } .good { color: var(--good); } .bad { color: var(--mark); }
table { font-size: 13px; }
th, td { padding: .3rem 1.2rem .3rem 0; }
th[scope=row] { color: var(--ink); }
.runs { margin-top: 1.2rem; } .runs th[scope=row] { font-weight: 600; } .runs th, .when { white-space: nowrap; }
.differences td { max-width: 24rem; overflow-wrap: anywhere; } .differences tbody tr:hover { background: var(--faint); }

.metrics { display: grid; gap: 1.4rem; margin-top: 1rem; }
.metric { width: 100%; table-layout: fixed; }
.metric caption { padding: 0 0 .3rem; border-bottom: 1px solid var(--bar); color: var(--soft); text-align: left; }
.metric caption strong { margin-right: .4rem; color: var(--ink); font-size: 15px; }
.metric td, .metric th { padding: .14rem .9rem .14rem 0; border: 0; vertical-align: middle; }
.metric tbody + tbody > tr:first-child > * { border-top: 1px solid var(--rule); }
.metric tbody > tr:first-child > * { padding-top: .4rem; } .metric tbody > tr:last-child > * { padding-bottom: .4rem; }
.metric th[scope=rowgroup] { color: var(--ink); vertical-align: top; }
.for-readers { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.metric th[scope=rowgroup] { overflow-wrap: anywhere; } .metric col.where { width: 8rem; } .metric col.who { width: 2.6rem; } .metric col.value { width: 12.5rem; } .metric col.verdict { width: 39%; }
.metric .value { white-space: nowrap; }
.plot { position: relative; height: 1.3rem; border-radius: 2px; background: var(--faint); -webkit-print-color-adjust: exact; print-color-adjust: exact; }
.plot i { position: absolute; top: 50%; }
.plot .bar { height: .5rem; margin-top: -.25rem; min-width: 2px; border-radius: .25rem; background: var(--run); opacity: .38; }
.plot .dot { width: .6rem; height: .6rem; margin: -.3rem 0 0 -.3rem; border-radius: 50%; background: var(--run); box-shadow: 0 0 0 1.5px var(--paper); }
.plot .base { top: 0; bottom: 0; width: 0; border-left: 1.5px dashed var(--bar); }
.tick { display: inline-block; height: .9em; margin: 0 .3em; border-left: 1.5px dashed var(--bar); vertical-align: -.1em; }

.images { display: grid; grid-template-columns: repeat(var(--columns), minmax(5.5rem, 15rem)); gap: 6px; padding-bottom: 4px; }
.heads { position: sticky; top: 0; padding: 4px 0; background: var(--paper); color: var(--soft); font-size: 12px; line-height: 1.4; align-items: end; }
.heads .name { overflow-wrap: anywhere; }
.images img { display: block; width: 100%; height: auto; background: var(--rule); } img.exact { image-rendering: pixelated; }
.images figcaption { min-height: 1.4em; font-size: 11px; line-height: 1.4; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.images figcaption strong { color: var(--ink); }
.missing { display: grid; place-items: center; aspect-ratio: 1; background: var(--faint); color: var(--soft); font-size: 11px; }

.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1.3rem 2rem; margin-top: .8rem; }
.charts figcaption { font-size: 13px; overflow-wrap: anywhere; color: var(--ink); }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font-size: 11px; fill: var(--soft); }
.grid { stroke: var(--faint); } svg .base { stroke: var(--bar); }
.line { fill: none; stroke: var(--run); stroke-width: 1.6; stroke-linejoin: round; }
svg text.end { fill: var(--run); font-weight: 600; }

@media (min-width: 52rem) {
  /* Heads stay in sight, which they cannot in a part that scrolls sideways. */
  .sheet { overflow: visible; }
  .images { grid-template-columns: repeat(var(--columns), minmax(0, 15rem)); }
}
@media (max-width: 52rem) {
  .metric, .metric tbody, .metric caption { display: block; }
  .metric tr { display: grid; grid-template-columns: 2.4rem minmax(0, 1fr) 10.7rem; align-items: center; padding: .25rem 0; }
  .metric th[scope=rowgroup] { grid-column: 1 / -1; padding: .2rem 0; }
  .metric tbody > tr:first-child > *, .metric tbody > tr:last-child > * { padding-top: .14rem; padding-bottom: .14rem; }
  .metric tbody + tbody > tr:first-child > * { border-top: 0; } .metric tbody + tbody { border-top: 1px solid var(--rule); }
  .metric colgroup { display: none; } .metric .value { padding-right: 0; text-align: right; white-space: normal; }
  .metric .verdict { grid-column: 2 / -1; padding-right: 0; }
}
@media print {
  :root { ${colours(0)} --good: #1d6b3f; --tag: #fff; }
  .heads { position: static; }
  .images, figure, tr, .metric { break-inside: avoid; }
}
`;
