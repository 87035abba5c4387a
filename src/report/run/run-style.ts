/** CSS of the report about a run. The page's script draws charts and the gallery of test images with the same colours. */
export const RUN_STYLE = `
:root { --c1: #1f5fa8; --c2: #c25a14; --c3: #2f7d4f; --c4: #8a3f98; --c5: #9a7400; --c6: #b8324f; --good: #2f7d4f; }
@media (prefers-color-scheme: dark) {
  :root { --c1: #7fb6f2; --c2: #f2a468; --c3: #7fcf9c; --c4: #d29be0; --c5: #dcbc55; --c6: #f28a9f; --good: #7fcf9c; }
}
html { scroll-padding-top: 3rem; }
:root.printing { --c1: #1f5fa8; --c2: #c25a14; --c3: #2f7d4f; --c4: #8a3f98; --c5: #9a7400; --c6: #b8324f; --soft: #555; --faint: #e6e6e6; }
:focus-visible { outline: 2px solid var(--c1); outline-offset: 2px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.lede { max-width: 58rem; font-size: 1.25rem; line-height: 1.4; } .verdict { display: block; }
.alarm { padding: .5rem .8rem; border-left: 3px solid var(--mark); background: var(--faint); max-width: 58rem; }
nav { position: sticky; top: 0; z-index: 2; display: flex; gap: 0 1.1rem; margin: 1.25rem 0 0; padding: .55rem 0; overflow-x: auto; background: var(--paper); border-bottom: 1px solid var(--rule); font-size: 14px; scrollbar-width: none; }
nav a { flex: none; color: var(--soft); text-decoration: none; } nav a:hover { color: var(--ink); text-decoration: underline; }
h3 .soft { font-weight: 400; font-size: 13px; }
button, select, input[type=range] { font: inherit; font-size: 14px; accent-color: var(--c1); }
button, select { color: inherit; background: var(--faint); border: 1px solid var(--rule); border-radius: 5px; padding: .22rem .7rem; cursor: pointer; }
button:hover:not(:disabled), select:hover { border-color: var(--bar); } button:disabled { color: var(--soft); opacity: .6; cursor: default; }
button[aria-pressed=true] { border-color: var(--c1); box-shadow: inset 0 0 0 1px var(--c1); }
.controls { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.25rem; margin: .5rem 0 1rem; font-size: 14px; }
.controls[hidden] { display: none; }
.controls label { display: inline-flex; align-items: center; gap: .5rem; max-width: 100%; } .controls select { min-width: 0; } .controls .soft { font-size: 13px; }

.pairs ul { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 1rem; margin: 0; padding: 0; list-style: none; }
.pairs.worst ul { grid-template-columns: repeat(6, minmax(0, 1fr)); gap: .75rem; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 2px; }
.pairs.nearest ul { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1rem 1.25rem; } .three { grid-template-columns: repeat(3, 1fr); }
.two img { display: block; width: 100%; height: auto; }
.two img:first-child { border-radius: 4px 0 0 4px; } .two img + img { border-radius: 0 4px 4px 0; } .three img:nth-child(2) { border-radius: 0; } .three span { flex: 1 1 0; } .three b { flex: none; } .three span:last-child { text-align: right; }
.two figcaption { grid-column: 1 / -1; display: flex; justify-content: space-between; gap: .5rem; font-size: 12px; }
.two figcaption span { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
figcaption b, .card b { font-weight: 500; color: var(--ink); }
img { background: var(--faint); } img.exact { image-rendering: pixelated; }

table { font-size: 14px; } th, td { padding: .3rem 1.5rem .3rem 0; vertical-align: middle; } th { font-size: 13px; }
tbody th[scope=row] { color: var(--ink); font-size: 14px; } td:last-child, th:last-child { padding-right: 0; }
tr.group th { padding-top: .9rem; font-weight: 600; color: var(--ink); }
.metrics .at, .range, .reason { display: block; font-size: 12px; color: var(--soft); font-weight: 400; }
.metrics b { font-weight: 600; } .better { color: var(--soft); } .reason { max-width: 36rem; overflow-wrap: anywhere; }
.scale svg { display: block; width: 220px; height: 22px; overflow: visible; } .scale-head { min-width: 220px; }
.base { stroke: var(--rule); stroke-width: 1.5; } .real { stroke: var(--good); stroke-width: 3; } .input { fill: var(--paper); stroke: var(--soft); stroke-width: 1.75; }
.value, .dot { --own: var(--c1); } .value.v1, .dot.v1 { --own: var(--c2); } .value.v2, .dot.v2 { --own: var(--c3); } .dot { color: var(--own); } .value circle { fill: var(--own); stroke: var(--paper); stroke-width: 1; } .interval { stroke: var(--own); stroke-width: 6; stroke-opacity: .35; stroke-linecap: round; }
.key { font-size: 13px; max-width: none; }

.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); gap: 1.5rem 2rem; }
.chart figcaption { margin-bottom: .2rem; font-size: 14px; color: var(--ink); font-weight: 500; overflow-wrap: anywhere; }
.plot { min-height: 220px; touch-action: pan-y; }
.legend { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem .4rem; font-size: 12px; padding-left: 52px; }
.legend button { padding: .05rem .45rem; font-size: 12px; background: none; border-color: transparent; box-shadow: none; } .legend button:hover { border-color: var(--rule); }
.legend button[aria-pressed=false] { opacity: .5; text-decoration: line-through; }
.legend i { display: inline-block; width: .7em; height: .7em; margin-right: .4em; border-radius: 2px; } .legend b { font-weight: 600; }
.legend .soft { margin-left: auto; }
.uplot, .uplot * { box-sizing: border-box; } .uplot { width: min-content; } .u-wrap { position: relative; user-select: none; } .u-over, .u-under { position: absolute; } .u-under { overflow: hidden; }
.uplot canvas { display: block; position: relative; width: 100%; height: 100%; } .u-axis { position: absolute; }
.u-select { background: color-mix(in srgb, var(--c1) 16%, transparent); position: absolute; pointer-events: none; }
.u-cursor-x, .u-cursor-y { position: absolute; left: 0; top: 0; pointer-events: none; } .u-cursor-x { height: 100%; border-right: 1px solid var(--bar); } .u-cursor-y { display: none; }
.u-cursor-pt { position: absolute; top: 0; left: 0; border-radius: 50%; border: 0 solid; pointer-events: none; background-clip: padding-box !important; }
.u-cursor-x.u-off, .u-select.u-off, .u-cursor-pt.u-off { display: none; }

#moment { flex: 1 1 14rem; max-width: 32rem; } #moment-text { min-width: 13em; }
.series { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1.25rem 2rem; }
.series img { display: block; width: 100%; max-width: 40rem; height: auto; background: none; image-rendering: pixelated; } .series figcaption { font-size: 13px; margin-bottom: .4rem; } .series strong { color: var(--ink); }

.segments { display: inline-flex; } .segments button { border-radius: 0; } .segments button:first-child { border-radius: 5px 0 0 5px; } .segments button:last-child { border-radius: 0 5px 5px 0; } .segments button + button { margin-left: -1px; }
.gallery { --at: 50%; display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); gap: .75rem; }
.card { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .1rem .4rem; padding: 0; border: 0; background: none; text-align: left; font-size: 12px; color: var(--soft); content-visibility: auto; contain-intrinsic-size: auto 9rem; }
.card > span:not(.both) { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.both { position: relative; display: block; grid-column: 1 / -1; aspect-ratio: 1; overflow: hidden; border-radius: 4px; }
.both img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; } .both .before { clip-path: inset(0 calc(100% - var(--at)) 0 0); }
.both::after { content: ''; position: absolute; top: 0; bottom: 0; left: calc(var(--at) - .5px); width: 1px; background: #fff; mix-blend-mode: difference; }
.more { margin: 1rem 0 0; }

#viewer { width: min(46rem, calc(100vw - 1.5rem)); max-height: calc(100vh - 1.5rem); padding: 1rem 1.25rem 1.25rem; border: 1px solid var(--rule); border-radius: 10px; color: var(--ink); background: var(--paper); }
#viewer::backdrop { background: rgb(0 0 0 / .55); }
.viewer-head { display: flex; align-items: center; gap: .5rem; margin-bottom: .75rem; } .viewer-head strong { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.large { --at: 50%; position: relative; width: min(100%, 66vh); margin: 0 auto; } .large .both { border-radius: 6px; } .large .both::after { display: none; }
.large input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: ew-resize; touch-action: pan-y; }
.large .line { position: absolute; top: 0; bottom: 0; left: var(--at); width: 2px; margin-left: -1px; background: #fff; box-shadow: 0 0 0 1px rgb(0 0 0 / .45); pointer-events: none; }
.large .line::after { content: '◂ ▸'; position: absolute; top: 50%; left: 50%; translate: -50% -50%; padding: .25rem .45rem; border-radius: 99px; background: #fff; color: #222; font: 11px/1 system-ui, sans-serif; white-space: nowrap; box-shadow: 0 0 0 1px rgb(0 0 0 / .45); }
.large:has(input:focus-visible) { outline: 2px solid var(--c1); outline-offset: 3px; border-radius: 6px; }
.tag { position: absolute; bottom: .5rem; padding: .1rem .5rem; border-radius: 4px; background: rgb(0 0 0 / .6); color: #fff; font-size: 12px; pointer-events: none; } .tag.left { left: .5rem; } .tag.right { right: .5rem; }
.others { display: flex; gap: 1rem; margin-top: .75rem; } .others img { display: block; width: 8rem; height: auto; border-radius: 4px; } .others figcaption { font-size: 12px; }

details summary { cursor: pointer; width: max-content; } pre { margin: .5rem 0; padding: .8rem 1rem; background: var(--faint); border-radius: 6px; max-height: 32rem; overflow: auto; } pre code { white-space: pre; overflow-wrap: normal; }
.bar { width: 12rem; min-width: 6rem; } .bar span { display: block; height: .55rem; min-width: 1px; border-radius: 2px; background: var(--bar); }
.options td { max-width: 36rem; overflow-wrap: anywhere; } .options code { overflow-wrap: break-word; } @media (min-width: 44rem) { .options code { white-space: nowrap; } }
ul.plain { margin: 0; padding-left: 1.1rem; max-width: 58rem; font-size: 14px; overflow-wrap: anywhere; }

@media (max-width: 62rem) { .pairs ul { grid-template-columns: repeat(2, minmax(0, 1fr)); } .pairs.worst ul { grid-template-columns: repeat(3, minmax(0, 1fr)); } .pairs.nearest ul { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (max-width: 40rem) {
  .lede { font-size: 1.1rem; } th, td { padding-right: 1rem; }
  .pairs.worst ul { grid-template-columns: repeat(2, minmax(0, 1fr)); } .pairs.nearest ul { grid-template-columns: minmax(0, 1fr); } .gallery { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .5rem; }
  .legend { padding-left: 0; } .divider input { flex: 1; min-width: 0; } .divider { width: 100%; }
  #viewer { padding: .75rem; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print {
  nav, .controls, .more, dialog, .legend .soft { display: none !important; }
  .pairs, figure, tr, .card { break-inside: avoid; } .card { content-visibility: visible; }
  .pairs ul { grid-template-columns: repeat(4, minmax(0, 1fr)); } .pairs.worst ul { grid-template-columns: repeat(6, minmax(0, 1fr)); } .pairs.nearest ul { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .charts { grid-template-columns: 1fr 1fr; gap: 1rem; } .charts canvas { max-width: 100%; }
  img, svg, .legend i, .bar span { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
`;
