/** A line in a chat: Slack, Mattermost, and whatever else takes its incoming webhooks. */
import type { ActivityTools } from '../calls/activity.ts';

export const activity = ({ z, define }: ActivityTools) =>
  define({
    name: 'chat-message',
    description: 'Writes a line into the chat channel whose incoming webhook CHAT_WEBHOOK_URL names.',
    with: z.strictObject({ text: z.string().min(1).max(3_000) }),
    answer: z.strictObject({}),
    // Chats know no idempotency keys: after a crash nobody knows whether the line is there.
    repeatable: false,
    example: { text: 'Ada waits' },
    async run({ text }, { fetch, secret, refuse, later }) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(secret('CHAT_WEBHOOK_URL'), {
        method: 'POST',
        headers,
        body: JSON.stringify({ text }),
      });
      if (response.status === 429 || response.status >= 500) later(`http-${response.status}`);
      if (!response.ok) refuse(`http-${response.status}`);
      return {};
    },
  });
