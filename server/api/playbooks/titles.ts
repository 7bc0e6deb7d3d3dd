/** What a step is called in a picture: its key, and what it is about. A step of a kind that is not known here has its key. */
import { isJsonObject } from '../../../language/json.ts';
import type { Awaited, CompiledStep, Expression, Json, Span } from '../../../language/model.ts';
import { describeSpan, markText } from '../../../language/time/duration.ts';

export interface Title {
  title: string;
  detail: string | null;
}

type Config = { [key: string]: Json };

const TITLES: { [kind: string]: (config: Config) => Title } = {
  send: ({ template, messageClass }) => ({ title: `E-mail ${text(template)}`, detail: text(messageClass) }),
  wait: ({ moment }) => ({ title: `Wait ${spanOf(moment)}`, detail: null }),
  wait_for: ({ arms, within }) => ({ title: `Wait for ${armsOf(arms).join(' or ')}`, detail: withinOf(within) }),
  if: ({ condition }) => ({ title: 'If', detail: cel(condition) }),
  choose: () => ({ title: 'Choose', detail: null }),
  split: ({ experiment }) => ({ title: `Experiment ${text(experiment)}`, detail: null }),
  task: ({ title, assign, within }) => ({
    title: `Task: ${text(title)}`,
    detail: joined(text(assign), withinOf(within)),
  }),
  approve: ({ text: of, who, within }) => ({
    title: `Approval: ${text(of)}`,
    detail: joined(listOf(who), withinOf(within)),
  }),
  notify: ({ who, text: of }) => ({ title: `Notify ${listOf(who)}`, detail: text(of) }),
  escalate: ({ to, note }) => ({ title: `Escalate to ${text(to)}`, detail: text(note) }),
  assign: ({ among, rules }) => ({ title: `Assign among ${listOf(among)}`, detail: listOf(rules) }),
  update: ({ changes }) => ({ title: `Update ${traitsOf(changes).join(', ')}`, detail: null }),
  record: ({ name }) => ({ title: `Record ${text(name)}`, detail: null }),
  repeat: ({ until }) => ({ title: 'Repeat', detail: cel(until) }),
  exit: ({ reason }) => ({ title: 'Exit', detail: text(reason) }),
  run: ({ playbook }) => ({ title: `Run ${text(playbook)}`, detail: null }),
  webhook: ({ url }) => ({ title: 'Webhook', detail: text(url) }),
  do: ({ activity }) => ({ title: `Do ${text(activity)}`, detail: null }),
};

export function titleOf({ kind, config }: CompiledStep): Title {
  const own = TITLES[kind];
  if (own === undefined || !isJsonObject(config)) return { title: kind, detail: null };
  const { title, detail } = own(config);
  return { title: title.trim(), detail: detail === '' ? null : detail };
}

/** What leads into each arm of a step, in its order; undefined for an arm that says nothing of itself. */
export function armLabels({ kind, config }: CompiledStep): (string | undefined)[] {
  if (!isJsonObject(config)) return [];
  if (kind === 'if') return ['yes', 'no'];
  if (kind === 'choose') return list(config.conditions).map((one) => (one === null ? 'else' : (cel(one) ?? undefined)));
  if (kind === 'split') {
    return list(config.arms).map((arm) => (isJsonObject(arm) ? `${text(arm.name)} ${text(arm.weight)} %` : undefined));
  }
  return armsOf(config.arms);
}

/** The names of what is looked for, in words. */
export function awaitedWords(awaited: Awaited): string {
  switch (awaited.kind) {
    case 'event':
      return awaited.where ? `${awaited.event} where ${awaited.where.cel}` : awaited.event;
    case 'becomes':
      return awaited.becomes.cel;
    case 'sla':
      return `${awaited.policy}.${awaited.clock} ${awaited.mark ? markText(awaited.mark) : (awaited.is ?? '')}`.trim();
    case 'sla-of-trigger':
      return `its clock ${awaited.mark ? markText(awaited.mark) : (awaited.is ?? '')}`.trim();
  }
}

function armsOf(arms: Json | undefined): string[] {
  return list(arms).map((arm) =>
    list(arm)
      .map((one) => awaitedWords(one as unknown as Awaited))
      .join(' or '),
  );
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function listOf(value: Json | undefined): string {
  return list(value).map(text).join(', ');
}

/** A text, a compiled text, or whatever stands there. */
function text(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (isJsonObject(value)) return typeof value.text === 'string' ? value.text : (cel(value) ?? '');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function cel(value: Json | undefined): string | null {
  const of = value as Partial<Expression> | undefined;
  return isJsonObject(value ?? null) && typeof of?.cel === 'string' ? of.cel : null;
}

function spanOf(value: Json | undefined): string {
  if (!isJsonObject(value ?? null)) return '';
  const { kind, time, of } = value as { kind?: Json; time?: Json; of?: Json };
  if (kind === 'exact' || kind === 'business-hours' || kind === 'business-days')
    return describeSpan(value as unknown as Span);
  if (typeof time === 'string') return `until ${typeof of === 'string' && of !== 'all' ? `${of} ` : ''}${time}`;
  return 'until its moment';
}

function withinOf(value: Json | undefined): string | null {
  return value === undefined ? null : `within ${spanOf(value)}`;
}

function traitsOf(changes: Json | undefined): string[] {
  return list(changes).map((one) => (isJsonObject(one) ? `${text(one.type)}.${text(one.trait)}` : ''));
}

function joined(...parts: (string | null)[]): string | null {
  const said = parts.filter((part) => part !== null && part !== '');
  return said.length === 0 ? null : said.join(', ');
}
