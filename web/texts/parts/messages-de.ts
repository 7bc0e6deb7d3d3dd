import type { Texts } from '../texts.tsx';

const many = (count: number) => `${count} ${count === 1 ? 'Nachricht' : 'Nachrichten'}`;

export const messagesDe: Pick<Texts, 'messages'> = {
  messages: {
    title: 'Nachrichten',
    none: 'Keine Nachricht ist so',
    noneDetail: 'Oben einen anderen Stand wählen, oder warten, bis ein Playbook jemandem schreibt.',
    to: 'An',
    what: 'Was',
    state: 'Stand',
    playbook: 'Playbook',
    when: 'Wann',
    which: 'Welche',
    all: 'alle',
    states: {
      sent: 'gesendet',
      held: 'festgehalten',
      refused: 'nicht erlaubt',
      failed: 'gescheitert oder wartend',
      unknown: 'Ankunft unbekannt',
      claimed: 'unterwegs',
    },
    tries: (tries) => `${tries}-mal versucht; wieder`,
    choose: (who) => `Die Nachricht an ${who} wählen`,
    retry: 'Jetzt noch einmal versuchen',
    drop: 'Fallen lassen',
    chosen: (count) => `${many(count)} gewählt`,
    retried: (count) => `${many(count)}: jetzt noch einmal versucht.`,
    dropped: (count) => `${many(count)} fallen gelassen; ihre Reisen gehen weiter.`,
    left: (count) => `${many(count)} warteten nicht mehr und blieben, wie sie waren.`,
    nobody: 'niemand',
  },
};
