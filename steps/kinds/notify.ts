/** S11: a message to colleagues; internal, so no gate but goal and exit. */
import { z } from 'zod';
import type { Json, Text } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { readMailTime } from '../../language/time/mail-time.ts';
import { digestLine, readerZone } from '../mail-lines.ts';
import { effectNode } from '../nodes.ts';
import { recipientsOf } from '../recipients.ts';
import { colleagueName, wordsOf } from '../sentences.ts';
import type { OnUnknown, Step } from '../step.ts';
import { asWritten } from '../words/title-words.ts';

const schema = z
  .strictObject({
    notify: z.union([z.string(), z.array(z.string()).min(1).max(50)]),
    text: z.string().max(10_000).optional(),
    template: z.string().max(200).optional(),
    digest: z.string().max(100).optional(),
    on_unknown: z.enum(['resend', 'hold']).optional(),
  })
  .refine((v) => (v.text === undefined) !== (v.template === undefined), {
    error: 'one of `text` and `template` says what',
    params: { hint: 'write text: "{{ contact.name }} waits", or template: with a name of templates/' },
  })
  .refine((v) => v.digest === undefined || v.template === undefined, {
    error: 'a digest gathers texts, not templates',
    params: { hint: 'write text: in place of template:, or leave `digest` out' },
  })
  .refine((v) => v.digest === undefined || v.on_unknown === undefined, {
    error: 'a digest is a mail of its own: `on_unknown` is of a message that leaves with its step',
    params: { hint: 'leave `on_unknown` out' },
  });

interface NotifyConfig {
  who: string[];
  text?: Text;
  template?: string;
  /** As `readMailTime` takes it. */
  digest?: string;
  onUnknown?: OnUnknown;
}

export const step: Step = {
  kind: 'notify',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const who = Array.isArray(value.notify) ? value.notify : [value.notify];
    const config: NotifyConfig = {
      who: who.map((ref, i) =>
        context.person(ref, Array.isArray(value.notify) ? [...path, 'notify', i] : [...path, 'notify']),
      ),
      ...(value.text !== undefined && { text: context.text(value.text, [...path, 'text']) }),
      ...(value.template !== undefined && { template: context.template(value.template, [...path, 'template']) }),
      ...(value.digest !== undefined && { digest: value.digest }),
      ...(value.on_unknown !== undefined && { onUnknown: value.on_unknown }),
    };
    const time = value.digest === undefined ? undefined : readMailTime(value.digest);
    if (time && 'error' in time) context.report('CB202', [...path, 'digest'], time.error, time.hint);
    return { node: effectNode(at, { leaves: value.digest === undefined }), config: config as never };
  },
  effect: {
    line: ['text', 'template', 'digest'],
    withheldFromGhosts: { context: { status: 'refused', reason: 'holdout' } },
    sentence: ({ detail }, { people }) =>
      `Message to ${colleagueName(detail.notify, people)}: ${wordsOf(detail.text ?? detail.template)}`,
  },
  example: '- notify: contact.owner.manager\n  text: "{{ contact.name }} waits"',

  title({ config }) {
    const { who, text, template } = config as unknown as NotifyConfig;
    return { title: `Notify ${who.join(', ')}`, detail: text === undefined ? template : asWritten(text) };
  },
  decide(step, _command, facts) {
    const config = step.config as unknown as NotifyConfig;
    const { recipients, names, evaluated, refused } = recipientsOf(config.who, facts);
    // Written for one reader in that reader's zone.
    const only = recipients.length === 1 ? recipients[0]?.person : undefined;
    const text = config.text && facts.words(config.text, facts.people.persons.find((p) => p.id === only)?.timeZone);
    const notify: Json = names.length === 1 ? names[0]! : names;
    const content = { ...(text !== undefined && { text }), ...(config.template && { template: config.template }) };
    const detail = { notify, ...content };
    if (refused !== undefined) {
      const context = { status: 'refused', reason: refused };
      return { answer: { go: 'next' }, line: { detail, refused }, context, evaluated };
    }
    if (config.digest !== undefined) {
      const lines = recipients.map((to) =>
        digestLine(to, facts.words(config.text!, readerZone(to, facts)), config.digest!, facts),
      );
      const times = lines.map(({ dueAt }) => isoInstant(dueAt));
      return {
        answer: { go: 'next' },
        writes: lines.map((line) => ({ write: 'mail-line', line })),
        line: { detail: { ...detail, digest: new Set(times).size === 1 ? times[0]! : times } },
        context: { status: 'gathered' },
        evaluated,
      };
    }
    return {
      answer: { go: 'next' },
      outgoing: {
        kind: 'message',
        channel: 'email',
        messageClass: 'internal',
        recipients,
        ...(config.onUnknown && { onUnknown: config.onUnknown }),
        ...content,
      },
      line: { detail },
      context: { status: 'sent' },
      evaluated,
    };
  },
};
