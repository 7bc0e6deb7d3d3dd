/** What is kept of an effect between its claim and its result. */
import type { Json } from '../../language/model.ts';
import type { MessageClass } from '../../language/syntax.ts';
import type { ProviderWait } from '../../steps/redelivery.ts';
import type { Outgoing, OutgoingMessage, Recipient } from '../../steps/step.ts';
import type { EffectRow } from '../../store/journeys/effects.ts';
import type { Answer } from '../../workflows/journey/types.ts';

/** Texts of one effect by recipient, kept with a claim whose step must not be decided again. */
export type Texts = { [recipient: string]: string };

/** What a claim keeps with its effect, so that a worker that goes on with it after a crash need not decide again. */
export interface PendingEffect {
  /** Left out in claims from before there were others: a message. */
  kind?: Outgoing['kind'];
  /** The answer that the command has once it is handed over. */
  answer: Answer;
  context: { [name: string]: Json } | null;
  /** Of a message. */
  messageClass?: MessageClass;
  /**
   * Whether what is unknown is handed over again (P4): never where the receiver cannot tell a repetition (S17); of a message as
   * its step says, else by its class.
   */
  repeats?: boolean;
  /** Set where traits were written with the claim: a step that raises must not raise twice. */
  again?: { recipients: Recipient[]; texts: Texts } & Pick<OutgoingMessage, 'subject' | 'asks' | 'about'>;
  /** Set after the provider has refused it for the time being (P5). */
  wait?: ProviderWait;
}

export function pendingEffectOf(effect: EffectRow | undefined): PendingEffect | undefined {
  return (effect?.claim ?? undefined) as PendingEffect | undefined;
}

/** Whether it has rows of messages: so do claims that an older release has left. */
export function isMessage({ kind }: PendingEffect): boolean {
  return kind === undefined || kind === 'message';
}
