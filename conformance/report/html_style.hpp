#pragma once

#include <string_view>

namespace keyslot::conformance {

/// The look of the matrix and its pages, light and dark. Verdicts differ by a sign as well as by a
/// colour (those of Okabe and Ito). No script is needed: a page is what the address points to.
inline constexpr std::string_view html_style = R"html(
:root { color-scheme: light dark;
  --page: #fff; --ink: #1b1f24; --soft: #5b6570; --line: #d5dae0; --panel: #f5f7f9;
  --ok: #d3ede3; --ok-ink: #00593f; --lax: #fbe9b7; --lax-ink: #6b4e00; --info: #d6e8f7; --info-ink: #1a4e7d;
  --none: #eceff2; --none-ink: #5b6570; --bad: #f6cdbb; --bad-ink: #8a2a05; --broken: #e6cde0; --broken-ink: #7a2560; }
@media (prefers-color-scheme: dark) { :root {
  --page: #14181d; --ink: #e6eaee; --soft: #9aa5b1; --line: #333c46; --panel: #1c2229;
  --ok: #15402f; --ok-ink: #7fe0b8; --lax: #4a3a08; --lax-ink: #f4d06f; --info: #173a57; --info-ink: #9dcdf5;
  --none: #262d35; --none-ink: #9aa5b1; --bad: #5a2410; --bad-ink: #ffb08f; --broken: #4b1d3f; --broken-ink: #f0a6d8; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
  max-width: 84rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.35rem; margin: .2rem 0 .6rem; } h2 { font-size: 1.15rem; margin: .4rem 0; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
a { color: inherit; }
p { margin: .4rem 0; } .note, small { color: var(--soft); font-size: .85rem; font-weight: normal; }
table { border-collapse: separate; border-spacing: 2px; font-variant-numeric: tabular-nums; }
th { font-weight: 500; text-align: left; }
.wide { overflow-x: auto; }
.matrix thead th { vertical-align: bottom; padding: .2rem .1rem; position: sticky; top: 0; background: var(--page); z-index: 1; }
.matrix thead th span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; }
.matrix thead small { font-size: .75rem; }
.matrix tbody th { padding: .1rem .6rem .1rem 0; font-size: .9rem; overflow-wrap: anywhere; }
.matrix .group th { color: var(--soft); padding-top: .8rem; border-bottom: 1px solid var(--line); }
.matrix td { padding: 0; }
.matrix td a { display: block; width: 2.1rem; line-height: 1.7rem; text-align: center; text-decoration: none;
  border-radius: 4px; font-weight: 600; }
.matrix td a:hover, .matrix td a:focus { outline: 2px solid var(--ink); }
.counts td { padding: .05rem .7rem; text-align: right; } .counts th { padding-right: .7rem; }
.counts thead th { text-align: right; font-size: .8rem; color: var(--soft); padding: 0 .7rem; }
.counts thead th:first-child { text-align: left; padding-left: 0; }
.ok { background: var(--ok); color: var(--ok-ink); } .non_strict { background: var(--lax); color: var(--lax-ink); }
.informational { background: var(--info); color: var(--info-ink); }
.unimplemented, .not_applicable { background: var(--none); color: var(--none-ink); }
.failed { background: var(--bad); color: var(--bad-ink); } .error { background: var(--broken); color: var(--broken-ink); }
.tag { display: inline-block; border-radius: 4px; padding: 0 .5rem; font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem .9rem; margin: .6rem 0; padding: 0; list-style: none; font-size: .85rem; }
.page { display: none; } .page:target { display: block; } body:has(.page:target) .front { display: none; }
.page table { font-size: .85rem; border-spacing: 0; width: 100%; table-layout: fixed; }
.page td, .page th { vertical-align: top; padding: .15rem .8rem .15rem 0; border-bottom: 1px solid var(--line); }
.page td.time { text-align: right; color: var(--soft); width: 7.5rem; }
.page td.what { overflow-wrap: anywhere; font-family: ui-monospace, monospace; }
.scripted { font-style: italic; }
ul.reasons { padding-left: 1.2rem; margin: .3rem 0; } ul.reasons li { overflow-wrap: anywhere; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .6rem; margin: .3rem 0;
  overflow-x: auto; font-size: .82rem; }
.entry { border-top: 1px solid var(--line); padding: .3rem 0; } .entry:target { background: var(--panel); }
.entry h4 { margin: .2rem 0; overflow-wrap: anywhere; } h2[id] { margin-top: 1.6rem; }
.rules td { vertical-align: top; padding: .15rem .8rem .15rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.rules .group th { padding-top: .8rem; color: var(--soft); }
nav { display: flex; gap: 1rem; margin-bottom: .6rem; }
@media (max-width: 40rem) { body { padding: .5rem; font-size: 14px; } .matrix td a { width: 1.55rem; line-height: 1.5rem; }
  table.matrix { border-spacing: 1px; } .matrix tbody th { font-size: .78rem; padding-right: .3rem; min-width: 7.2rem; }
  .counts td, .counts thead th { padding: .05rem .35rem; } .page td, .page th { padding-right: .4rem; }
  .page td.time { width: 5.6rem; } .matrix tbody small { font-size: .7rem; } }
)html";

}  // namespace keyslot::conformance
