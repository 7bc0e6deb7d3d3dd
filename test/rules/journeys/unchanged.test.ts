/** E9: what changes nothing is not written and not told, by whatever step, live and in virtual time by one function. */
import { describe, expect, it } from 'vitest';
import { withoutUnchanged } from '../../../steps/changes.ts';
import type { StepDecision } from '../../../steps/step.ts';
import { day, play, type Scene } from '../play.ts';

/** How often a playbook that listens to changes of the subject's kind fires after one step. */
function told(type: 'contact' | 'ticket', step: string, scene: Partial<Scene>): number {
  const acts = `subject: ${type}\ntrigger: { event: seen }\nsteps:\n  - ${step}`;
  const listens = `subject: ${type}\ntrigger: { event: ${type}.updated }\nagain: always\nsteps: [{ record: x }]`;
  const { lines } = play({ acts, listens }, { contact: {}, events: [[day('10:00'), 'seen']], ...scene });
  const fired = lines.filter((line) => line.type === 'firing' && line.playbook === 'listens').length;
  const effects = lines.filter((line) => line.type === 'effect' && line.playbook === 'acts').length;
  // A turn that was given is one (S16); what changes nothing at all is no effect.
  expect(effects).toBe(step.startsWith('assign') ? 1 : fired);
  return fired;
}

describe('a step that leaves a record as it was tells nothing', () => {
  const contact = { tier: 'gold', points: 5, tags: ['a'], consent: { marketing: true } };

  it.each([
    ['the same text', 'update: { contact.tier: gold }'],
    ['a text that comes to the same', 'update: { contact.tier: "{{ contact.tier }}" }'],
    ['nothing added to a number', 'update: { contact.points: { add: 0 } }'],
    ['what a list has already', 'update: { contact.tags: { add: a } }'],
    ['what a list does not have', 'update: { contact.tags: { remove: b } }'],
    ['nothing removed', 'update: { contact.stage: null }'],
  ])('update: %s', (_, step) => {
    expect(told('contact', step, { contact })).toBe(0);
  });

  it.each([
    ['another text', 'update: { contact.tier: tin }'],
    ['a number as a text', 'update: { contact.points: "5" }'],
    ['one of two', 'update: { contact.tier: gold, contact.stage: new }'],
    ['a removed value', 'update: { contact.tier: null }'],
  ])('and one that changes it tells once: %s', (_, step) => {
    expect(told('contact', step, { contact })).toBe(1);
  });

  it('escalate and assign', () => {
    const ticket = { priority: 'urgent', assignee: 'lena' };
    expect(told('ticket', 'escalate: ticket\n    to: lena\n    priority: urgent', { ticket })).toBe(0);
    expect(
      told('ticket', 'escalate: ticket\n    to: lena\n    priority: urgent', { ticket: { priority: 'urgent' } }),
    ).toBe(1);
    const assign = 'assign: owner\n    by: round_robin\n    among: lena';
    expect(told('ticket', assign, { ticket: { owner: 'lena' } })).toBe(0);
    expect(told('ticket', assign, { ticket: { owner: 'kim' } })).toBe(1);
  });

  it('so that a playbook on what it escalates itself comes to rest after the first', () => {
    const loop = `subject: ticket
trigger: { event: ticket.updated, where: ticket.priority == "urgent" }
again: always
steps: [{ escalate: ticket, to: lena }]`;
    const events = [
      [day('10:00'), 'ticket.updated', { traits: { ticket: { priority: 'urgent' } } }],
    ] as Scene['events'];
    const { entries, effects } = play(loop, { contact: {}, ticket: { priority: 'high' }, events });
    expect(entries).toEqual(['03-02 10:00 entered', '03-02 10:00 entered']);
    expect(effects).toEqual(['03-02 10:00 escalate ticket to: lena']);
  });
});

it('the decision says what it left alone', () => {
  const decision: StepDecision = {
    answer: { go: 'next' },
    writes: [
      { write: 'traits', type: 'contact', id: 'ada', traits: { tier: 'gold', tags: ['a', { b: 1 }], stage: 'new' } },
      { write: 'tried', person: 'kim' },
    ],
  };
  const facts = { record: () => ({ tier: 'gold', tags: ['a', { b: 1 }] }) };
  expect(withoutUnchanged(decision, facts)).toEqual({
    answer: { go: 'next' },
    writes: [
      { write: 'traits', type: 'contact', id: 'ada', traits: { stage: 'new' } },
      { write: 'tried', person: 'kim' },
    ],
    evaluated: { unchanged: ['contact.tier', 'contact.tags'] },
  });
});
