/**
 * The parts of an effect that leaves the house: what is claimed with it and handed over on its own, each with a result of
 * its own. A message has a mail to each recipient; a request and a call are one part.
 */
import { effectIdOf } from '../../language/hash.ts';
import type { Instant, People } from '../../language/model.ts';
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

export type Part = OutgoingMail | Unreachable | RequestPart;

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
  switch (outgoing.kind) {
    case 'message':
      return addressed({ ...input, outgoing });
    case 'request': {
      const { url, body } = outgoing;
      const id = effectIdOf(context.id, context.command);
      return [{ kind: 'request', id, url, body, allow: context.settings.webhooks?.allow ?? [] }];
    }
    case 'call':
      throw new Error(`the activity "${outgoing.activity}" is not known to this release`);
  }
}
