/** N4: who is held out, by our own hash. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { behind, happeningsOf, UNIT_MS } from '../draw.ts';
import { playbookFile, type Rule } from '../rule.ts';

export const rule: Rule = {
  name: 'holdout',
  of: 'N4',
  cases: fc
    .record({
      own: fc.constantFrom('unsaid', 'none', 0, 0.5, 10, 50, 99.5, 100),
      everywhere: fc.constantFrom(0, 5, 50),
      message: fc.constantFrom(undefined, 'transactional', 'marketing'),
      subjectId: fc.string({ minLength: 1, maxLength: 8 }).filter((id) => /^[\w -]+$/.test(id)),
    })
    .map(({ own, everywhere, message, subjectId }) => {
      const trigger = { event: 'a' };
      const send = { send: 'email', template: 'hello', class: message };
      const playbook = {
        trigger,
        ...(own !== 'unsaid' && { holdout: typeof own === 'number' ? `${own}%` : own }),
        steps: [{ update: { 'contact.points': 1 } }, ...(message === undefined ? [] : [send])],
      };
      const percent = typeof own === 'number' ? own : 0;
      // A marketing message is in the global holdout unless it is taken out; anything else only by a share of its own.
      const isIn = percent > 0 || (own === 'unsaid' && message === 'marketing');
      const heldOut =
        bucket(`p:holdout:${subjectId}`) < BigInt(percent * 100) ||
        (isIn && bucket(`*:holdout:${subjectId}`) < BigInt(everywhere * 100));
      const sender = { name: 'Shop', from: 'hello@shop.example', postal_address: 'Way 1, Town' };
      return {
        told: `${subjectId} of ${own}, ${everywhere} % of all, ${message ?? 'no message'}`,
        trigger,
        files: [
          playbookFile(playbook),
          { path: 'settings.yaml', text: JSON.stringify({ global_holdout: `${everywhere}%`, sender }) },
          { path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nHello' },
        ],
        subject: 'contact',
        subjectId,
        traits: {},
        happenings: happeningsOf(['a'], { most: 1 }),
        until: (history) => behind(history, UNIT_MS),
        expected: (history) => history.map((event) => ({ at: event.at, key: '', evidence: [event.id] })),
        entries: (history) =>
          history.map((event) => `${new Date(event.at).toISOString()}  ${heldOut ? 'held out' : 'entered'}`),
      };
    }),
};

/** First 8 bytes of the SHA-256, big endian, mod 10 000. */
function bucket(text: string): bigint {
  const hex = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return BigInt(`0x${hex}`) % 10_000n;
}
