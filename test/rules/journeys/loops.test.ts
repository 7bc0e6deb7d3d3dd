/** N1 and E9: playbooks that feed each other end, and who reads the refusal sees the ring. */
import { describe, expect, it } from 'vitest';
import { causesOf } from '../../../language/records/causes.ts';
import { loopOf } from '../../../triggers/entry/loop.ts';
import { day, type Happening, play, type Scene } from '../play.ts';

const ADA = { email: 'ada@example.com', points: 0 };
const SEEN: Happening = [day('10:00'), 'seen'];
const update = 'update: { contact.points: { add: 1 } }';

/** How often each playbook was entered, then what was refused, with the ring. */
function rounds(playbooks: { [name: string]: string }, scene: Partial<Scene> = {}): string[] {
  const { lines } = play(playbooks, { contact: ADA, events: [SEEN], ...scene });
  const entries = lines.flatMap((line) => (line.type === 'enrolment' ? [line] : []));
  const entered = Object.keys(playbooks).map(
    (name) => `${name} ${entries.filter((line) => line.playbook === name && line.refused === null).length}`,
  );
  const refused = entries.flatMap(({ playbook, refused, looked }) => {
    if (refused === null) return [];
    const { ring } = looked as { ring?: string[] };
    return [`${playbook} ${refused}${ring ? ` ${ring.join(' > ')}` : ''}`];
  });
  return [...entered, ...refused];
}

describe('a playbook that leads to its own firing', () => {
  it('within one instant is entered five times', () => {
    const start = `trigger: { event: seen }\nsteps: [{ ${update} }]`;
    const loop = `trigger: { event: contact.updated }\nagain: always\nsteps: [{ ${update} }]`;
    expect(rounds({ start, loop })).toEqual(['start 1', 'loop 5', 'loop loop loop > loop']);
  });

  it('after a wait, by a mail', () => {
    const start = `trigger: { event: seen }\nsteps: [{ send: email, template: cart-reminder, class: transactional }]`;
    const loop = `trigger: { event: email.sent }\nagain: always\nsteps: [{ wait: 30d }, { send: email, template: cart-reminder, class: transactional }]`;
    expect(rounds({ start, loop })).toEqual(['start 1', 'loop 5', 'loop loop loop > loop']);
  });

  it('by a watch that its own end opens', () => {
    const loop = `trigger: { event: [seen, enrolment.ended], unless: stop, within: 2h }\nagain: always\nsteps: [{ record: x }]`;
    expect(rounds({ loop })).toEqual(['loop 5', 'loop loop loop > loop']);
  });

  it('is entered again for each event from outside', () => {
    const loop = `trigger: { event: [seen, contact.updated] }\nagain: always\nsteps: [{ ${update} }]`;
    const events: Happening[] = [SEEN, [day('10:00', 1), 'seen']];
    expect(rounds({ loop }, { events })).toEqual(['loop 10', 'loop loop loop > loop', 'loop loop loop > loop']);
  });
});

describe('a ring of several', () => {
  it('is named from the playbook round to itself', () => {
    const a = `trigger: { event: [seen, task.created] }\nagain: always\nsteps: [{ wait: 1m }, { ${update} }]`;
    const b = `trigger: { event: contact.updated }\nagain: always\nsteps: [{ task: Call, assign: kim, due: 1d }]`;
    expect(rounds({ a, b })).toEqual(['a 5', 'b 5', 'a loop a > b > a']);
  });

  it('through a clock of a service level', () => {
    const policy = `sla: replies
subject: ticket
calendar: office-eu
clocks:
  answer:
    start: ticket.created
    stop: ticket.solved
    pause: ticket.status == "pending"
    target: { default: 8h }`;
    const extra = [{ path: 'sla/replies.yaml', text: policy }];
    const pauses = `subject: ticket\ntrigger: { event: [seen, { event: sla.resumed, where: event.policy == "replies" }] }\nagain: always\nsteps: [{ update: { ticket.status: pending } }]`;
    const resumes = `subject: ticket\ntrigger: { event: sla.paused, where: event.policy == "replies" }\nagain: always\nsteps: [{ wait: 1m }, { update: { ticket.status: open } }]`;
    const events: Happening[] = [[day('09:00'), 'ticket.created'], SEEN];
    const told = rounds({ pauses, resumes }, { contact: ADA, ticket: { status: 'open' }, events, extra });
    expect(told).toEqual(['pauses 5', 'resumes 5', 'pauses loop pauses > resumes > pauses']);
  });

  it('however many there are: a chain has at most 25 playbooks', () => {
    const names = Array.from({ length: 30 }, (_, i) => `p${i}`);
    expect(loopOf({ playbook: 'q', trigger: { caused_by: names.slice(0, 24) } })).toBeUndefined();
    expect(loopOf({ playbook: 'q', trigger: { caused_by: names.slice(0, 25) } })).toMatchObject({
      chain: 25,
      times: 0,
    });
  });
});

describe('no loop', () => {
  it('is what comes from outside under a name of ours, whatever it says', () => {
    const loop = `trigger: { event: email.sent }\nagain: always\nsteps: [{ record: "x" }]`;
    const caused = { playbook: 'loop', caused_by: ['loop', 'loop', 'loop', 'loop', 'loop', 'loop'] };
    const { entries, lines } = play({ loop }, { contact: ADA, events: [[day('10:00'), 'email.sent', caused]] });
    expect(entries).toEqual(['03-02 10:00 entered']);
    expect(lines.filter(({ type }) => type === 'effect')).toHaveLength(1);
  });

  it('is what people do: a chain begins anew with a task that is done', () => {
    const properties = { playbook: 'p', caused_by: ['p', 'p'] };
    expect(causesOf({ own: true, name: 'task.created', properties })).toEqual(['p', 'p', 'p']);
    for (const name of ['task.done', 'task.accepted', 'email.clicked', 'email.unsubscribed', 'approval.given'])
      expect(causesOf({ own: true, name, properties }), name).toEqual([]);
    expect(causesOf({ name: 'task.created', properties })).toEqual([]);
  });

  it('`trigger.caused_by` tells a playbook what led to it', () => {
    const a = `trigger: { event: seen }\nsteps: [{ ${update} }]`;
    const b = `trigger: { event: contact.updated }\nsteps: [{ task: "{{ trigger.caused_by }}", assign: kim, due: 1d }]`;
    const { lines } = play({ a, b }, { contact: ADA, events: [SEEN] });
    const [task] = lines.flatMap((line) => (line.type === 'effect' && line.playbook === 'b' ? [line.detail.task] : []));
    expect(task).toEqual('a');
  });
});
