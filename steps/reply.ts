/** What a step's request or call came to, as the journey goes on with it: live and in virtual time. */
import type { TestAnswer } from '../language/compile/tests/types.ts';
import type { Json } from '../language/model.ts';
import type { Reply, StepDecision } from './step.ts';

export function withReply(decision: StepDecision, reply: Reply): StepDecision {
  const context = { ...decision.context, ...reply.context };
  if (reply.status === 'done') return { ...decision, context };
  const { reason } = reply;
  return {
    ...decision,
    line: { ...decision.line!, refused: reason },
    context: { ...context, status: 'refused', reason },
    evaluated: { refused: reason, by: {} },
  };
}

/** What a test says that comes back, as production would read it. */
export function replyOf(given: TestAnswer): Reply {
  if (!('refused' in given)) return { status: 'done', context: contextOf(given.answer, given.httpStatus) };
  const { refused: reason, answer = null } = given;
  const status = /^http-(\d{3})$/.exec(reason)?.[1];
  return { status: 'refused', reason, context: contextOf(answer, status === undefined ? undefined : Number(status)) };
}

/** What later steps see of an answer, beside how the step ended. */
export function contextOf(answer: Json, httpStatus: number | undefined): { [name: string]: Json } {
  return { answer, ...(httpStatus !== undefined && { http_status: httpStatus }) };
}
