/** E9: the events that Cuebook puts on timelines itself, and what each of them carries. */
import { expect, it } from 'vitest';
import { isoInstant } from '../../../language/time/instants.ts';
import { day, type Happening, play } from '../play.ts';

const SEEN: Happening = [day('10:00'), 'seen', { cart: 'c1' }];
const STEPS = `
  - { send: email, template: cart-reminder, class: transactional }
  - { task: Call, assign: kim, due: 1d }
  - { wait: 1h }
  - { update: { contact.stage: worked } }
  - { record: done }`;
const TOLD = ['playbook', 'step', 'key', 'template', 'message', 'task', 'by', 'outcome', 'reason', 'policy', 'clock'];

/** What a playbook that listens sees of the events of a name, by another playbook's steps. */
function told(name: string, events: Happening[] = [SEEN], subject = 'contact'): string[] {
  const fields = TOLD.map((field) => `${field}={{ trigger.${field} }}`).join(' ');
  const listens = `subject: ${subject}
trigger: { event: ${name}, where: event.playbook != "listens" }
again: always
steps: [{ task: "${fields}", assign: kim, due: 1d }]`;
  const works = `trigger: { event: seen, key: event.cart }\nsteps:${STEPS}`;
  const ada = { email: 'ada@example.com', consent: { marketing: true } };
  const { lines } = play(
    { works, listens },
    { contact: ada, ticket: { contactId: 'ada', priority: 'high' }, events, until: day('20:00', 9) },
  );
  return lines.flatMap((line) => {
    if (line.type !== 'effect' || line.playbook !== 'listens') return [];
    const said = String(line.detail.task).replaceAll(/\b[0-9a-f]{32}\b/g, '#');
    const filled = said.split(' ').filter((pair) => !pair.endsWith('='));
    return [`${isoInstant(line.at).slice(5, 16)} ${filled.join(' ')}`];
  });
}

it('a mail that was sent tells of its template and message', () => {
  expect(told('email.sent')).toEqual([
    '03-02T10:00 playbook=works step=steps.0 key=c1 template=cart-reminder message=#',
  ]);
});

it('a task tells that it was created', () => {
  expect(told('task.created')).toEqual(['03-02T10:00 playbook=works step=steps.1 key=c1 task=#']);
});

it('what a step changes is told of the record', () => {
  expect(told('contact.updated')).toEqual(['03-02T11:00 playbook=works step=steps.3 key=c1 by=update']);
});

it('an enrolment tells of its start and of its end', () => {
  expect(told('enrolment.started')).toEqual(['03-02T10:00 playbook=works key=c1']);
  expect(told('enrolment.ended')).toEqual(['03-02T11:00 playbook=works key=c1 outcome=completed reason=steps']);
});

it('a message of each round is one of its own', () => {
  const works = `trigger: { event: seen }
steps: [{ repeat: { at_most: 2, every: 1h }, steps: [{ send: email, template: cart-reminder, class: transactional }] }]`;
  const counts = `trigger: { event: email.sent, at_least: 2, within: 1d, key: event.template }\nsteps: [{ record: twice }]`;
  const { lines } = play({ works, counts }, { contact: { email: 'ada@example.com' }, events: [SEEN] });
  const firings = lines.flatMap((line) =>
    line.type === 'firing' && line.playbook === 'counts' ? [line.evidence] : [],
  );
  expect(firings).toHaveLength(1);
  expect(new Set(firings[0]).size).toBe(2);
});
