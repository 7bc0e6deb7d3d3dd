/** What a claim keeps beside its effect, so that whoever goes on with it after a crash decides nothing anew. */
import type { Json } from '../../language/model.ts';
import type { Outgoing } from '../../steps/step.ts';
import type { EffectRow } from '../../store/journeys/effects.ts';
import type { Answer } from '../../workflows/journey/types.ts';
import type { Texts } from './address.ts';

export interface PendingSend {
  /** The answer that the command has once its message is sent. */
  answer: Answer;
  context: { [name: string]: Json } | null;
  messageClass: Outgoing['messageClass'];
  /** Set where traits were written with the claim: a step that raises must not raise twice. */
  again?: { recipients: NonNullable<Outgoing['recipients']>; texts: Texts };
}

export function pendingSendOf(effect: EffectRow | undefined): PendingSend | undefined {
  return (effect?.claim ?? undefined) as PendingSend | undefined;
}

/**
 * What happens when it cannot be known whether a provider took a message (P4): a customer is not written to twice for
 * the sake of an advertisement; what matters to somebody is rather sent twice than never.
 */
export function onUnknown(messageClass: string): 'hold' | 'resend' {
  return messageClass === 'marketing' ? 'hold' : 'resend';
}
