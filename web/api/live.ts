/** What the server says has changed is read again: by topic, at most once in a while. The browser comes back by itself, with the place up to which it was told. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ChangedTopics } from '../../server/api/contract/live.ts';
import { sessionQuery } from './queries.ts';

type Topic = ChangedTopics['topics'][number];

/** First parts of the keys of what each topic makes old. */
const KEYS: { [topic in Topic]: readonly string[] } = {
  activity: ['home', 'playbooks', 'playbook', 'person', 'messages', 'work', 'tickets', 'ticket'],
  events: ['home', 'events', 'person', 'work', 'tickets', 'ticket'],
  deployment: ['home', 'playbooks', 'playbook', 'person', 'messages', 'work', 'tickets', 'colleagues', 'settings'],
};

/** Where much happens, screens are read again no more often than this. */
const GATHER_MS = 2_000;
/** The browser gives up where the answer is no stream: then it is asked anew after a while. */
const AGAIN_MS = 5_000;

/** @returns false while nothing is heard */
export function useLive(isOn: boolean): boolean {
  const queries = useQueryClient();
  const [isHeard, setHeard] = useState(true);
  useEffect(() => (isOn ? listen(queries, setHeard) : undefined), [isOn, queries]);
  return isHeard;
}

function listen(queries: QueryClient, setHeard: (isHeard: boolean) => void): () => void {
  const gathered = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource;
  const flush = () => {
    timer = undefined;
    for (const key of gathered) void queries.invalidateQueries({ queryKey: [key] });
    gathered.clear();
  };
  const open = () => {
    source = new EventSource('/api/live');
    source.onopen = () => setHeard(true);
    source.onerror = () => {
      setHeard(false);
      if (source.readyState !== EventSource.CLOSED) return;
      again = setTimeout(open, AGAIN_MS);
      // Who is signed out meanwhile is led to where one signs in.
      void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    };
    source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
      const { topics } = JSON.parse(data) as ChangedTopics;
      for (const key of topics.flatMap((topic) => KEYS[topic] ?? [])) gathered.add(key);
      timer ??= setTimeout(flush, GATHER_MS);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    clearTimeout(again);
    source.close();
  };
}
