/** What a mail to a colleague says: the texts of a digest (S11), or tasks with their links (S6). Pure. */
import type { Instant } from '../../language/model.ts';
import { formatInstant } from '../../language/template/formats.ts';
import { oneLine } from '../../language/template/mail/line.ts';
import { localTime } from '../../language/time/local-time.ts';
import type { ClaimedMail, MailLineRow } from '../../store/journeys/colleague-mails.ts';

/** A mail shows so much text; what is beyond that is counted (S20). */
const MAX_CHARS = 200_000;
const MAX_SUBJECT_CHARS = 100;
/** A task that is still to be done. */
const TO_DO = ['open', 'accepted'];

export interface MailWords {
  subject: string;
  text: string;
}

/** @returns undefined where nothing is left to be told. @param linkOf to where the task of a step is answered */
export function mailWords(
  { kind, playbook, lines }: ClaimedMail,
  zone: string,
  linkOf: (effectId: string) => string,
): MailWords | undefined {
  const told = kind === 'digest' ? lines : lines.filter(({ task }) => task && TO_DO.includes(task.status));
  const [first] = told;
  if (!first) return undefined;
  if (kind === 'digest') {
    const texts = told.map(({ at, text }) => `${localTime(at, zone)}\n${text ?? ''}`);
    return { subject: `${playbook}: ${counted(told.length, 'message')}`, text: within(texts) };
  }
  const shown = told.every(({ sensitive }) => sensitive === null);
  const subject =
    told.length === 1 && shown
      ? oneLine(`Task: ${first.task!.title}`, MAX_SUBJECT_CHARS)
      : `${counted(told.length, 'task')} for you`;
  return { subject, text: within(told.map((line) => taskWords(line, zone, linkOf(line.effectId)))) };
}

function taskWords({ task }: MailLineRow, zone: string, link: string): string {
  const { title, dueAt, priority, checklist } = task!;
  return [
    title,
    ...(dueAt === null ? [] : [`Due: ${formatInstant(dueAt as Instant, { zone })} (${zone})`]),
    ...(priority === 'normal' ? [] : [`Priority: ${priority}`]),
    ...(Array.isArray(checklist) ? checklist.map((line) => `- ${String(line)}`) : []),
    'Accept it, or say that it is done:',
    link,
  ].join('\n');
}

/** As many as there is room for, at least one, and how many there are besides. */
function within(texts: readonly string[]): string {
  const shown: string[] = [];
  let chars = 0;
  for (const text of texts) {
    chars += text.length;
    if (chars > MAX_CHARS && shown.length > 0) break;
    shown.push(text);
  }
  const left = texts.length - shown.length;
  return `${[...shown, ...(left > 0 ? [`And ${left} more.`] : [])].join('\n\n')}\n`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
