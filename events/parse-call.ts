/** A Segment call becomes an event (semantics E1, E2, E8): one sent over HTTP, a line of a file, an event of a test. */

import { canonicalHash } from '../language/canonical.ts';
import { isJsonObject } from '../language/json.ts';
import type { Json, Traits } from '../language/model.ts';
import { suppressionWrites } from '../language/records/suppression.ts';
import type { TraitPatch } from '../language/records/timeline.ts';
import { withZoneTrait } from '../language/records/traits.ts';
import { type BatchDefaults, withBatchDefaults } from './batch-defaults.ts';
import { CALL_TYPES, type Call, type CallType, callShape, isAbsent } from './call-schema.ts';
import { asClientCall, checkClientCall, clientPatches, KEY_SCOPES, type KeyScope } from './client-key.ts';
import { checkStamps } from './event-time.ts';
import { checkPatches, idsOf } from './named-subjects.ts';
import { type ClientStamps, type EventIds, type NewEvent, subjectsOf } from './new-event.ts';
import { Refused } from './refusal.ts';
import { storableValue } from './sanitize-json.ts';

/** 32 kB, as compact JSON, with what its batch says for all. */
export const MAX_EVENT_BYTES = 32 * 1024;

const NO_DEFAULTS: BatchDefaults = { contextBytes: 0 };

export interface CallOptions {
  source: string;
  /** Of the key with which it came (E10). Default: `server`; in files the call's own `scope` may narrow it. */
  scope?: KeyScope;
  /** What the route says that the call is; without it the call's own `type`, or `track` where it has an `event`. */
  type?: CallType;
  /** What a batch says for all its calls. */
  defaults?: BatchDefaults;
  /** True for files, imports and tests, where ids of records may be at the top level (E8). */
  history?: boolean;
  /** In files, which of several equal calls without a messageId this is; asked with the call's hash, from 0 (E2). */
  occurrence?: (hash: string) => number;
  /** Of calls that come as they happen: when one with neither a messageId nor a timestamp came, by its hash (E2). */
  moment?: (hash: string) => number;
}

export interface ParsedCall {
  event: NewEvent;
  bytes: number;
}

/**
 * @param input one call, as readJson gave it.
 * @throws Refused with the reason, and a pointer from the call's root.
 */
export function parseCall(input: unknown, options: CallOptions): ParsedCall {
  if (!isJsonObject(input)) {
    throw new Refused('invalid_field', [], 'A call is an object.');
  }
  // What is nested too deep is refused first: to write it out recurses as deep.
  const own = storableValue(input, []) as { [name: string]: Json };
  const { call: raw, bytes } = withBatchDefaults(own, options.defaults ?? NO_DEFAULTS);
  if (bytes > MAX_EVENT_BYTES) {
    const shared = options.defaults?.contextBytes ?? 0;
    const of = shared === 0 ? '' : `, ${shared} of them the context of its batch`;
    throw new Refused('event_too_large', [], `The event has ${bytes} bytes${of}; ${MAX_EVENT_BYTES} are allowed.`);
  }
  const parsed = callShape.safeParse(raw);
  if (!parsed.success) {
    const issues = parsed.error.issues;
    const message = issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join(' ');
    throw new Refused('invalid_field', issues[0]!.path as (string | number)[], message);
  }
  const isClient = (options.history ? scopeOf(parsed.data) : options.scope) === 'client';
  // What RudderStack's SDKs call it.
  const { timestamp = parsed.data.originalTimestamp, sentAt } = parsed.data;
  const stamps: ClientStamps = {
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(sentAt === undefined ? {} : { sentAt }),
  };
  checkStamps(stamps);
  const saidType = options.type ?? typeOf(parsed.data);
  const { call, type } = isClient ? asClientCall(parsed.data, saidType) : { call: parsed.data, type: saidType };
  const { ids, patches } = idsOf(call, { type, history: options.history ?? false });
  requireIds(saidType, parsed.data, ids);
  if (isClient) checkClientCall(call, type, ids);
  const said = [...traitPatches(type, call, ids), ...patches];
  const written = said.map((patch) => ({ ...patch, traits: withZoneTrait(patch.traits) }));
  checkPatches(written);
  return {
    bytes,
    event: {
      source: options.source,
      messageId: call.messageId ?? derivedId(raw, saidType, options),
      kind: type,
      name: nameOf(type, call),
      ids,
      stamps,
      properties: propertiesOf(type, call),
      patches: [...(isClient ? clientPatches(written) : written), ...suppressionPatches(type, call, ids)],
      ...(isClient && { isClient }),
    },
  };
}

/** As a file says it. */
function scopeOf({ scope }: Call): KeyScope {
  if (isAbsent(scope)) return 'server';
  const known = KEY_SCOPES.find((it) => it === scope);
  if (known !== undefined) return known;
  throw new Refused('invalid_field', ['scope'], `The scope of a call is one of ${KEY_SCOPES.join(', ')}.`);
}

function typeOf(call: Call): CallType {
  const type = call.type ?? (call.event === undefined ? undefined : 'track');
  const known = CALL_TYPES.find((it) => it === type);
  if (known !== undefined) return known;
  const came = type === undefined ? 'none came' : `${JSON.stringify(type)} came`;
  throw new Refused('unknown_type', ['type'], `The type of a call is one of ${CALL_TYPES.join(', ')}; ${came}.`);
}

function requireIds(type: CallType, call: Call, ids: EventIds): void {
  const missing = (field: string) => new Refused('missing_field', [field], `A ${type} call needs "${field}".`);
  if (type === 'track' && call.event === undefined) throw missing('event');
  if (type === 'group' && call.groupId === undefined) throw missing('groupId');
  if (type === 'alias' && call.previousId === undefined) throw missing('previousId');
  if (type === 'alias' && call.userId === undefined) throw missing('userId');
  if (type === 'identify' && call.userId === undefined && call.anonymousId === undefined) throw missing('userId');
  if (Object.keys(ids).length === 0) {
    throw new Refused(
      'no_subject',
      [],
      'The event names nobody: give a userId, an anonymousId, or the id of a record.',
    );
  }
}

/** The hash of what the client meant: without what changes when the same call is sent again, or says who sends it. */
function derivedId(
  raw: { [name: string]: Json },
  type: CallType,
  { occurrence, moment }: Pick<CallOptions, 'occurrence' | 'moment'>,
): string {
  const { sentAt: _sent, writeKey: _key, messageId: _id, ...call } = raw;
  const hash = canonicalHash({ ...call, type });
  if (moment && isAbsent(raw.timestamp) && isAbsent(raw.originalTimestamp)) return `hash:${hash}@${moment(hash)}`;
  const n = occurrence?.(hash) ?? 0;
  return n === 0 ? `hash:${hash}` : `hash:${hash}#${n}`;
}

function nameOf(type: CallType, call: Call): string {
  return type === 'track' ? call.event! : type;
}

function propertiesOf(type: CallType, call: Call): { [name: string]: Json } {
  const properties = call.properties ?? {};
  switch (type) {
    case 'page':
    case 'screen':
      return {
        ...properties,
        ...(call.category === undefined ? {} : { category: call.category }),
        ...(call.name === undefined ? {} : { name: call.name }),
      };
    case 'alias':
      return { ...properties, previousId: call.previousId! };
    default:
      return properties;
  }
}

/** What `identify` and `group` write; a `group` call also tells to which account its contact belongs (E8). */
function traitPatches(type: CallType, call: Call, ids: EventIds): TraitPatch[] {
  const contact = subjectsOf(ids).find((subject) => subject.type === 'contact')?.id;
  const ofContact = (traits: Traits): TraitPatch[] =>
    contact === undefined ? [] : [{ type: 'contact', id: contact, traits }];
  if (type === 'identify') return ofContact({ ...traitsOfContext(call), ...call.traits });
  if (type !== 'group') return [];
  const account = call.groupId!;
  return [{ type: 'account', id: account, traits: call.traits ?? {} }, ...ofContact({ accountId: account })];
}

/** Where RudderStack's SDKs put the traits of an `identify`; those of other calls say what is known already. */
function traitsOfContext({ context }: Call): Traits {
  return isJsonObject(context?.traits) ? (context.traits as Traits) : {};
}

/** What an event says of its contact's address (P3), whoever has told of it. */
function suppressionPatches(type: CallType, call: Call, ids: EventIds): TraitPatch[] {
  const traits = type === 'track' ? suppressionWrites(call.event!, call.properties ?? {}) : undefined;
  const contact = subjectsOf(ids).find((subject) => subject.type === 'contact')?.id;
  return traits === undefined || contact === undefined ? [] : [{ type: 'contact', id: contact, traits }];
}
