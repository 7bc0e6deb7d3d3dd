/** The frame of every page of ours: head, skip link, header. Nothing is loaded from elsewhere. */
import type { FastifyReply } from 'fastify';
import { html, type Markup, NOTHING } from './markup.ts';

export const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; " +
  "frame-ancestors 'none'";

export interface Frame {
  title: string;
  /** In the header, next to the name. */
  aside?: Markup;
  main: Markup;
  /** Paths of own scripts. */
  scripts?: readonly string[];
}

export function sendPage(reply: FastifyReply, frame: Frame): FastifyReply {
  return reply
    .header('content-security-policy', PAGE_POLICY)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(pageOf(frame));
}

function pageOf({ title, aside = NOTHING, main, scripts = [] }: Frame): string {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css">
${scripts.map((src) => html`<script src="${src}" defer></script>`)}</head>
<body><a class="skip" href="#main">To the content</a>
<header><p class="title"><a href="/">Cuebook</a></p>${aside}</header>
<main id="main">${main}</main></body></html>`.text;
}
