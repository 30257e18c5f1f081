// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace bitprism::report {

/// Layout of the HTML report; its colours are those of chart::paletteCss(), and the window's.
inline constexpr std::string_view pageCss = R"css(
:root{--window:#f4f5f7}
@media (prefers-color-scheme:dark){:root{--window:#16191f}}
body{margin:0;background:var(--window);color:var(--text);font:15px/1.45 system-ui,sans-serif}
main{max-width:892px;margin:0 auto;padding:24px 16px 48px}
h1{font-size:1.5em;margin:0 0 4px}
h2{font-size:1.2em;margin:0 0 4px}
h3{font-size:1em;margin:24px 0 8px}
p{margin:4px 0 12px}
.muted{color:var(--muted)}
.bad{color:var(--bad)}
section{background:var(--surface);border:1px solid var(--border);border-radius:4px;padding:16px;margin:24px 0}
figure{margin:24px 0;overflow-x:auto}
svg.chart{max-width:100%;height:auto;display:block}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.87em;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:600;color:var(--muted);vertical-align:bottom}
th,td{padding:4px 0 4px 12px;border-bottom:1px solid var(--grid)}
td{overflow-wrap:anywhere;min-width:7em}
td.number{min-width:0}
th{hyphens:auto}
td.number,th.number{text-align:right}
td.number{white-space:nowrap}
th:first-child,td:first-child{padding-left:0}
details{margin:12px 0}
summary{cursor:pointer;color:var(--accent)}
pre{background:var(--window);border-radius:4px;padding:12px;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.87em}
@media print{section{border:0;padding:0}details{display:none}}
)css";

} // namespace bitprism::report
