/** What all pages share: light and dark, from a phone's width up. No font, picture or script of others is loaded. */
export const BASE_STYLE = `
:root { color-scheme: light dark; --bg: #f6f6f4; --card: #fff; --text: #1b1c1e; --soft: #5d6066; --line: #dddcd7;
  --accent: #0b5fc4; --mark: #e8effa; }
@media (prefers-color-scheme: dark) { :root { --bg: #141518; --card: #1d1f23; --text: #e9e9e6; --soft: #a2a6ae;
  --line: #34373d; --accent: #82b4ff; --mark: #232a36; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--card); padding: 8px; }
header, main { max-width: 1080px; margin: 0 auto; padding: 0 20px; }
header .title { font-size: 20px; font-weight: 650; margin: 0; }
header .title a { color: inherit; text-decoration: none; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
table { width: 100%; border-collapse: collapse; }
.empty { text-align: center; }
.empty h2 { margin: 0 0 8px; } .empty p { margin: 0 auto; color: var(--soft); }
.soft { color: var(--soft); }
@media (max-width: 760px) {
  header, main { padding-left: 12px; padding-right: 12px; }
}
`;

/** How the overview and signing in look. */
export const STYLE = `${BASE_STYLE}
:root { --badge: #e2ecd9; --badge-text: #2b5016; --good: #1c6b3c; --bad: #a82a1d; }
@media (prefers-color-scheme: dark) { :root { --badge: #26391b; --badge-text: #c5e6ad; --good: #7fd39c; --bad: #ff9a8c; } }
header { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: center; padding-top: 20px; padding-bottom: 8px; }
nav ul { display: flex; gap: 4px; list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: 6px 12px; border-radius: 8px; text-decoration: none; }
nav a:hover { background: var(--mark); }
nav a[aria-current] { color: var(--text); background: var(--card); border: 1px solid var(--line); padding: 5px 11px; }
h2 { font-size: 18px; font-weight: 600; margin: 28px 0 10px; }
.now { margin-top: 12px; }
.clock { font-size: 28px; line-height: 1.25; font-weight: 600; margin: 0 0 2px; font-variant-numeric: tabular-nums; }
.now .soft { margin: 0; }
.badge { display: inline-block; vertical-align: middle; background: var(--badge); color: var(--badge-text);
  border-radius: 6px; font-size: 14px; font-weight: 600; padding: 1px 9px; margin-left: 6px; }
table { font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 11px 16px; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; font-weight: 500; font-size: 14px; color: var(--soft); padding: 10px 16px; }
tbody th { font-weight: 600; white-space: nowrap; }
.n { text-align: right; } .zero { color: var(--soft); }
.outcomes { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 14px; }
.latest { list-style: none; margin: 0; padding: 0; }
.latest li { display: grid; grid-template-columns: 124px 1fr auto; gap: 0 16px; padding: 9px 16px; border-top: 1px solid var(--line); }
.latest li:first-child { border-top: 0; }
.latest time { color: var(--soft); font-variant-numeric: tabular-nums; }
.what { overflow-wrap: anywhere; }
.silent .what { color: var(--soft); } .good .what { color: var(--good); font-weight: 600; }
.bad .what { color: var(--bad); font-weight: 600; }
.by { font-size: 14px; }
.parts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 0 0 40px; padding: 14px 16px; }
dd { margin: 0; color: var(--soft); overflow-wrap: anywhere; }
.empty { padding: 48px 24px; }
.empty p { max-width: 52ch; }
.sign-in { max-width: 420px; margin: 8vh auto; padding: 24px; display: grid; gap: 10px; }
.sign-in h1 { font-size: 24px; margin: 0; } .sign-in p { margin: 0; color: var(--soft); }
.sign-in .wrong { color: var(--bad); font-weight: 600; }
input, button { font: inherit; padding: 8px 12px; border-radius: 8px; border: 1px solid var(--line); color: inherit;
  background: var(--card); }
button { background: var(--accent); color: var(--card); border-color: var(--accent); cursor: pointer; font-weight: 600; }
.sign-out { margin-left: auto; }
.sign-out button { background: none; color: var(--soft); border-color: transparent; font-weight: inherit; }
@media (max-width: 760px) {
  .clock { font-size: 22px; }
  thead { position: absolute; left: -999px; }
  table, tbody { display: block; }
  tbody tr { display: grid; grid-template-columns: repeat(3, 1fr); gap: 6px 12px; padding: 12px 14px; border-top: 1px solid var(--line); }
  tbody tr:first-child { border-top: 0; }
  tbody th { grid-column: 1 / -1; } th, td { border: 0; padding: 0; }
  td, td.n { text-align: left; } td::before { content: attr(data-label); display: block; font-size: 13px; color: var(--soft); }
  td.out { grid-column: 1 / -1; }
  .latest li { grid-template-columns: 1fr auto; padding: 9px 14px; } .what { grid-column: 1 / -1; grid-row: 2; }
  .parts { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 8px; }
}
`;
