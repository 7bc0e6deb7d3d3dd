/** What the tracking API throws and its framework does not know, as problems. */
import { pointer, Refused } from '../../events/refusal.ts';
import { Overloaded, StoreUnavailable } from '../../store/events/event-writer.ts';
import { isTransient } from '../../store/postgres/retry.ts';
import { Problem } from '../problems.ts';
import { tooLarge, unsupportedType } from './json-body.ts';

const AGAIN = 'Send it again later; what was sent twice is stored once.';

export function explainError(error: unknown): Problem | undefined {
  if (error instanceof Refused) {
    const code = error.code === 'event_too_large' || error.code === 'key_scope' ? error.code : 'invalid_event';
    return new Problem(code, error.message, { pointer: pointer(error.path), more: { reason: error.code } });
  }
  if (error instanceof Overloaded) {
    return new Problem(error.scope === 'source' ? 'source_overloaded' : 'overloaded', `${error.message} ${AGAIN}`);
  }
  if (error instanceof StoreUnavailable || isTransient(error)) return new Problem('store_unavailable', AGAIN);
  const { code, message } = error as { code?: unknown; message: string };
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return tooLarge('sent');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return unsupportedType();
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new Problem('invalid_json', message);
    default:
      return undefined;
  }
}
