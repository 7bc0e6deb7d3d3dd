/** T9, E6, N1: what a visitor's own traits, or those of an id that is a contact's by now, have turned. */
import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../support/evaluation.ts';
import { alias, at, enrolments, firings, identify, says, standing } from '../visitors.ts';
import { othersThan } from './arrivals.ts';

const clock = { from: at('08:00'), now: at('12:00'), until: at('12:10') };

const level = (more = '') => [
  {
    path: 'level.yaml',
    text: `playbook: level\ntrigger: { becomes: contact.level >= 5${more} }\nagain: always\nsteps: [{ wait: 2d }, { record: seen }]\n`,
  },
];

describe('a trait that a visitor`s own identify wrote', () => {
  it('turns for the contact: it enters at the merge', async () => {
    const events = [says('10:00', { anonymousId: 'x' }, { level: 7 }), identify('10:30')];
    expect(await othersThan({ files: level(), clock, events, read: enrolments }, ['10:30 level ada'])).toEqual({});
    expect(await othersThan({ files: level(), clock, events, read: firings }, ['10:00 level ada enrolled'])).toEqual(
      {},
    );
  });

  it('turns for the contact with `for`, from when it turned', async () => {
    const events = [says('10:00', { anonymousId: 'x' }, { level: 7 }), identify('10:30')];
    const wanted = ['11:00 level ada enrolled'];
    expect(await othersThan({ files: level(', for: 1h'), clock, events, read: firings }, wanted)).toEqual({});
  });

  it('has turned nothing where the contact`s own was there before', async () => {
    const events = [
      says('09:30', { contactId: 'ada' }, { level: 6 }),
      says('10:00', { anonymousId: 'x' }, { level: 7 }),
      identify('10:30'),
    ];
    const entered = async (evaluation: Evaluation) =>
      (await standing(evaluation)).filter((line) => line.endsWith('enrolled'));
    const wanted = ['09:30 level ada enrolled'];
    expect(await othersThan({ files: level(), clock, events, read: entered }, wanted)).toEqual({});
  });

  it('turns at once where the id is the contact`s already', async () => {
    const events = [identify('10:00'), says('10:30', { anonymousId: 'x' }, { level: 7 })];
    expect(await othersThan({ files: level(), clock, events, read: firings }, ['10:30 level ada enrolled'])).toEqual(
      {},
    );
  });
});

describe('an id that an alias has made another`s', () => {
  it('turns what its own identify says, before the alias and after it', async () => {
    const before = [says('10:00', { contactId: 'old' }, { level: 7 }), alias('10:30', 'old', 'ada')];
    const after = [alias('10:00', 'old', 'ada'), says('10:30', { contactId: 'old' }, { level: 7 })];
    const story = { files: level(), clock, read: enrolments };
    expect(await othersThan({ ...story, events: before }, ['10:00 level ada'])).toEqual({});
    expect(await othersThan({ ...story, events: after }, ['10:30 level ada'])).toEqual({});
  });
});
