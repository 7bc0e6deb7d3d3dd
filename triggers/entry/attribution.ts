/** Goals that count from a message (G1): which one that is, as the enrolment's messages are sent and clicked. */
import type { CompiledGoal, Instant } from '../../language/model.ts';
import { namesAnother } from '../../language/records/people/answers.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import type { Subscription } from './subscriptions.ts';

const SENT = 'email.sent';
const CLICKED = 'email.clicked';

/** The message that a conversion is given to. */
export interface AttributedTo {
  message: string | null;
  template: string | null;
}

/** The events that move the goal's window. */
export function attributing(attribute: CompiledGoal['attribute'] | undefined): readonly string[] {
  if (attribute === 'sent') return [SENT];
  return attribute === 'clicked' ? [SENT, CLICKED] : [];
}

/** True while no message has opened the goal's window. */
export function lacksMessage({ attribute, attributedTo }: Pick<Subscription, 'attribute' | 'attributedTo'>): boolean {
  return attribute !== undefined && attributedTo === undefined;
}

export type Moved = Pick<Subscription, 'since' | 'until' | 'attributedTo'>;

/**
 * What a message that was sent or clicked makes of a goal's window; undefined where it makes nothing of it. A message that was
 * sent lets a click on it still be awaited.
 */
export function movedBy(subscription: Subscription, event: TimelineEvent): Moved | undefined {
  const { attribute, withinMs, since } = subscription;
  if (!attributing(attribute).includes(event.name) || event.at < since) return undefined;
  if (namesAnother(event.properties, subscription)) return undefined;
  const until: Instant | null = withinMs === undefined ? null : event.at + withinMs;
  const opens = event.name === (attribute === 'sent' ? SENT : CLICKED);
  const { message, template } = event.properties;
  const before = subscription.attributedTo;
  if (!opens) return { since, until, ...(before && { attributedTo: before }) };
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return { since: event.at, until, attributedTo: { message: text(message), template: text(template) } };
}
