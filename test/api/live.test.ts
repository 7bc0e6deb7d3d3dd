/** Pages are told what has changed, also what has changed while they were away; and nobody listens for ever. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiStage, apiStage, signedIn, TOKEN } from './support.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await apiStage();
});
afterAll(() => stage.close());

interface Stream {
  /** The next block of the stream. */
  next(): Promise<string>;
  close(): void;
}

async function listen(headers: Record<string, string> = {}): Promise<Stream> {
  const stop = new AbortController();
  const answer = await fetch(`${stage.http.baseUrl}/api/live`, {
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    signal: stop.signal,
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    async next() {
      while (!text.includes('\n\n')) {
        const { value, done } = await reader.read();
        if (done) return 'ended';
        text += value;
      }
      const end = text.indexOf('\n\n');
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      return block;
    },
    close: () => stop.abort(),
  };
}

const addEvent = (id: string) =>
  stage.database.pool.query(
    `INSERT INTO events (source, message_id, kind, name, at, received_at) VALUES ('shop', $1, 'track', 'x', now(), now())`,
    [id],
  );
const placeIn = (block: string) => /^id: (.+)$/m.exec(block)![1]!;

describe('GET /api/live', () => {
  it('says what has changed, and goes on where a page was', async () => {
    const stream = await listen();
    const first = await stream.next();
    expect(first).toMatch(/^retry: \d+\nid: /);
    await addEvent('one');
    const changed = await stream.next();
    expect(changed).toMatch(/^event: changed\n/);
    expect(/^data: (.+)$/m.exec(changed)![1]).toBe('{"topics":["events"]}');
    stream.close();
    await addEvent('two');
    const again = await listen({ 'last-event-id': placeIn(changed) });
    await again.next();
    expect(await again.next()).toContain('{"topics":["events"]}');
    again.close();
    const fresh = await listen({ 'last-event-id': 'nonsense' });
    expect(placeIn(await fresh.next())).not.toBe(placeIn(changed));
    fresh.close();
  });

  it('is for who is signed in', async () => {
    expect((await fetch(`${stage.http.baseUrl}/api/live`)).status).toBe(401);
    const { cookie } = await signedIn(stage);
    const stop = new AbortController();
    const answer = await fetch(`${stage.http.baseUrl}/api/live`, { headers: { cookie }, signal: stop.signal });
    expect(answer.status).toBe(200);
    stop.abort();
  });

  it('ends with the server, which waits for no page', async () => {
    const other = await apiStage();
    const answer = await fetch(`${other.http.baseUrl}/api/live`, { headers: { authorization: `Bearer ${TOKEN}` } });
    const body = answer.text();
    const started = performance.now();
    await other.close();
    expect(await body).toContain('retry:');
    expect(performance.now() - started).toBeLessThan(9_000);
  });
});
