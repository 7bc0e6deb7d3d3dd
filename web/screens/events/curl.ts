/** A call of the tracking API as a line for a shell. */
export interface Draft {
  type: 'track' | 'identify';
  event: string;
  /** Of whom: a contact's id, or a ticket's, a deal's, an account's in `context.<type>.id`. */
  subject: 'contact' | 'ticket' | 'deal' | 'account';
  id: string;
  /** JSON: the event's properties, or the traits. */
  values: string;
}

/** @throws SyntaxError where the values are no JSON, TypeError where they are no object */
export function callOf({ type, event, subject, id, values }: Draft, messageId?: string): { [name: string]: unknown } {
  const read = values.trim() === '' ? {} : (JSON.parse(values) as unknown);
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new TypeError('{ … }');
  return {
    ...(type === 'track' && { event }),
    ...(subject === 'contact' ? { userId: id } : { context: { [subject]: { id } } }),
    ...(type === 'track' ? { properties: read } : { traits: read }),
    ...(messageId !== undefined && { messageId }),
  };
}

export function curlOf(origin: string, type: Draft['type'], call: object): string {
  const body = JSON.stringify(call).replaceAll("'", "'\\''");
  return `curl -u "$WRITE_KEY:" -H 'content-type: application/json' ${origin}/v1/${type} -d '${body}'`;
}
