#pragma once

#include <string_view>

namespace keyslot::sim {

/// The look of a report, light and dark. The colours are those of Okabe and Ito, which people who
/// are colour-blind can tell apart; where two meet, a pattern or a place tells them apart as well.
inline constexpr std::string_view html_style = R"html(
:root { color-scheme: light dark;
  --page: #fff; --ink: #1b1f24; --soft: #5b6570; --line: #d5dae0; --panel: #f5f7f9;
  --master: #8cc4ea; --replica: #c3cbd3; --down: #6b7280; --paused: #e69f00; --fault: #e69f00;
  --refused: #d55e00; --moved: #a8447c; --ask: #00785a; --answered: #56b090; --good: #00694e; --bad: #b3400a; }
@media (prefers-color-scheme: dark) { :root {
  --page: #14181d; --ink: #e6eaee; --soft: #9aa5b1; --line: #333c46; --panel: #1c2229;
  --master: #1f6aa5; --replica: #4a5561; --down: #8b95a1; --paused: #e69f00; --fault: #e69f00;
  --refused: #f0772b; --moved: #dd8fb8; --ask: #2fc29a; --answered: #2c8a6b; --good: #43c59e; --bad: #ff8a4c; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
  max-width: 76rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.3rem; margin: .2rem 0 .8rem; } h1 small { color: var(--soft); font-weight: normal; }
h3 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
a { color: inherit; }
.verdict { font-weight: 600; white-space: nowrap; } .good { color: var(--good); } .bad { color: var(--bad); }
details.run { border-top: 1px solid var(--line); padding: .6rem 0 1.2rem; }
details.run > summary { cursor: pointer; font-size: 1.1rem; font-weight: 600; overflow-wrap: anywhere; }
.figures { display: flex; flex-wrap: wrap; gap: .5rem; margin: .8rem 0; padding: 0; list-style: none; }
.figures li { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .3rem .7rem;
  color: var(--soft); font-size: .85rem; flex: 1 1 7rem; }
.figures b { display: block; color: var(--ink); font-size: 1.15rem; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .2rem 1rem .2rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; } td.number, th.number { text-align: right; }
td.what { overflow-wrap: anywhere; min-width: 5rem; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .7rem; margin: .3rem 0;
  overflow-x: auto; font-size: .85rem; }
.copied { position: relative; }
.copied button { position: absolute; top: .35rem; right: .35rem; font: inherit; font-size: .8rem; cursor: pointer;
  color: var(--ink); background: var(--page); border: 1px solid var(--line); border-radius: 4px; padding: 0 .6rem; }
.chart { display: flex; margin: .4rem 0; }
.chart svg { display: block; } .names { flex: none; width: 9.5rem; } .plot { flex: 1; min-width: 0; width: 100%; }
.chart text { fill: var(--ink); font-size: 12px; }
.chart .heading, .chart .tick, .chart .beside { fill: var(--soft); }
.chart .heading { font-weight: 600; }
rect:hover { opacity: .75; }
.grid { stroke: var(--line); } .healed { stroke: var(--ask); stroke-dasharray: 3 3; }
.shade { fill: var(--fault); fill-opacity: .13; pointer-events: none; }
.fault { fill: var(--fault); } .not-done { fill: url(#stripes-down); stroke: var(--down); }
.master, .base { fill: var(--master); } .replica { fill: var(--replica); }
.down { fill: url(#crosses-down); } .paused { fill: url(#stripes-paused); }
.cluster-down, .refused, .failed { fill: var(--refused); }
.outage { fill: url(#stripes-refused); stroke: var(--refused); }
.moved { fill: var(--moved); } .ask { fill: var(--ask); } .retried { fill: var(--soft); }
.answered, .reached { fill: var(--answered); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .85rem; color: var(--soft); margin: .4rem 0; }
.legend svg { vertical-align: -2px; margin-right: .35rem; }
.note { color: var(--soft); font-size: .85rem; }
@media (max-width: 40rem) { body { padding: .6rem; } .names { width: 6rem; } .chart text { font-size: 11px; } }
)html";

/// Reading needs none of it.
inline constexpr std::string_view html_script = R"html(
for (const button of document.querySelectorAll('.copied button')) {
  button.hidden = false;
  button.onclick = async () => {
    const text = button.parentElement.querySelector('pre');
    try { await navigator.clipboard.writeText(text.textContent); }
    catch { getSelection().selectAllChildren(text); document.execCommand('copy'); }
    button.textContent = 'copied';
    setTimeout(() => button.textContent = 'copy', 1500);
  };
}
const opened = () => {
  const run = document.getElementById(location.hash.slice(1));
  if (run) { run.open = true; run.scrollIntoView(); }
};
addEventListener('hashchange', opened);
opened();
)html";

/// The patterns that all timelines of a page share; once, before the first.
inline constexpr std::string_view html_patterns =
    R"html(<svg width="0" height="0" style="position:absolute"><defs>
<pattern id="stripes-down" width="7" height="7" patternUnits="userSpaceOnUse"
 patternTransform="rotate(45)"><rect width="2" height="7" style="fill:var(--down)"/></pattern>
<pattern id="crosses-down" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<path d="M0 0H7M0 0V7" style="stroke:var(--down)" stroke-opacity=".6"/></pattern>
<pattern id="stripes-paused" width="8" height="8" patternUnits="userSpaceOnUse"
 patternTransform="rotate(45)"><rect width="3" height="8" style="fill:var(--paused)" fill-opacity=".75"/></pattern>
<pattern id="stripes-refused" width="6" height="6" patternUnits="userSpaceOnUse"
 patternTransform="rotate(-45)"><rect width="6" height="6" style="fill:var(--page)"/><rect width="6" height="6" style="fill:var(--refused)" fill-opacity=".15"/>

<rect width="2" height="6" style="fill:var(--refused)" fill-opacity=".35"/></pattern>
</defs></svg>
)html";

}  // namespace keyslot::sim
