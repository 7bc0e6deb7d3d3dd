/** `/api/channels`: where colleagues are written to, and a mail that shows whether it arrives. */
import type { Database } from '../../../store/postgres/database.ts';
import { mayAs } from '../../access/guard.ts';
import { Problem } from '../../problems.ts';
import type { AnswerOf } from '../contract/endpoint.ts';
import { listChannels, testChannel } from '../contract/settings.ts';
import { isDeployed, readSurroundings } from '../deployed.ts';
import { type Handled, on } from '../handled.ts';

/** Sends one mail to a colleague's address, and says what came of it. */
export type SendTest = (to: string, about: string) => Promise<AnswerOf<typeof testChannel>>;

export interface ChannelOptions {
  database: Database;
  /** Left out where no provider is set. */
  sendTest?: SendTest | undefined;
}

export function channelRoutes({ database, sendTest }: ChannelOptions): Handled[] {
  return [
    on(listChannels, async ({ caller }) => {
      const { people, settings } = await readSurroundings(database);
      const isAdmin = mayAs(caller.role, 'admin');
      const items = Object.entries(people.channels).map(([name, address]) => {
        return { name, address: isAdmin ? address : null };
      });
      const sender = (await isDeployed(database)) ? settings.sender.from : null;
      return { items: items.sort((a, b) => (a.name < b.name ? -1 : 1)), sender, canTest: sendTest !== undefined };
    }),
    on(
      testChannel,
      async ({ body: { channel } }) => {
        const { people } = await readSurroundings(database);
        const address = Object.hasOwn(people.channels, channel) ? people.channels[channel] : undefined;
        if (address === undefined) throw new Problem('not_found', 'The people files name no such channel.');
        if (sendTest === undefined) throw new Problem('conflict', 'No provider is set here: SMTP_URL is empty.');
        return sendTest(address, channel);
      },
      ({ body: { channel } }) => channel,
    ),
  ];
}
