/** S10: a signed request to another system. */
import { z } from 'zod';
import { isJsonObject } from '../../language/json.ts';
import type { Json, Text } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { TextError } from '../../language/template/compile.ts';
import { MAX_TEXT_BYTES } from '../../language/template/names.ts';
import { allowsHost } from '../allowed-hosts.ts';
import { effectNode } from '../nodes.ts';
import type { Step } from '../step.ts';
import { compileValues, renderValues, type ValueTree } from '../values.ts';
import { asWritten } from '../words/title-words.ts';

const schema = z.strictObject({
  webhook: z.string().min(1).max(2_000),
  body: z.record(z.string(), z.json()).optional(),
});

interface WebhookConfig {
  url: Text;
  body: ValueTree;
}

export const step: Step = {
  kind: 'webhook',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    checkUrl(value.webhook, [...path, 'webhook'], context);
    const config: WebhookConfig = {
      url: context.text(value.webhook, [...path, 'webhook']),
      body: compileValues(value.body ?? {}, [...path, 'body'], context),
    };
    return { node: effectNode(at, { leaves: true }), config: config as never };
  },
  effect: {
    handsOver: 'request',
    isAnswered: true,
    withheldFromGhosts: { context: { status: 'refused', reason: 'holdout' } },
    sentence: ({ subject, detail }) => `Request to ${hostOf(detail.webhook)} about ${subject}`,
  },
  example: '- webhook: https://crm.example/leads\n  body: { name: "{{ contact.name }}", score: "{{ contact.score }}" }',

  title({ config }) {
    const { url } = config as unknown as WebhookConfig;
    return { title: 'Webhook', detail: asWritten(url) };
  },
  decide(step, _command, facts) {
    const config = step.config as unknown as WebhookConfig;
    const url = String(facts.text(config.url));
    const body = renderValues(config.body, facts);
    const detail = { webhook: url, ...(isJsonObject(body) && Object.keys(body).length > 0 && { body }) };
    const json = JSON.stringify(body);
    if (Buffer.byteLength(json) > MAX_TEXT_BYTES) throw new TextError('text-too-long', 'a body came to too much');
    return {
      answer: { go: 'next' },
      outgoing: { kind: 'request', url, body: json },
      line: { detail },
      context: { status: 'done' },
    };
  },
};

/** Scheme, host and port as they stand, up to where a path, a query or the end begins. */
const ORIGIN = /^(https?):\/\/[^\s/?#{}@\\]+(?=[/?#]|$)/i;
/** A value that is encoded: it cannot lead to another path. */
const ENCODED = /^\{\{\s*url\s/;

/** Where a request goes is in the file: values stand in the path and the query alone, encoded. */
function checkUrl(url: string, path: Path, context: CompileContext): void {
  const origin = ORIGIN.exec(url)?.[0];
  if (origin === undefined || !URL.canParse(origin)) {
    const hint = 'write it out up to the path: https://crm.example/leads/{{ url contact.id }}';
    context.report('CB641', path, 'the address of a webhook begins with https:// and a host, without values', hint);
    return;
  }
  if (/^http:/i.test(origin) && !allowsHost(context.settings.webhooks?.allow ?? [], new URL(origin))) {
    const hint = `write https://, or name the host in settings.yaml: webhooks: { allow: [${new URL(origin).host}] }`;
    context.report('CB641', path, `\`${origin}\` is not encrypted`, hint);
  }
  for (const [braces] of url.matchAll(/\{\{.*?\}\}/gs)) {
    if (ENCODED.test(braces)) continue;
    const hint = `write ${braces.replace(/^\{\{\s*/, '{{ url ')}`;
    context.report('CB641', path, `\`${braces}\` is not encoded, and could lead to another path`, hint);
  }
}

function hostOf(url: Json | undefined): string {
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).host : 'another system';
}
