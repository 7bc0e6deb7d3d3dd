/** What happens in the demo company, told as to somebody who looks over its shoulder. */
import { formatLength, formatMoney } from '../../language/template/formats.ts';
import { sentenceOf, subjectOf, type Teller } from '../../server/sentences.ts';
import type { Happening } from '../../store/happenings.ts';

type Tale = (happening: Happening, teller: Teller) => string | undefined;

/** By playbook and kind of step; whatever has none here is told in the words of the overview. */
const TALES: { [playbookAndKind: string]: Tale } = {
  'cart-abandoned send': (happening, teller) => {
    const who = subjectOf(happening);
    const value = happening.trigger.value;
    const cart = typeof value === 'number' ? `a cart of ${formatMoney(value, 'EUR', teller)}` : 'a cart';
    return happening.detail.send === 'cart-reminder'
      ? `${who} left ${cart} an hour ago: reminder sent`
      : `${who} has not bought ${cart} since yesterday: “${happening.detail.send}” sent`;
  },
  'cart-abandoned outcome': (happening, teller) => {
    const { outcome, value } = happening.detail;
    if (outcome !== 'converted') return undefined;
    const worth = typeof value === 'number' ? ` for ${formatMoney(value, 'EUR', teller)}` : '';
    return `${subjectOf(happening)} bought${worth}: nothing more is sent`;
  },
  'follow-up-hot update': (happening) => `${subjectOf(happening)} had three follow-ups in a week: moved on a stage`,
  'sla-escalation outcome': (happening) =>
    happening.detail.outcome === 'converted' ? `${subjectOf(happening)} was answered in time` : undefined,
  'sla-escalation record': (happening) => {
    const { record, value } = happening.detail;
    return record === 'breached' && typeof value === 'number'
      ? `${subjectOf(happening)} is closed, ${formatLength(value)} too late`
      : undefined;
  },
  'usage-dropped send': (happening) =>
    `${subjectOf(happening)} uses half of what it used: ${happening.toName ?? 'its contact'} is asked how it goes`,
};

export function taleOf(happening: Happening, teller: Teller): string {
  const tale = happening.status === 'done' ? TALES[`${happening.playbook} ${happening.kind}`] : undefined;
  return tale?.(happening, teller) ?? sentenceOf(happening, teller).text;
}
