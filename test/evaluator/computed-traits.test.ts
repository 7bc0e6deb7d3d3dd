/** T14 in the evaluator: traits are stored with the subject, and a late event finds them as they were at its place (E5). */
import { afterEach, describe, expect, it } from 'vitest';
import { type Evaluation, startEvaluation } from '../support/evaluation.ts';

const CONTACT = `subject: contact
traits:
  score: { score: [{ event: page, points: 10 }], half_life: 1d }
  n: { count: true, event: page, over: calendar month }
  stage: { tiers: [{ if: contact.score >= 15 && contact.n >= 2, is: hot }, { else: cold }] }
`;
const ACCOUNT = 'subject: account\ntraits:\n  seats: { last: event.seats, event: bought, over: ever }\n';
const playbook = (where: string) => ({
  path: 'p.yaml',
  text: `playbook: p\ntrigger: { event: ask, where: '${where}' }\nagain: always\nsteps: [{ record: x }]\n`,
});

let evaluation: Evaluation;
const start = async (where: string) => {
  const traits = [
    { path: 'traits/contact.yaml', text: CONTACT },
    { path: 'traits/account.yaml', text: ACCOUNT },
  ];
  evaluation = await startEvaluation('2026-03-02T10:00:00.000Z', [...traits, playbook(where)]);
  return evaluation;
};
const at = (time: string) => `2026-03-02T${time}:00.000Z`;
const firedAt = async () => (await evaluation.firings()).map((firing) => firing.at.slice(11, 16));
afterEach(() => evaluation.close());

describe('computed traits in the store', () => {
  it('scores, months and tiers are there for the next event', async () => {
    const { send, step } = await start('contact.stage == "hot"');
    await send({ name: 'page' }, { name: 'ask' });
    await step(at('11:00'));
    await send({ name: 'page' });
    await step(at('11:30'));
    await send({ name: 'ask' });
    await step(at('12:00'));
    expect(await firedAt()).toEqual(['11:30']);
  });

  it('a late event is folded at its own place: what came behind it sees it (E5)', async () => {
    const { send, step } = await start('contact.stage == "hot"');
    await send({ name: 'page' });
    await step(at('11:00'));
    await send({ name: 'ask' });
    await step(at('12:00'));
    expect(await firedAt()).toEqual([]);
    await send({ name: 'page', at: at('10:30') });
    await step(at('12:01'));
    expect(await firedAt()).toEqual(['11:00']);
  });

  it("a late event reads a relation's trait as it stood at its place (T0)", async () => {
    const { send, step } = await start('account.seats == 2');
    const account = (seats: number) => ({ name: 'bought', ids: { accountId: 'acme' }, properties: { seats } });
    const patches = [
      { type: 'contact' as const, id: 'ada', traits: { accountId: 'acme' } },
      { type: 'account' as const, id: 'acme', traits: { name: 'Acme' } },
    ];
    await send({ name: 'joined', patches, kind: 'identify' }, account(2));
    await step(at('11:00'));
    await send(account(5), { name: 'ask' });
    await step(at('12:00'));
    expect(await firedAt()).toEqual([]);
    await send({ name: 'ask', at: at('10:30') });
    await step(at('12:01'));
    expect(await firedAt()).toEqual(['10:30']);
  });
});
