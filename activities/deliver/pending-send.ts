/** What is kept of a message between its claim and its result. */
import type { Json } from '../../language/model.ts';
import type { ProviderWait } from '../../steps/redelivery.ts';
import type { Outgoing, Recipient } from '../../steps/step.ts';
import type { EffectRow } from '../../store/journeys/effects.ts';
import type { Answer } from '../../workflows/journey/types.ts';

/** Texts of one effect by recipient, kept with a claim whose step must not be decided again. */
export type Texts = { [recipient: string]: string };

/** What a claim keeps with its effect, so that a worker that goes on with it after a crash need not decide again. */
export interface PendingSend {
  /** The answer that the command has once its message is sent. */
  answer: Answer;
  context: { [name: string]: Json } | null;
  messageClass: Outgoing['messageClass'];
  /** Set where traits were written with the claim: a step that raises must not raise twice. */
  again?: { recipients: Recipient[]; texts: Texts };
  /** Set after the provider has refused it for the time being (P5). */
  wait?: ProviderWait;
}

export function pendingSendOf(effect: EffectRow | undefined): PendingSend | undefined {
  return (effect?.claim ?? undefined) as PendingSend | undefined;
}
