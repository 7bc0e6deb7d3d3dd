/** S7, S8: steps change what they mean to change, and damage no record where a value is absent or of another kind. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../language/model.ts';
import { day, play } from '../play.ts';

/** What the step wrote, as the lines of its effects show it, and what it said where it left something as it was. */
function acted(type: 'contact' | 'ticket', step: string, record: { [name: string]: Json }) {
  const playbook = `subject: ${type}\ntrigger: { event: seen }\nsteps:\n  - ${step}\n  - record: "as it is"`;
  const after = `subject: ${type}\ntrigger: { event: ${type}.updated }\nagain: always\nsteps: [{ update: { ${type}.copy: "{{ ${type}.value }}" } }]`;
  return play(
    { playbook, after },
    { [type]: record, events: [[day('10:00'), 'seen', { some: 10, text: '10', odd: '10 EUR' }]] },
  ).effects;
}

const add = (value: string) => `update: { contact.value: { add: ${value} } }`;
const UNCHANGED = ['03-02 10:00 record as it is'];

describe('update (S8)', () => {
  it.each([
    ['an absent value adds nothing to a number', add('"{{ trigger.nothing }}"'), 15],
    ['nor to a list', add('"{{ trigger.nothing }}"'), ['a']],
    ['nor to nothing', add('"{{ trigger.nothing }}"'), undefined],
    ['what is no number is not added to one', add('"{{ trigger.odd }}"'), 15],
    ['nor a number to a text that is none', add('5'), 'gold'],
    ['an absent value deletes nothing', 'update: { contact.value: "{{ trigger.nothing }}" }', 'gold'],
  ])('%s', (_, step, value) => {
    expect(acted('contact', step, value === undefined ? {} : { value })).toEqual(UNCHANGED);
  });

  it.each([
    ['a text that is a number is added as one', add('"{{ trigger.text }}"'), 15, '25'],
    ['also to a number that is written as a text', add('"{{ trigger.some }}"'), '15', '25'],
    ['a number goes into a list as it is', add('"{{ trigger.some }}"'), ['a'], '["a",10]'],
    ['a text makes a list of a text', add('b'), 'a', '["a","b"]'],
  ])('%s', (_, step, value, copied) => {
    expect(acted('contact', step, { value }).at(-1)).toBe(`03-02 10:00 update {"contact.copy":${copied}}`);
  });

  it('a written null removes', () => {
    expect(acted('contact', 'update: { contact.value: null }', { value: 'gold' })[0]).toContain('"contact.value":null');
  });
});

describe('escalate (S7) never lowers a priority', () => {
  it.each([['critical'], [5], ['URGENT!'], [{ toString: 1 }]])('one that is not known stays: %j', (priority) => {
    const effects = acted('ticket', 'escalate: ticket\n    priority: raise', { priority });
    expect(effects).toEqual(UNCHANGED);
  });

  it('capitals and blanks are no other priority', () => {
    const effects = acted('ticket', 'escalate: ticket\n    priority: high', { priority: ' Normal' });
    expect(effects.join()).toContain('priority: high');
    expect(acted('ticket', 'escalate: ticket\n    priority: high', { priority: 'Urgent' }).join()).not.toContain(
      'high',
    );
  });

  describe('by the order of the settings', () => {
    const raised = (priority: Json | undefined, priorities: (string | number)[], wanted = 'raise') =>
      play(`subject: ticket\ntrigger: { event: seen }\nsteps: [{ escalate: ticket, to: lena, priority: ${wanted} }]`, {
        ticket: priority === undefined ? {} : { priority },
        events: [[day('10:00'), 'seen']],
        settings: { priorities },
      }).effects.map((line) => /priority: (.*)$/.exec(line)?.[1]);

    it('one step up, to the highest', () => {
      expect(raised('P3', ['p4', 'p3', 'p2', 'p1'])).toEqual(['p2']);
      expect(raised('p1', ['p4', 'p3', 'p2', 'p1'])).toEqual(['p1']);
      expect(raised(2, [1, 2, 3, 4])).toEqual(['3']);
    });

    it('one that is higher than what is wanted, or unknown, stays as it is written', () => {
      expect(raised('Critical', ['low', 'high', 'critical'], 'high')).toEqual(['Critical']);
      expect(raised('urgent', ['low', 'high', 'critical'], 'high')).toEqual(['urgent']);
    });

    it('a ticket without one counts as normal, or as the lowest', () => {
      expect(raised(undefined, ['low', 'normal', 'high'])).toEqual(['high']);
      expect(raised(undefined, ['p4', 'p3', 'p2'])).toEqual(['p3']);
    });
  });
});
