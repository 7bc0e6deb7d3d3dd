/** What is well formed and still wrong: marketing without a sender, health data, triggers that run once (P3, N2). */

import type { CompiledPlaybook, Settings } from '../../model.ts';
import { own } from '../../records/own.ts';
import type { MessageClass } from '../../syntax.ts';
import { haveCommonMoment, windowText } from '../../time/daily-window.ts';
import type { FileReport } from '../report.ts';
import type { WorkspaceContext } from '../scope.ts';
import type { StepOfPlaybook } from '../steps.ts';
import { lintConsent, lintJourney } from './journey/lint-journey.ts';
import { lintEndings } from './lint-endings.ts';
import { lintOften } from './lint-often.ts';
import { lintValues } from './lint-values.ts';

export interface LintInput {
  playbook: CompiledPlaybook;
  steps: ReadonlyMap<string, StepOfPlaybook>;
  world: WorkspaceContext;
  report: FileReport;
}

/** Reports, and answers whether every effect of the playbook is a marketing message (N1). */
export function lintPlaybook(input: LintInput): boolean {
  const { playbook, steps, world, report } = input;
  const effects: (MessageClass | undefined)[] = [];
  for (const entry of steps.values()) {
    lintValues(entry, playbook.subject, report);
    if (!entry.syntax.effect) continue;
    const effect = entry.syntax.effect.messageClass?.(entry.step.config as never);
    effects.push(effect);
    if (effect === 'marketing') {
      if (world.faulty.has('settings')) report.spoil();
      else lintSender(world.settings, entry, report);
      lintMoment(input, entry);
    }
    if (playbook.sensitive === 'health') lintHealth(input, entry, effect);
  }
  lintAgain(playbook, report);
  lintOften(input);
  lintEndings(input);
  const onlyMarketing = effects.length > 0 && effects.every((effect) => effect === 'marketing');
  // Of what is not whole, what it lacks is said first.
  if (report.clean) lintJourney(input);
  if (report.clean && onlyMarketing) lintConsent(input);
  return onlyMarketing;
}

function lintSender(settings: Settings, { place, written }: StepOfPlaybook, report: FileReport): void {
  if (settings.sender.postalAddress !== undefined) return;
  report.at('class' in written ? [...place, 'class'] : place, {
    code: 'CB601',
    message: 'marketing mail states the postal address of its sender, and none is set',
    hint: 'set sender.postal_address in settings.yaml',
  });
}

/** P1: quiet hours and the channel's send window that leave no minute of any day refuse every message. */
function lintMoment(
  { playbook, world: { settings }, report }: LintInput,
  { place, written, step }: StepOfPlaybook,
): void {
  const { channel } = step.config as { channel?: string };
  const quiet = playbook.quietHours ?? settings.quietHours;
  const open = channel === undefined ? undefined : settings.sendWindow[channel];
  if (!quiet || !open || haveCommonMoment(quiet, open)) return;
  report.at('send' in written ? [...place, 'send'] : place, {
    code: 'CB609',
    message: `no minute of a day is outside of the quiet hours ${windowText(quiet)} and inside the send window ${windowText(open)} of ${channel}`,
    hint: 'change `quiet_hours` (of the playbook, or in settings.yaml) or `send_window` in settings.yaml',
  });
}

function lintHealth(
  { playbook, world, report }: LintInput,
  { place, written, step }: StepOfPlaybook,
  effect: MessageClass | undefined,
): void {
  if (effect === 'transactional') {
    const hint = 'write class: marketing, and ask for consent to a topic';
    const message = 'health data goes out with consent only, and transactional mail asks for none';
    report.at([...place, 'class'], { code: 'CB602', message, hint });
  }
  const topic = written.topic ?? playbook.topic;
  if (effect !== undefined && effect !== 'internal' && topic === undefined) {
    const message = 'health data goes only to people who agreed to a topic, and none is named';
    report.at(place, { code: 'CB603', message, hint: 'write topic: wellness' });
  }
  const template = typeof written.template === 'string' ? own(world.templates, written.template) : undefined;
  if (template?.subject.includes('{{')) {
    const message = `the subject line of \`${template.name}\` shows values of health data`;
    report.at([...place, 'template'], { code: 'CB607', message, hint: 'write the subject without {{ }}' });
  }
  if (step.kind === 'notify' && typeof written.text === 'string' && written.text.includes('{{')) {
    const message = 'the notification shows values of health data';
    report.at([...place, 'text'], {
      code: 'CB607',
      message,
      hint: 'write the text without {{ }}: the reader opens the record',
    });
  }
  if (step.kind === 'webhook' && JSON.stringify(written).replace(ID_ALONE, '').includes('{{')) {
    const message = 'the request carries values of health data to another system';
    const hint = 'write ids alone, as {{ contact.id }}: the other system asks for what it may see';
    report.at([...place, 'webhook'], { code: 'CB607', message, hint });
  }
}

/** A value that is no health data: which record it is. */
const ID_ALONE = /\{\{\s*(?:url\s+)?(?:contact|account|deal|ticket)\.id\s*\}\}/g;

/** Conditions that come again by their nature. */
const RECURRING = new Set(['schedule', 'date']);

function lintAgain(playbook: CompiledPlaybook, report: FileReport): void {
  const recurring = playbook.trigger.arms.find((arm) => RECURRING.has(arm.kind));
  if (recurring === undefined || playbook.again.kind !== 'never') return;
  report.key(['again'], {
    severity: 'warning',
    code: 'CB604',
    message:
      recurring.kind === 'date'
        ? 'each subject enters only once, also when its date is set to another day'
        : 'a schedule comes again, and each subject enters only once',
    hint: 'write again: always, or again: after 300d',
  });
}
