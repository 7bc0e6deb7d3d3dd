/** The words for the reasons for which something was refused, held or ended: one table for tests, `explain` and pages. */

const REASONS: { [reason: string]: string } = {
  again: 'it was in this playbook before, and `again` does not let it in yet',
  anonymous: 'nobody knows who the visitor is',
  audience: 'the audience does not let it in',
  away: 'the colleague is away',
  before_deploy: 'it is from before the playbook was deployed',
  before_horizon: 'it came too late for anything to be recomputed',
  cap: 'the limit of messages per person is reached',
  consent: 'no consent to marketing, or none to the topic',
  exit: 'it no longer applies',
  halted: 'the playbook is halted, until it is resumed',
  holdout: 'held out for comparison',
  inactive: 'the playbook is paused, halted, or no longer deployed',
  loop: 'playbooks lead to each other in a ring',
  no_address: 'there is no address that can be written to',
  no_moment: 'quiet hours and sending hours leave no minute of the day',
  no_recipient: 'there is no recipient',
  no_subject: 'the subject came out empty',
  nobody: 'no colleague was free',
  not_useful: 'it is later than `useful_for` allows',
  open: 'an enrolment for the same key is still open',
  overtaken: 'another firing of the same instant goes further',
  parent: 'the playbook that ran it has ended, or waits for it no longer',
  quiet_hours: 'in quiet hours',
  send_window: 'outside of sending hours',
  suppressed: 'unsubscribed, or an earlier mail bounced or was complained about',
  text_too_long: 'its text came to more than 256 kB',
  too_late_after: 'it is longer ago than `too_late_after` allows',
  undone: 'the event that began it was corrected later',
};

/** Every reason for which something is refused, held or ended that is not the name of an event. */
export const REASONS_KNOWN: readonly string[] = Object.keys(REASONS);

/** `no consent to marketing`; a reason without words of its own, such as the name of an event, as it is. */
export function reasonOf(reason: string | null): string {
  return reason === null ? 'no reason given' : (REASONS[reason] ?? reason.replaceAll('_', ' '));
}

/** `consent: no consent to marketing`: the word that rules, tests and metrics use, and what it says. */
export function reasonWithWords(reason: string): string {
  const words = REASONS[reason];
  return words === undefined ? reason : `${reason}: ${words}`;
}
