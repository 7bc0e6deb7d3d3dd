/** What is outside of Cuebook: a provider of mail, another system, an activity. Each takes, refuses, or is away for a while. */
import type { AnyActivity } from '../../activities/calls/activity.ts';
import type { DeliveryStatus } from '../../activities/mail/delivery-status.ts';
import type { Mail } from '../../activities/mail/mail.ts';
import type { Mailer } from '../../activities/mail/transport.ts';
import type { Instant } from '../../language/model.ts';
import type { Behaviour } from '../../simulate/crashes/histories.ts';
import { type Receiver, webhookReceiver } from '../requests/webhook-receiver.ts';
import { levelOf } from './level-of.ts';

/** What a text is about: the first name of a person that stands in it. */
export const NAME = /\bp\d{5}p\b/g;

const WORD = new RegExp(NAME.source);

export type System = 'mail' | 'webhook' | 'call';

export interface Outside extends AsyncDisposable {
  /** What the clock shows: systems are away until an instant. */
  now: Instant;
  mailer: Mailer;
  activity: AnyActivity;
  receiver: Receiver;
  /** Taken mails, by their Message-IDs. */
  mails: Map<string, Mail>;
  /** How often one was taken. */
  taken: Map<string, number>;
  /** Calls that the activity has answered, by their idempotency keys. */
  calls: Map<string, string>;
  ask(messageId: string): Promise<DeliveryStatus>;
  /** Of what came so far nothing is known any more. */
  forget(): void;
}

/** @param behaviourOf how a system takes what is about the person of that name */
export async function openOutside(behaviourOf: (name: string, system: System) => Behaviour): Promise<Outside> {
  const behaves = (text: string, system: System): Behaviour => {
    const [name] = WORD.exec(text) ?? [];
    // What tells of several people is taken.
    if (name === undefined) return { kind: 'takes', known: true };
    const behaviour = behaviourOf(name, system);
    return behaviour.kind === 'away' && behaviour.until <= outside.now ? { kind: 'takes', known: true } : behaviour;
  };
  const receiver = await webhookReceiver((n) => {
    const { body } = receiver.received[n - 1]!;
    const behaviour = behaves(body, 'webhook');
    if (behaviour.kind === 'takes') return { status: 200, body: JSON.stringify({ known: behaviour.known }) };
    if (behaviour.kind === 'refuses') return { status: 404 };
    return behaviour.code === 'busy' ? { status: 503 } : 'hang-up';
  });
  const activity = levelOf(({ name }, { idempotencyKey, refuse, later }) => {
    const behaviour = behaves(String(name), 'call');
    if (behaviour.kind === 'refuses') return refuse('unknown_name');
    if (behaviour.kind === 'away' && behaviour.code === 'busy') return later('busy');
    if (behaviour.kind === 'away') throw new Error('away');
    outside.calls.set(idempotencyKey, String(name));
    return { level: 7 };
  });
  const outside: Outside = {
    now: 0,
    receiver,
    activity,
    mails: new Map(),
    taken: new Map(),
    calls: new Map(),
    mailer: {
      async send(mail) {
        // Colleagues' mails are of many people: the provider takes or refuses by the reader's address.
        const behaviour = behaves(mail.to.address, 'mail');
        if (behaviour.kind === 'refuses')
          return { status: 'refused', permanent: true, recipient: true, code: 'smtp-550' };
        if (behaviour.kind === 'away') return { status: 'refused', permanent: false, code: 'smtp-451' };
        outside.mails.set(mail.messageId, mail);
        outside.taken.set(mail.messageId, (outside.taken.get(mail.messageId) ?? 0) + 1);
        return { status: 'sent', response: 'smtp-250' };
      },
      verify: async () => undefined,
      close: async () => undefined,
    },
    ask: async (messageId) => (outside.mails.has(messageId) ? 'taken' : 'not-taken'),
    forget() {
      receiver.received.length = 0;
      for (const known of [outside.mails, outside.taken, outside.calls]) known.clear();
    },
    [Symbol.asyncDispose]: () => receiver.close(),
  };
  return outside;
}
