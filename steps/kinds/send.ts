/** S1: a message to a customer, through every gate. */

import { z } from 'zod';
import { isUnread } from '../../language/cel/wrong-types.ts';
import { isJsonObject } from '../../language/json.ts';
import type { Expression, Json, Person, Text, Traits } from '../../language/model.ts';
import { idIn } from '../../language/records/id-in.ts';
import { STEP_ROOTS } from '../../language/roots.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { addressIn } from '../../language/template/mail/address.ts';
import { readLocale } from '../../language/template/mail/locale.ts';
import { readZone } from '../../language/time/read-zone.ts';
import { passGates } from '../gates/pass-gates.ts';
import { effectNode } from '../nodes.ts';
import { wordsOf } from '../sentences.ts';
import type { Facts, MessageConfig, OnUnknown, Step, StepDecision } from '../step.ts';

const computed = z.strictObject({ value: z.union([z.string().max(4_000), z.number(), z.boolean()]) });
const schema = z.strictObject({
  send: z.literal('email', { error: 'this release sends `email`' }),
  template: z.string().min(1).max(200),
  class: z.enum(['marketing', 'transactional', 'internal']),
  topic: z.string().max(100).optional(),
  to: z.string().max(200).optional(),
  useful_for: z.string().optional(),
  on_unknown: z.enum(['resend', 'hold']).optional(),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), computed])).optional(),
});

interface SendConfig extends MessageConfig {
  onUnknown?: OnUnknown;
  with: { [name: string]: Text | Expression | number | boolean };
}

export const step: Step = {
  kind: 'send',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const config: SendConfig = {
      channel: value.send,
      template: context.template(value.template, [...path, 'template'], Object.keys(value.with ?? {})),
      messageClass: value.class,
      ...(value.topic !== undefined && { topic: value.topic }),
      ...(value.to !== undefined && { to: context.person(value.to, [...path, 'to']) }),
      ...(value.useful_for !== undefined && {
        usefulForMs: context.exactMs(value.useful_for, [...path, 'useful_for']),
      }),
      ...(value.on_unknown !== undefined && { onUnknown: value.on_unknown }),
      with: Object.fromEntries(
        Object.entries(value.with ?? {}).map(([name, v]) => {
          const here = [...path, 'with', name];
          if (typeof v === 'string') return [name, context.valueText(v, here)];
          if (typeof v !== 'object') return [name, v];
          return [name, context.expression(v.value, [...here, 'value'], { roots: STEP_ROOTS, counts: true })];
        }),
      ),
    };
    if (context.subject === 'colleague' && config.to === undefined && config.messageClass !== 'internal') {
      const message = `a message to a colleague is internal, and this one is ${config.messageClass}`;
      context.report('CB202', [...path, 'class'], message, 'write class: internal, or name a contact by `to`');
    }
    return { node: effectNode(at, { leaves: true }), config: config as never };
  },
  effect: {
    line: ['to', 'with'],
    messageClass: (config: SendConfig) => config.messageClass,
    withheldFromGhosts: {
      context: { status: 'refused', reason: 'holdout' },
      evaluated: { refused: 'holdout', by: {} },
    },
    tells: ({ template }: SendConfig) => [{ name: 'email.sent', on: 'contact', properties: { template } }],
    sentence: ({ subject, detail, recipient }) =>
      `Mail “${wordsOf(detail.send)}” to ${recipient ?? wordsOf(detail.to ?? subject)}`,
  },
  example: '- send: email\n  template: cart-reminder\n  class: marketing',

  title({ config }) {
    const { template, messageClass } = config as unknown as SendConfig;
    return { title: `E-mail ${template}`, detail: messageClass };
  },
  decide(step, _command, facts) {
    const config = step.config as unknown as SendConfig;
    const colleague = colleagueOf(config, facts);
    const recipient = colleague ? undefined : recipientOf(config, facts);
    const locale = readLocale(recipient?.traits.language);
    const extra = Object.fromEntries(
      Object.entries(config.with).flatMap(([name, v]): [string, Json][] => {
        if (typeof v !== 'object') return [[name, v]];
        const found = 'cel' in v ? facts.value(v) : facts.text(v, { lengths: 'words', locale });
        return found === undefined ? [] : [[name, found]];
      }),
    );
    const detail: { [key: string]: Json } = {
      send: config.template,
      ...((recipient ?? colleague) && { to: (recipient ?? colleague)!.id }),
      ...(Object.keys(extra).length > 0 && { with: extra }),
    };
    if (colleague) return toColleague({ config, extra, facts }, colleague, detail);
    if (!recipient) return refuse(detail, 'no_recipient');
    const { id: contactId, traits } = recipient;
    if (addressIn(traits.email) === undefined) return noAddress(detail, traits.email);
    const { channel, messageClass, usefulForMs } = config;
    const topic = config.topic ?? facts.version.playbook.topic;
    const useful = usefulForMs !== undefined && { usefulForMs };
    countUnreadZone(traits, config, facts);
    const gates = passGates({ contactId, traits, channel, messageClass, ...(topic && { topic }), ...useful }, facts);
    if (!gates.pass) {
      const { evaluated } = gates;
      if ('refused' in gates) return refuse(detail, gates.refused, evaluated);
      if ('exit' in gates) {
        const ending = { outcome: 'exited', reason: gates.exit } as const;
        return { ...refuse(detail, gates.exit, evaluated), answer: { go: 'end', ending, at: facts.at } };
      }
      return {
        answer: { go: 'sleep', until: gates.holdUntil, then: 'do' },
        evaluated: { held: gates.reason, by: evaluated },
        held: { detail: { send: config.template, to: contactId } },
      };
    }
    noteEmptyIn(config.template, extra, facts);
    return {
      answer: { go: 'next' },
      outgoing: {
        kind: 'message',
        channel,
        messageClass,
        template: config.template,
        contactId,
        ...(topic && { topic }),
        ...unknownOf(config),
        with: extra,
      },
      line: { detail },
      context: { status: 'sent', to: contactId },
    };
  },
};

/** Mails of a colleague's playbook go to the colleague (Y2), unless they name a recipient. */
function colleagueOf(config: SendConfig, facts: Facts): Person | undefined {
  const { subject } = facts.enrolment;
  if (subject.type !== 'colleague' || config.to !== undefined) return undefined;
  return facts.people.persons.find(({ id }) => id === subject.id);
}

/** The mail is made when it is handed over: what its template will find empty is known now (S20). */
function noteEmptyIn(name: string, given: { [name: string]: Json }, facts: Facts): void {
  const template = facts.version.templates[name];
  if (template === undefined) return;
  const { subject, preheader = '', body, reads } = template;
  facts.looksEmpty([subject, preheader, body], { ...facts.names(reads), with: given, links: LINKS });
}

/** Made with the mail; none of them is missing. */
const LINKS = { unsubscribe: 'unsubscribe', view: 'view' };

/** Internal: it passes no gate but exit and goal (P3). */
function toColleague(
  { config, extra, facts }: { config: SendConfig; extra: { [name: string]: Json }; facts: Facts },
  { id, email, away }: Person,
  detail: { [key: string]: Json },
): StepDecision {
  const { channel, messageClass, template } = config;
  if (away) return refuse(detail, 'away');
  if (addressIn(email) === undefined) return noAddress(detail, email);
  noteEmptyIn(template, extra, facts);
  return {
    answer: { go: 'next' },
    outgoing: {
      kind: 'message',
      channel,
      messageClass,
      template,
      recipients: [{ person: id }],
      ...unknownOf(config),
      with: extra,
    },
    line: { detail },
    context: { status: 'sent', to: id },
  };
}

function unknownOf({ onUnknown }: SendConfig): { onUnknown?: OnUnknown } {
  return onUnknown === undefined ? {} : { onUnknown };
}

/** By default the subject itself, or the ticket's or deal's contact. */
function recipientOf(config: SendConfig, facts: Facts) {
  if (config.to === undefined) return facts.related('contact');
  const found = facts.path(config.to);
  const id = idIn(isJsonObject(found) ? found.id : found);
  const traits = id === undefined ? undefined : facts.record('contact', id);
  return id !== undefined && traits ? { id, traits } : undefined;
}

/** Quiet hours and windows go by the contact's clocks: a zone that is there and cannot be read is told (T0, P1). */
function countUnreadZone({ time_zone: zone }: Traits, { messageClass, channel }: SendConfig, facts: Facts): void {
  const { sendWindow } = facts.settings;
  const isAsked = messageClass === 'marketing' || (messageClass !== 'internal' && sendWindow[channel] !== undefined);
  if (!isAsked || !isUnread(zone, readZone)) return;
  const expression = 'contact.time_zone';
  facts.wrongTypes.set(expression, { expression, values: { [expression]: zone! } });
}

/** Absent or malformed (S1): which of the two is told, the value is not. */
function noAddress(detail: { [key: string]: Json }, given: Json | undefined): StepDecision {
  const isAbsent = given === undefined || given === null || given === '';
  return refuse(detail, 'no_address', { address: isAbsent ? 'absent' : 'malformed' });
}

function refuse(detail: { [key: string]: Json }, reason: string, by: Json = {}): StepDecision {
  return {
    answer: { go: 'next' },
    line: { detail, refused: reason },
    context: { status: 'refused', reason },
    evaluated: { refused: reason, by },
  };
}
