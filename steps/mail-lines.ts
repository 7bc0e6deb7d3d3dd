/** What colleagues are told by mails that no journey waits for: digests (S11) and tasks (S6). */
import type { Instant } from '../language/model.ts';
import { nextMailTimes } from '../language/time/mail-time.ts';
import { recipientZone } from './gates/recipient-zone.ts';
import type { Facts, MailLine, Recipient } from './step.ts';

/** The zone in which a colleague reads: their own, else the playbook's. */
export function readerZone({ person }: Recipient, facts: Facts): string {
  const zone = facts.people.persons.find(({ id }) => id === person)?.timeZone;
  return recipientZone(zone === undefined ? {} : { time_zone: zone }, facts);
}

/** The line of one recipient in the next digest that leaves at such a time. @param when as `readMailTime` takes it */
export function digestLine(to: Recipient, text: string, when: string, facts: Facts): MailLine {
  const [dueAt, otherwiseAt] = nextMailTimes(when, readerZone(to, facts), facts.at);
  return { kind: 'digest', to, text, dueAt, otherwiseAt };
}

/** How the step's task is told to who is to do it, by the settings' `tasks`; undefined where it is not. */
export function taskLine(to: Recipient, facts: Facts): MailLine | undefined {
  const { mail = 'off' } = facts.settings.tasks ?? {};
  if (mail === 'off') return undefined;
  const at: Instant = facts.at;
  if (mail === 'at once') return { kind: 'task', to, text: null, dueAt: at, otherwiseAt: at };
  const [dueAt, otherwiseAt] = nextMailTimes(mail, readerZone(to, facts), at);
  return { kind: 'tasks', to, text: null, dueAt, otherwiseAt };
}
