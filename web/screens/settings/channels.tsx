/** Where colleagues are written to, and whether it arrives. */
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { testChannel } from '../../../server/api/contract/settings.ts';
import { call } from '../../api/client.ts';
import { channelsQuery } from '../../api/settings-queries.ts';
import { Empty, Loaded } from '../../parts/states.tsx';
import { useTell } from '../../parts/toast.tsx';
import { useTexts } from '../../texts/texts.tsx';

export function Channels({ isAdmin }: { isAdmin: boolean }): ReactNode {
  const { settings } = useTexts();
  const tell = useTell();
  const query = useQuery(channelsQuery);
  const test = useMutation({
    mutationFn: (channel: string) => call<typeof testChannel>('POST /api/channels/test', { body: { channel } }),
    onSuccess: ({ status, said }, channel) => tell(settings.tested(channel, settings.handed[status], said ?? '')),
    onError: (error) => tell(error.message),
  });
  return (
    <Loaded query={query}>
      {({ items, sender, canTest }) => (
        <>
          <p className="soft any">{sender === null ? settings.noSender : settings.sender(sender)}</p>
          {items.length === 0 ? (
            <Empty title={settings.noChannels} detail={settings.noChannelsDetail} />
          ) : (
            <div className="panel">
              <table className="table cards">
                <thead>
                  <tr>
                    <th scope="col">{settings.channel}</th>
                    {isAdmin && <th scope="col">{settings.address}</th>}
                    {isAdmin && <th scope="col">{settings.test}</th>}
                  </tr>
                </thead>
                <tbody>
                  {items.map(({ name, address }) => (
                    <tr key={name}>
                      <th scope="row" className="any">
                        {name}
                      </th>
                      {isAdmin && (
                        <td data-label={settings.address} className="any">
                          {address}
                        </td>
                      )}
                      {isAdmin && (
                        <td data-label={settings.test}>
                          {canTest ? (
                            <button
                              type="button"
                              className="button"
                              aria-label={`${settings.sendTest}: ${name}`}
                              disabled={test.isPending}
                              onClick={() => test.mutate(name)}
                            >
                              {settings.sendTest}
                            </button>
                          ) : (
                            <span className="soft">{settings.noProvider}</span>
                          )}
                        </td>
                      )}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}
