/** What happens in the demo company, for a person who watches. */
import { formatLength, formatMoney } from '../../language/template/formats.ts';
import { type FeedTeller, sentenceOf, subjectOf } from '../../server/sentences.ts';
import type { Activity } from '../../store/reports/activity-feed.ts';

/** `null`: another line says it. */
type Tale = (happening: Activity, teller: FeedTeller) => string | null | undefined;

/** By playbook and kind of step; what has none here is said in the words of the overview. */
const TALES: { [playbookAndKind: string]: Tale } = {
  'cart-abandoned send': (happening, teller) => {
    const who = subjectOf(happening);
    const value = happening.trigger.value;
    const cart = typeof value === 'number' ? `a cart of ${formatMoney(value, 'EUR', teller)}` : 'a cart';
    return happening.detail.send === 'cart-reminder'
      ? `${who} left ${cart} an hour ago: reminder sent`
      : `${who} has not come back to ${cart} since yesterday: “${happening.detail.send}” sent`;
  },
  'cart-abandoned outcome': (happening, teller) => {
    const { outcome, value } = happening.detail;
    if (outcome === 'completed') return null;
    if (outcome !== 'converted') return undefined;
    const worth = typeof value === 'number' ? ` for ${formatMoney(value, 'EUR', teller)}` : '';
    const wasReminded = happening.ghost ? 'without a reminder, to compare with' : 'after the reminder';
    return `${subjectOf(happening)} bought${worth}, ${wasReminded}`;
  },
  'follow-up-cadence outcome': (happening) =>
    happening.detail.outcome === 'exited'
      ? `${subjectOf(happening)} is not a lead any more: no one is asked again`
      : undefined,
  'follow-up-hot update': (happening) => `${subjectOf(happening)} had three follow-ups in a week: moved on a stage`,
  'follow-up-hot record': () => null,
  'follow-up-hot outcome': () => null,
  'sla-escalation outcome': () => null,
  'sla-escalation record': (happening) => {
    const { record, value } = happening.detail;
    if (typeof value !== 'number') return undefined;
    return record === 'breached'
      ? `${subjectOf(happening)} is answered, ${formatLength(value)} too late`
      : `${subjectOf(happening)} is answered in time, after ${formatLength(value)}`;
  },
  'usage-dropped send': (happening) =>
    `${subjectOf(happening)} uses half of what it used: ${happening.toName ?? 'its contact'} is asked how it goes`,
  'usage-dropped record': (happening) => {
    const { record, value } = happening.detail;
    return record === 'recovered' ? `${subjectOf(happening)} is back: ${value} units in seven days` : undefined;
  },
  'usage-dropped outcome': () => null,
};

/** Undefined where another line says it. */
export function taleOf(happening: Activity, teller: FeedTeller): string | undefined {
  const tale = happening.status === 'done' ? TALES[`${happening.playbook} ${happening.kind}`] : undefined;
  const told = tale?.(happening, teller);
  return told === null ? undefined : (told ?? sentenceOf(happening, teller).text);
}
