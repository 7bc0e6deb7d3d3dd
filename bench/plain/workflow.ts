/** What an engineer would write by hand for the three steps: a workflow an enrolment, three local activities. */
import { proxyLocalActivities } from '@temporalio/workflow';
import type { PlainActivities } from './activities.ts';

const { updateContact, createTask, recordOutcome } = proxyLocalActivities<PlainActivities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '100 milliseconds', maximumAttempts: 5 },
});

/** @param enrolment its contact has the same id. */
export async function plainEnrolment(enrolment: string): Promise<void> {
  await updateContact(enrolment);
  await createTask(enrolment);
  await recordOutcome(enrolment);
}
