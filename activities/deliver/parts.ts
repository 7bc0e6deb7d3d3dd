/**
 * The parts of an effect that leaves the house: what is claimed with it and handed over on its own, each with a result of
 * its own. A message has a mail to each recipient; a request and a call are one part.
 */
import { effectIdOf } from '../../language/hash.ts';
import type { Instant, Json, People } from '../../language/model.ts';
import type { Facts, Outgoing } from '../../steps/step.ts';
import type { CommandContext } from '../batch/command-context.ts';
import { addressed, type OutgoingMail, type Unreachable } from './address.ts';
import type { Texts } from './pending-effect.ts';

/** A signed request to another system (S10). */
export interface RequestPart {
  kind: 'request';
  /** The effect's: the name of the request at every try. */
  id: string;
  url: string;
  /** JSON. */
  body: string;
  /** Hosts that may be reached without TLS and in inner networks. */
  allow: readonly string[];
}

/** A call of a custom activity (S17). */
export interface CallPart {
  kind: 'call';
  /** The effect's: its idempotency key. */
  id: string;
  activity: string;
  input: { [name: string]: Json };
  /** As of a request, for what it fetches. */
  allow: readonly string[];
}

export type Part = OutgoingMail | Unreachable | RequestPart | CallPart;

export interface PartsInput {
  context: CommandContext;
  outgoing: Outgoing;
  facts: Facts;
  people: People;
  now: Instant;
  /** Texts of the first try. */
  texts?: Texts | undefined;
}

/** Every part of the effect, including those that were handed over before. */
export function partsOf({ outgoing, ...input }: PartsInput): Part[] {
  const { context } = input;
  const id = effectIdOf(context.id, context.command);
  const { allow = [] } = context.settings.webhooks ?? {};
  switch (outgoing.kind) {
    case 'message':
      return addressed({ ...input, outgoing });
    case 'request': {
      const { url, body } = outgoing;
      return [{ kind: 'request', id, url, body, allow }];
    }
    case 'call': {
      const { activity, input: given } = outgoing;
      return [{ kind: 'call', id, activity, input: given, allow }];
    }
  }
}
