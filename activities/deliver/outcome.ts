/** What an effect comes to, given what came of its messages. Pure. */
import type { Instant, Json } from '../../language/model.ts';
import type { EffectStatus } from '../../store/journeys/effects.ts';
import type { MessageRow, MessageStatus } from '../../store/journeys/messages.ts';
import type { Answer } from '../../workflows/journey/types.ts';
import { onUnknown, type PendingSend } from './pending-send.ts';

export interface MessageResult {
  row: MessageRow;
  status: Extract<MessageStatus, 'sent' | 'failed' | 'unknown' | 'refused'>;
  /** A code; null where it was sent. */
  code: string | null;
  /** Of a failed one: it will not be taken later either. */
  permanent: boolean;
}

export interface EffectResult {
  status: EffectStatus;
  reason: string | null;
  answer: Answer;
  context: { [name: string]: Json } | null;
  /** Another try goes on with the claim. */
  triesAgain: boolean;
}

/** One that can still be sent keeps the effect open; else it is done as soon as it has reached anybody. */
export function resultOf(form: PendingSend, results: readonly MessageResult[], now: Instant): EffectResult {
  const holds = onUnknown(form.messageClass) === 'hold';
  const passing = results.find((r) => (r.status === 'failed' && !r.permanent) || (r.status === 'unknown' && !holds));
  if (passing) return failed(passing, false, now);
  const unknown = results.find((r) => r.status === 'unknown');
  if (unknown) {
    const context = { ...form.context, status: 'unknown' };
    return { status: 'unknown', reason: unknown.code, answer: form.answer, context, triesAgain: false };
  }
  if (results.some((r) => r.status === 'sent')) {
    return { status: 'done', reason: null, answer: form.answer, context: form.context, triesAgain: false };
  }
  const permanent = results.find((r) => r.status === 'failed');
  if (permanent) return failed(permanent, true, now);
  // Nobody of them can be written to: recorded, and no failure of the step.
  const reason = results[0]?.code ?? 'no_recipient';
  const context = { ...form.context, status: 'refused', reason };
  return { status: 'refused', reason, answer: form.answer, context, triesAgain: false };
}

function failed({ status, code }: MessageResult, permanent: boolean, now: Instant): EffectResult {
  const reason = status === 'unknown' ? 'unknown' : (code ?? 'failed');
  return {
    status: 'failed',
    reason,
    answer: { go: 'failed', code: reason, permanent, now },
    context: null,
    triesAgain: !permanent,
  };
}
