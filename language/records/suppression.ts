/**
 * What stops mails to an address (P3). It is kept in traits of the contact whom an event told of, which nothing but those
 * events writes: so it has a place on the timeline, follows merges, and is read as other traits are.
 */
import type { Json, Traits } from '../model.ts';

export type Suppression = 'unsubscribed' | 'bounced' | 'complained';

/** The address that mails to a contact last came back from. */
export const BOUNCED_TRAIT = 'suppression_bounced';

/** The traits, each with what it says; `suppression` may also hold any of the three. */
export const SUPPRESSION_TRAITS = ['suppression', BOUNCED_TRAIT, 'suppression_complained'] as const;

/**
 * A patch as it comes to be at its place: a bounce that is told of a contact holds for the address that the contact has
 * there, and where it has none there is nothing to hold for.
 */
export function placedPatch(patch: Traits, before: Traits | undefined): Traits {
  const { [BOUNCED_TRAIT]: bounced, ...others } = patch;
  if (bounced !== true) return patch;
  const address = addressKey(before);
  return address === undefined ? others : { ...others, [BOUNCED_TRAIT]: address };
}

/** What stops messages to a contact at the address that it has, the strongest; any other value stops nothing. */
export function suppressionOf(traits: Traits | undefined): Suppression | undefined {
  if (!traits) return undefined;
  const said = traits.suppression;
  if (traits.suppression_complained === true || said === 'complained') return 'complained';
  const bounced = traits[BOUNCED_TRAIT];
  if ((bounced !== undefined && bounced === addressKey(traits)) || said === 'bounced') return 'bounced';
  return said === 'unsubscribed' ? 'unsubscribed' : undefined;
}

const STRENGTH: readonly (Suppression | undefined)[] = [undefined, 'unsubscribed', 'bounced', 'complained'];

/** The one that stops more. */
export function stronger(a: Suppression | undefined, b: Suppression | undefined): Suppression | undefined {
  return STRENGTH.indexOf(a) >= STRENGTH.indexOf(b) ? a : b;
}

/** An address as it is compared; undefined for a contact without one. */
export function addressKey(traits: Traits | undefined): string | undefined {
  const email = traits?.email;
  const key = typeof email === 'string' ? email.trim().toLowerCase() : '';
  return key === '' ? undefined : key;
}

/** A mail that came back this time only (`type: soft`), as providers say it. */
const PASSING = /^(soft|transient|temporary|delayed)/i;

/** What an event writes into its contact; undefined for any other event. */
export function suppressionWrites(name: string, properties: { [name: string]: Json }): Traits | undefined {
  switch (name) {
    case 'email.unsubscribed':
      return { suppression: 'unsubscribed' };
    case 'email.resubscribed':
      return { suppression: null };
    case 'email.bounced':
      return typeof properties.type === 'string' && PASSING.test(properties.type)
        ? undefined
        : { [BOUNCED_TRAIT]: true };
    case 'email.complained':
      return { suppression_complained: true };
    default:
      return undefined;
  }
}
