/** Decides the step and makes its mail, by the code that a real send runs. */
import { randomBytes } from 'node:crypto';
import nodemailer from 'nodemailer';
import type { CommandContext } from '../../../activities/batch/command-context.ts';
import { addressed } from '../../../activities/deliver/address.ts';
import { mailOf } from '../../../activities/deliver/hand-over-mail.ts';
import { compose } from '../../../activities/mail/compose.ts';
import { type CheckedMail, checkMail } from '../../../activities/mail/mail.ts';
import { factsInput } from '../../../evaluation/journey-facts.ts';
import type { CompiledStep, Instant, PlaybookVersion } from '../../../language/model.ts';
import { suppressionOf } from '../../../language/records/suppression.ts';
import { placeOfJourney } from '../../../language/records/timeline.ts';
import type { World } from '../../../language/records/world.ts';
import { type ReportPeriod, reportOf } from '../../../measurement/report.ts';
import { factsOf } from '../../../steps/facts.ts';
import type { EnrolmentFacts, OutgoingMessage, StepDecision } from '../../../steps/step.ts';
import { stepOf } from '../../../steps/steps.ts';
import { Failure } from '../../failure.ts';
import type { Sender } from './find-step.ts';
import type { Sample } from './sample.ts';
import type { StoredGates } from './stored.ts';

export interface Composing extends Pick<Sample, 'steps' | 'clock'> {
  world: World;
  enrolment: EnrolmentFacts;
  at: Instant;
  /** Of the store; without it nobody has had a mail, and nothing stops one but what the values say. */
  gates?: StoredGates | undefined;
}

/** What the step comes to, and the mail that it would then be. */
export interface Composed {
  decision: StepDecision;
  /** Not asked of the gates: so there is a mail also for whom one is refused now. */
  outgoing: OutgoingMessage | undefined;
  /** Paths that its texts print, and under which nothing is (S20). */
  emptyValues: readonly string[];
  /** @param publicUrl where links lead */
  mail(publicUrl: string): Promise<{ mail: CheckedMail; raw: string }>;
}

/** Synchronous, so that what it reads of a store may be fetched and it be called again. */
export function composed({ version, path, settings, people }: Sender, input: Composing): Composed {
  const { enrolment, at, world, steps, clock, gates } = input;
  const command = { name: 'do', path, iteration: '', at, attempt: 1, leaves: true } as const;
  const own = {
    ...{ now: at, beganAt: at, steps, match: undefined },
    ...{ sinceStart: () => 0, arm: () => undefined, solved: () => false, openTasks: () => 0 },
    ...{ lastTurn: () => undefined, ownTasks: () => [], tried: () => [] },
    report: (period: ReportPeriod) => reportOf(period, {}),
    gates: {
      reservedAt: (contactId: string, messageClass: string, since: Instant) =>
        gates?.reservedAt(command, { contactId, messageClass, since }) ?? [],
      suppression: (contactId: string) =>
        gates ? gates.suppression(contactId) : suppressionOf(world.traits('contact', contactId, placeOfJourney(at))),
      jitter: () => 0,
    },
  };
  const reader = { enrolment, version, settings, world, state: () => undefined };
  const facts = factsOf({ ...factsInput(reader, command, own), clock: () => clock });
  const step = version.playbook.steps[path]!;
  const decide = (one: CompiledStep) => stepOf(step.kind).decide(one, command, facts);
  const { messageClass } = step.config as { messageClass?: OutgoingMessage['messageClass'] };
  const passed = decide({
    ...step,
    config: { ...(step.config as object), messageClass: 'internal' } as never,
  }).outgoing;
  const outgoing =
    passed?.kind === 'message' ? { ...passed, messageClass: messageClass ?? passed.messageClass } : undefined;
  const context = {
    ...{ id: 'preview', command, version, settings, messages: [], row: { playbook: version.playbook.playbook } },
  } as unknown as CommandContext;
  const [part] = outgoing ? addressed({ context, outgoing, facts, people, now: at }) : [];
  return {
    decision: decide(step),
    outgoing,
    emptyValues: [...facts.emptyValues].sort(),
    async mail(publicUrl) {
      if (part?.kind !== 'mail') throw noReader(version, part === undefined);
      // Links are sealed with a key that nobody has: who follows one of a preview unsubscribes nobody.
      const secret = randomBytes(32).toString('base64url');
      const checked = checkMail(await mailOf(part, { secret, publicUrl }, at));
      if ('fault' in checked) {
        const hint = 'See `from`, `reply_to` and `subject` of the template, and `sender` of settings.yaml.';
        throw new Failure('MAIL_REFUSED', `No provider would be given this mail: ${checked.fault}.`, hint, {
          exitCode: 1,
        });
      }
      const writer = nodemailer.createTransport({ streamTransport: true, buffer: true });
      const { message } = await writer.sendMail(compose(checked));
      return { mail: checked, raw: String(message) };
    },
  };
}

function noReader({ playbook }: PlaybookVersion, isUndecided: boolean): Failure {
  const message = isUndecided
    ? `${playbook.playbook} would send nothing: its reader is not known.`
    : `${playbook.playbook} would send nothing: its reader has no address that can be written to.`;
  const hint = 'Name somebody by --as, or give an address by --with: contact: { email: … }';
  return new Failure('NO_READER', message, hint, { exitCode: 1 });
}
