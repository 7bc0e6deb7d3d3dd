/** What the screens of the web app ask the API, over a store that `company-seed.ts` has filled. */
import type { Question } from './ask-thread.ts';

export interface Known {
  contacts: number;
  playbook: string;
  /** Reads an answer of the API: to know where a second page begins. */
  read: (path: string) => Promise<{ next: string | null; items: { arrival?: number }[] }>;
}

/** The least that a question costs: connection, guard, one statement. */
export const WHO_ASKS = 'who asks';

/** A question that is asked of another person each time: `n` counts the times. */
type Asks = (n: number) => Omit<Question, 'name'>;

/** @returns each screen's questions, `times` times each, in turn */
export async function questionsOf(known: Known, times: number): Promise<Question[]> {
  const asks = Object.entries(await everyScreen(known));
  return Array.from({ length: times }, (_, n) => asks.map(([name, ask]) => ({ name, ...ask(n) }))).flat();
}

async function everyScreen({ contacts, playbook, read }: Known): Promise<{ [name: string]: Asks }> {
  const get =
    (path: string): Asks =>
    () => ({ method: 'GET', path });
  const post =
    (path: string, body: (n: number) => object): Asks =>
    (n) => ({ method: 'POST', path, body: body(n) });
  const second = async (path: string): Promise<Asks> => {
    const { next } = await read(path);
    return get(next === null ? path : `${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(next)}`);
  };
  const somebody = (n: number) => 1 + ((n * 104_729) % contacts);
  const contact = (n: number) => ({ type: 'contact', id: `p${somebody(n)}` });
  const one = `/api/playbooks/${playbook}`;
  const { items } = await read('/api/events?limit=1');
  return {
    [WHO_ASKS]: get('/api/session'),
    home: get('/api/home'),
    playbooks: get('/api/playbooks'),
    'a playbook': get(one),
    'its flow': get(`${one}/flow`),
    'its journeys': get(`${one}/enrolments?limit=50`),
    'its journeys, second page': await second(`${one}/enrolments?limit=50`),
    'its versions': get(`${one}/versions`),
    people: post('/api/people/search', () => ({})),
    'people by address': post('/api/people/search', (n) => ({ q: `p${somebody(n)}@` })),
    'tickets by id': post('/api/people/search', (n) => ({ q: `t${1 + (n % 9)}`, type: 'ticket' })),
    'a profile': post('/api/people/profile', contact),
    'a timeline': post('/api/people/timeline', contact),
    'why a playbook': post('/api/people/why', (n) => ({ ...contact(n), playbook })),
    messages: get('/api/messages?limit=50'),
    'messages, second page': await second('/api/messages?limit=50'),
    'failed messages': get('/api/messages?status=failed&limit=50'),
    'tasks and approvals': get('/api/work?limit=50'),
    events: get('/api/events?limit=50'),
    'events, second page': await second('/api/events?limit=50'),
    'names of events': get('/api/events/names'),
    'one event': get(`/api/events/${items[0]?.arrival ?? 1}`),
    'what was set aside': get('/api/set-aside'),
    'the audit log': get('/api/audit'),
  };
}
