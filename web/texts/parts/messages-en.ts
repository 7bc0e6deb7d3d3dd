const many = (count: number) => `${count} ${count === 1 ? 'message' : 'messages'}`;

export const messagesEn = {
  messages: {
    title: 'Messages',
    none: 'No message is like that',
    noneDetail: 'Choose another state above, or wait until a playbook writes to somebody.',
    to: 'To',
    what: 'What',
    state: 'State',
    playbook: 'Playbook',
    when: 'When',
    which: 'Which',
    all: 'all',
    states: {
      sent: 'sent',
      held: 'held',
      refused: 'refused',
      failed: 'failed or waiting',
      unknown: 'not known to have arrived',
      claimed: 'on its way',
    },
    tries: (tries: number) => `tried ${tries} ${tries === 1 ? 'time' : 'times'}; again`,
    choose: (who: string) => `Choose the message to ${who}`,
    retry: 'Try again now',
    drop: 'Drop',
    chosen: (count: number) => `${many(count)} chosen`,
    retried: (count: number) => `${many(count)}: tried again now.`,
    dropped: (count: number) => `${many(count)} dropped; their journeys go on.`,
    left: (count: number) => `${many(count)} no longer waited, and were left alone.`,
    nobody: 'nobody',
  },
};
