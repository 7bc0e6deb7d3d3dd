/** E5, E6: several events of one request that lie before a merge are one recomputation, whatever the contact's record names. */
import { afterEach, describe, expect, it } from 'vitest';
import { type Evaluation, startEvaluation } from '../../support/evaluation.ts';
import { at, cart, enrolments, firings, identify, says, visitor } from '../visitors.ts';

let evaluation: Evaluation;
afterEach(() => evaluation.close());

describe('two late events of a visitor of before the merge', () => {
  it.each([
    ['of nobody', {}],
    ['of an account', { accountId: 'acme' }],
  ])('one takes back a firing, the other gives it later: it has moved, for a contact %s', async (_, traits) => {
    evaluation = await startEvaluation(at('08:00'), [cart()]);
    const { send, evaluator, step } = evaluation;
    await step(at('08:30'));
    await send(says('08:30', { contactId: 'ada' }, traits));
    await evaluator.idle();
    await step(at('10:00'));
    await send(visitor('cart.updated', '10:00'));
    await evaluator.idle();
    await step(at('12:00'));
    await send(identify('12:00'));
    await evaluator.idle();
    expect(await enrolments(evaluation)).toEqual(['12:00 cart ada']);
    await step(at('13:00'));
    await send(visitor('order.completed', '10:30'), visitor('cart.updated', '10:40'));
    await evaluator.idle();
    // The cart of 10:40 is left at 11:40: within the window, the made one stands for it.
    expect(await enrolments(evaluation)).toEqual(['12:00 cart ada']);
    expect(await firings(evaluation)).toEqual(['11:00 cart ada enrolled undone']);
    const { rows } = await evaluation.database.pool.query("SELECT kind FROM journey_inputs WHERE kind = 'undone'");
    expect(rows).toEqual([]);
  });
});
