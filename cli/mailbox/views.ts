/** The mailbox's pages. */
import { formatInstant } from '../../language/template/formats.ts';
import { html, type Markup, NOTHING } from '../../server/markup.ts';
import type { KeptMail, MailPage } from './mailbox.ts';

export interface Counts {
  size: number;
  repeats: number;
}

export type View = 'mail' | 'text' | 'source';

function page(title: string, counts: Counts, search: string, main: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<link rel="stylesheet" href="/mailbox/style.css"></head>
<body><a class="skip" href="#main">To the content</a>
<header><p class="title"><a href="/mailbox">Mailbox</a></p>
<p class="counts">${counts.size} ${counts.size === 1 ? 'mail' : 'mails'}${counts.repeats > 0 ? `, ${counts.repeats} handed over again` : ''}</p>
<form class="search" role="search" method="post" action="/mailbox"><input type="search" name="q" value="${search}" maxlength="200"
 aria-label="Search in addresses, subjects and playbooks" placeholder="Address, subject, playbook"><button>Search</button></form></header>
<main id="main">${main}</main></body></html>`.text;
}

/** `search` is what was asked for, as it was typed. */
export function listPage(list: MailPage, counts: Counts, search: string): string {
  const main = list.total === 0 ? empty(search) : html`${table(list.mails)}${pager(list, search)}`;
  return page(search === '' ? 'Mailbox' : `Mailbox: ${search}`, counts, search, main);
}

function empty(search: string): Markup {
  if (search !== '') {
    return html`<div class="card empty"><h2>Nothing found</h2>
<p>No mail has “${search}” in an address, the subject or the playbook. <a href="/mailbox">Show all mails</a></p></div>`;
  }
  return html`<div class="card empty"><h2>No mail yet</h2>
<p>What playbooks send is kept here and reaches no one. The first mail comes with the first <code>send: email</code> of an enrolment.</p></div>`;
}

function table(mails: readonly KeptMail[]): Markup {
  return html`<div class="card"><table><thead><tr><th class="subject" scope="col">Subject</th><th scope="col">To</th>
<th class="from" scope="col">From</th><th class="playbook" scope="col">Playbook</th><th class="when" scope="col">When (UTC)</th></tr></thead><tbody>
${mails.map(row)}</tbody></table></div>`;
}

function row(mail: KeptMail): Markup {
  return html`<tr><td class="subject"><a href="/mailbox/${mail.id}">${mail.subject || '(no subject)'}</a>${badge(mail)}</td>
<td class="who" title="${mail.to}">${mail.to}</td><td class="who from" title="${mail.from}">${mail.from.replace(/ <[^<>]*>$/, '')}</td><td class="soft">${mail.playbook}</td><td class="when">${when(mail)}</td></tr>`;
}

function badge(mail: KeptMail): Markup {
  if (mail.times === 1) return NOTHING;
  return html`<span class="badge" title="Handed over ${mail.times} times under one Message-ID, kept once">×${mail.times}</span>`;
}

function pager(list: MailPage, search: string): Markup {
  if (list.pages === 1) return html`<div class="pages"></div>`;
  const link = (to: number, text: string, rel: string) => {
    if (to < 1 || to > list.pages) return NOTHING;
    if (search === '') return html`<a class="button" rel="${rel}" href="/mailbox?page=${to}">${text}</a>`;
    // What was searched for may be an address: it is posted, so that no URL holds it.
    return html`<form method="post" action="/mailbox"><input type="hidden" name="q" value="${search}"><button name="page" value="${to}">${text}</button></form>`;
  };
  return html`<nav class="pages" aria-label="Pages">${link(list.page - 1, 'Newer', 'prev')}
<span>Page ${list.page} of ${list.pages}</span>${link(list.page + 1, 'Older', 'next')}</nav>`;
}

/** One mail in one of its views; `content` is its content. */
export function mailPage(mail: KeptMail, counts: Counts, view: View, content: Markup): string {
  const tab = (name: View, href: string, text: string) =>
    name === view ? html`<a href="${href}" aria-current="page">${text}</a>` : html`<a href="${href}">${text}</a>`;
  const base = `/mailbox/${mail.id}`;
  const main = html`<article class="mail"><h1>${mail.subject || '(no subject)'}</h1><dl>
<dt>From</dt><dd>${mail.from}</dd><dt>To</dt><dd>${mail.to}</dd><dt>When</dt><dd>${when(mail)} UTC</dd>
${mail.playbook ? html`<dt>Playbook</dt><dd>${mail.playbook}</dd>` : NOTHING}
${mail.messageId ? html`<dt>Message-ID</dt><dd>${mail.messageId}</dd>` : NOTHING}
${mail.times > 1 ? html`<dt>Handed over</dt><dd>${mail.times} times under this Message-ID, kept once</dd>` : NOTHING}</dl>
<nav class="views" aria-label="Views">${tab('mail', base, 'Mail')}${tab('text', `${base}/text`, 'Text')}${tab('source', `${base}/source`, 'Source')}</nav>
<div class="card view">${content}</div></article>`;
  return page(mail.subject || '(no subject)', counts, '', main);
}

export function notKeptPage(counts: Counts): string {
  const main = html`<div class="card empty"><h2>This mail is not here</h2><p>It never came, or it has made room for newer ones. <a href="/mailbox">Show all mails</a></p></div>`;
  return page('Mailbox', counts, '', main);
}

function when(mail: KeptMail): Markup {
  const at = mail.date ?? mail.receivedAt;
  return html`<time datetime="${at.toISOString()}">${formatInstant(at.getTime(), { zone: 'UTC' })}</time>`;
}
