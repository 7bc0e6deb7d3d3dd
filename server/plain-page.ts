/** The page behind a link of a mail: the sender's, not ours. Light and dark, from a phone's width up; loads nothing. */
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { html, Markup, NOTHING } from './markup.ts';

const STYLE = `
:root { color-scheme: light dark; --bg: #f6f6f4; --card: #fff; --text: #1b1c1e; --soft: #5d6066; --line: #dddcd7;
  --accent: #0b5fc4; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --bg: #141518; --card: #1d1f23; --text: #e9e9e6; --soft: #a2a6ae;
  --line: #34373d; --accent: #82b4ff; --on-accent: #10131a; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 20px; background: var(--bg);
  color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 460px; background: var(--card); border: 1px solid var(--line); border-radius: 14px;
  padding: 28px; overflow-wrap: anywhere; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 10px; }
p { margin: 0 0 18px; }
footer { margin-top: 22px; padding-top: 16px; border-top: 1px solid var(--line); color: var(--soft); font-size: 14px; }
footer p { margin: 0; }
button { font: inherit; font-weight: 600; padding: 11px 20px; border-radius: 9px; border: 1px solid var(--accent);
  background: var(--accent); color: var(--on-accent); cursor: pointer; }
button.quiet { background: transparent; color: var(--accent); }
button:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

export interface PlainPage {
  title: string;
  text: string;
  /** Of its words, as HTML names it; English unless said. */
  language?: string;
  /** Lines of a list, below the text. */
  lines?: readonly string[];
  /** What can be done here. */
  buttons?: readonly { label: string; action: string; quiet?: true }[];
  sender?: { name: string; postalAddress?: string };
}

export function sendPlainPage(reply: FastifyReply, page: PlainPage): FastifyReply {
  return reply
    .header('content-security-policy', POLICY)
    .header('x-content-type-options', 'nosniff')
    .header('x-robots-tag', 'noindex')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(pageOf(page).text);
}

function pageOf({ title, text, language = 'en', lines = [], buttons = [], sender }: PlainPage): Markup {
  const by =
    sender &&
    html`<footer><p>${sender.name}</p>${sender.postalAddress === undefined ? NOTHING : html`<p>${sender.postalAddress}</p>`}</footer>`;
  // Posts to the very address of the page: it holds the token.
  const form =
    buttons.length > 0 &&
    html`<form method="post">${buttons.map(({ label, action, quiet }) => html`<button${quiet ? html` class="quiet"` : NOTHING} name="action" value="${action}">${label}</button> `)}</form>`;
  const list = lines.length > 0 && html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
  return html`<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<link rel="icon" href="data:,"><style>${new Markup(STYLE)}</style></head>
<body><main><h1>${title}</h1><p role="status">${text}</p>${list || NOTHING}${form || NOTHING}${by ?? NOTHING}</main></body></html>`;
}
