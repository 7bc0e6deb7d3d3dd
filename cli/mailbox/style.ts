import { BASE_STYLE } from '../../server/style.ts';

/** How the mailbox looks. */
export const STYLE = `${BASE_STYLE}
:root { --badge: #f4e3c3; --badge-text: #5c3d00; }
@media (prefers-color-scheme: dark) { :root { --badge: #4a3a17; --badge-text: #f6dfae; } }
header { display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: center; padding-top: 20px; padding-bottom: 16px; }
header .counts { color: var(--soft); margin: 0; }
form.search { display: flex; gap: 8px; margin-left: auto; flex: 0 1 380px; }
input[type=search] { flex: 1; min-width: 0; font: inherit; color: inherit; background: var(--card); padding: 7px 12px;
  border: 1px solid var(--line); border-radius: 8px; }
button, .button { font: inherit; color: var(--text); background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; padding: 7px 14px; cursor: pointer; text-decoration: none; }
button:hover, .button:hover { background: var(--mark); }
table { table-layout: fixed; }
th { text-align: left; font-weight: 500; font-size: 14px; color: var(--soft); padding: 10px 16px; border-bottom: 1px solid var(--line); }
td { padding: 11px 16px; border-top: 1px solid var(--line); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
tbody tr:first-child td { border-top: 0; }
tbody tr { position: relative; }
tbody tr:hover, tbody tr:focus-within { background: var(--mark); }
td.subject { font-weight: 550; }
td.subject a { color: inherit; text-decoration: none; }
td.subject a::after { content: ''; position: absolute; inset: 0; }
tr:hover td.subject a { text-decoration: underline; }
td.who, td.when { color: var(--soft); }
th.subject { width: 30%; } th.from { width: 13%; } th.playbook { width: 17%; } th.when { width: 196px; }
.badge { display: inline-block; background: var(--badge); color: var(--badge-text); border-radius: 6px; font-size: 13px;
  font-weight: 600; padding: 0 7px; margin-left: 6px; }
.pages { display: flex; gap: 12px; align-items: center; justify-content: center; padding: 18px 0 32px; color: var(--soft); }
.pages form { display: contents; }
.empty { padding: 64px 24px; }
.empty h2 { font-size: 20px; } .empty p { max-width: 46ch; }
.mail h1 { font-size: 24px; line-height: 1.3; margin: 0 0 12px; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 16px; margin: 0 0 18px; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
nav.views { display: flex; gap: 4px; margin-bottom: -1px; }
nav.views a { padding: 8px 16px; color: var(--soft); text-decoration: none; border: 1px solid transparent;
  border-radius: 10px 10px 0 0; position: relative; }
nav.views a[aria-current] { color: var(--text); background: var(--card); border-color: var(--line); border-bottom-color: var(--card); z-index: 1; }
.view { border-top-left-radius: 0; margin-bottom: 32px; }
iframe { display: block; width: 100%; height: max(420px, 68vh); border: 0; background: #fff; color-scheme: light; }
pre { margin: 0; padding: 20px; white-space: pre-wrap; overflow-wrap: anywhere; font: 14px/1.55 ui-monospace, monospace; }
.note { padding: 8px 20px; margin: 0; border-bottom: 1px solid var(--line); color: var(--soft); font-size: 14px; }
@media (max-width: 720px) {
  form.search { flex-basis: 100%; margin: 0; }
  thead { position: absolute; left: -999px; }
  table, tbody { display: block; }
  tbody tr { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; padding: 11px 14px; border-top: 1px solid var(--line); }
  tbody tr:first-child { border-top: 0; }
  td { padding: 0; border: 0; max-width: 100%; font-size: 14px; }
  td.subject { flex: 1 0 100%; font-size: 16px; white-space: normal; }
  td.who { flex: 1 0 100%; }
  td.who.from { display: none; }
}
`;
