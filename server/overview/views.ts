/** The overview as HTML. */
import { reasonWithWords } from '../../language/records/reasons.ts';
import { formatInstant, formatTime } from '../../language/template/formats.ts';
import { DAY_MS } from '../../language/time/duration.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { StatusShown } from '../../store/deployments/playbook-status.ts';
import type { PlaybookTotals } from '../../store/reports/totals.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import type { Overview, PartShown } from './data.ts';

/** A row reads from left to right: what fired, who entered, and of these who is under way and who has ended, and how. */
const COLUMNS = {
  firings: 'Firings',
  enrolments: 'Entered',
  underWay: 'Under way',
  ended: 'Ended',
  conversions: 'Conversions',
  mails: 'Mails',
  tasks: 'Tasks',
  escalations: 'Escalations',
  recorded: 'Recorded',
} as const satisfies Partial<Record<keyof PlaybookTotals, string>>;

export function headerAside({ hasMailbox, signsIn }: { hasMailbox: boolean; signsIn: boolean }): Markup {
  const mailbox = hasMailbox ? html`<li><a href="/mailbox">Mailbox</a></li>` : NOTHING;
  const signOut = html`<form class="sign-out" method="post" action="/sign-out"><button>Sign out</button><button name="everywhere" value="yes" title="Ends the sessions of all browsers">everywhere</button></form>`;
  return html`<nav aria-label="Pages"><ul><li><a href="/" aria-current="page">Overview</a></li><li><a href="/app/">App</a></li>${mailbox}</ul></nav>${signsIn ? signOut : NOTHING}`;
}

/** The part that changes: replaced as a whole by the page's script. */
export function liveView(overview: Overview | undefined, parts: readonly PartShown[]): Markup {
  if (overview === undefined) return nothingDeployed();
  return html`${clockView(overview)}${playbooksView(overview)}${refusalsView(overview)}${predictionsView(overview)}${skippedView(overview)}${latestView(overview)}${partsView(parts)}`;
}

function nothingDeployed(): Markup {
  return html`<section class="card empty"><h2>Nothing is deployed yet</h2>
<p>Put a playbook into the folder <code>playbooks</code>, check it with <code>npx cuebook lint</code>, and start again.</p></section>`;
}

function clockView({ clock, zone, backlog }: Overview): Markup {
  const day = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: zone }).format(clock.now);
  const pace =
    clock.mode === 'warped'
      ? html`<span class="badge">${speed(clock.warp)}</span>`
      : clock.mode === 'stepped'
        ? html`<span class="badge">clock stepped by hand</span>`
        : NOTHING;
  const waiting = backlog.pendingEvents > 0 ? html`${count(backlog.pendingEvents, 'event')} waiting · ` : NOTHING;
  const dead =
    backlog.setAsideEvents > 0 ? html`<strong>${count(backlog.setAsideEvents, 'dead letter')}</strong> · ` : NOTHING;
  return html`<section class="now" aria-label="Now"><p class="clock"><time datetime="${isoInstant(clock.now)}">${day}, ${formatInstant(clock.now, { zone })}</time> ${pace}</p>
<p class="soft">${waiting}${dead}${count(backlog.openEnrolments, 'journey')} under way · ${zone}</p></section>`;
}

function speed(warp: number): string {
  if (warp === 3600) return 'an hour a second';
  if (warp === 60) return 'a minute a second';
  return `${warp} times as fast`;
}

function playbooksView({ playbooks, stopped, zone }: Overview): Markup {
  const rows = Object.entries(playbooks).map(([name, totals]) => {
    const one = stopped.find(({ playbook }) => playbook === name);
    return row(name, totals, one ? statusView(one, zone) : NOTHING);
  });
  const heads = Object.entries(COLUMNS).map(([column, title]) => {
    const isList = column === 'ended' || column === 'recorded';
    return html`<th scope="col" class="${isList ? 'out' : 'n'}">${title}</th>`;
  });
  return html`<section aria-labelledby="playbooks"><h2 id="playbooks">Playbooks</h2>
<div class="card wide"><table><thead><tr><th scope="col">Playbook</th>${heads}</tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}

function statusView({ status, since, by, reason, held }: StatusShown, zone: string): Markup {
  const why = reason === null ? '' : `: ${reason}`;
  const title = `${status} since ${formatInstant(since, { zone })} by ${by}${why}`;
  const effects = held > 0 ? html` <span class="soft">${count(held, 'effect')} held</span>` : NOTHING;
  return html` <span class="badge" title="${title}">${status}</span>${effects}`;
}

function row(name: string, totals: PlaybookTotals, status: Markup): Markup {
  const cells = Object.entries(COLUMNS).map(([column, title]) => {
    const total = totals[column as keyof typeof COLUMNS];
    if (typeof total !== 'number') return html`<td class="out" data-label="${title}">${listOf(total)}</td>`;
    return html`<td class="n${total === 0 ? ' zero' : ''}" data-label="${title}">${total}</td>`;
  });
  return html`<tr><th scope="row">${name}${status}</th>${cells}</tr>`;
}

function listOf(counts: { [name: string]: number }): Markup {
  const items = Object.entries(counts).map(([outcome, n]) => html`<li><b>${n}</b> ${outcome}</li>`);
  return items.length > 0 ? html`<ul class="outcomes">${items}</ul>` : html`<span class="soft">none yet</span>`;
}

function refusalsView({ refusals }: Overview): Markup {
  if (refusals.length === 0) return NOTHING;
  const lines = refusals.map(({ playbook, reason, count: n }) => {
    return html`<li class="silent"><b>${n}</b><span class="what">${reasonWithWords(reason)}</span><span class="soft by">${playbook}</span></li>`;
  });
  return html`<section aria-labelledby="refused"><h2 id="refused">Fired and not let in, last 7 days</h2><div class="card"><ol class="latest">${lines}</ol></div></section>`;
}

const PREDICTION_COLUMNS = { precision: 'Precision', recall: 'Recall', base_rate: 'Base rate' } as const;

function predictionsView({ predictions }: Overview): Markup {
  if (predictions.length === 0) return NOTHING;
  const rows = predictions.map((totals) => {
    const parts = Object.entries(PREDICTION_COLUMNS).map(
      ([name, title]) =>
        html`<td class="n" data-label="${title}">${percent(totals[name as keyof typeof PREDICTION_COLUMNS])}</td>`,
    );
    return html`<tr><th scope="row">${totals.trait}</th><td class="n" data-label="Made">${totals.made}</td>${parts}</tr>`;
  });
  const heads = ['Made', ...Object.values(PREDICTION_COLUMNS)].map(
    (title) => html`<th scope="col" class="n">${title}</th>`,
  );
  return html`<section aria-labelledby="predictions"><h2 id="predictions">Predictions</h2>
<div class="card wide"><table><thead><tr><th scope="col">Trait</th>${heads}</tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}

function percent(part: number | null): string {
  return part === null ? '–' : `${Math.round(part * 100)} %`;
}

const SKIPPED = {
  no_key: (n: number) => `${n === 1 ? 'event' : 'events'} without a value for the key`,
  wrong_type: (n: number) => `${n === 1 ? 'value' : 'values'} of the wrong type`,
  empty_value: (n: number) => `${n === 1 ? 'text' : 'texts'} with an empty place`,
};

function skippedView({ noPart }: Overview): Markup {
  if (noPart.length === 0) return NOTHING;
  const lines = noPart.map(({ kind, of, name, count: n }) => {
    const owner = of === 'playbook' ? name : `${of} ${name}`;
    return html`<li><b>${n}</b><span class="what">${SKIPPED[kind](n)}</span><span class="soft by">${owner}</span></li>`;
  });
  return html`<section aria-labelledby="no-part"><h2 id="no-part">Took no part</h2><div class="card"><ol class="latest">${lines}</ol></div></section>`;
}

function latestView({ latest, zone, clock }: Overview): Markup {
  const lines = latest.map(({ at, playbook, sentence }) => {
    const when = shortTime(at, clock.now, zone);
    return html`<li class="${sentence.tone}"><time datetime="${isoInstant(at)}">${when}</time><span class="what">${sentence.text}</span><span class="soft by">${playbook}</span></li>`;
  });
  const list =
    lines.length > 0
      ? html`<ol class="latest">${lines}</ol>`
      : html`<div class="empty"><p>Nothing has happened yet. What playbooks do is shown here the moment they do it.</p></div>`;
  return html`<section aria-labelledby="latest"><h2 id="latest">Latest</h2><div class="card">${list}</div></section>`;
}

function partsView(parts: readonly PartShown[]): Markup {
  if (parts.length === 0) return NOTHING;
  const lines = parts.map(({ part, version, from }) => html`<dt>${part} ${version}</dt><dd>${from}</dd>`);
  return html`<section aria-labelledby="parts"><h2 id="parts">Parts</h2><dl class="card parts">${lines}</dl></section>`;
}

/** Within these the day of the week is enough. */
const RECENT_MS = 6 * DAY_MS;

/** `Mon 09:51`, and the date where that could be another Monday. */
function shortTime(at: number, now: number, zone: string): string {
  if (Math.abs(now - at) > RECENT_MS) return formatInstant(at, { zone });
  const day = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: zone }).format(at);
  return `${day} ${formatTime(at, { zone })}`;
}

function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}
