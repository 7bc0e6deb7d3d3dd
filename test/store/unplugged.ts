/** A wire to a real PostgreSQL that a test can pull out, cut silently, and plug in again. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface Wire {
  /** The database through the wire. */
  url: string;
  /** Connections break, and new ones are refused. */
  unplug(): Promise<void>;
  plug(): Promise<void>;
  /** How often the client has sent something since the server last answered: what goes out together counts once. */
  roundTrips(): number;
  /** Connections stay open, but nothing comes through any more. */
  freeze(): void;
  close(): Promise<void>;
}

export async function wireTo(databaseUrl: string): Promise<Wire> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  let roundTrips = 0;

  const plug = () =>
    new Promise<void>((resolve, reject) => {
      const listening = createServer((socket) => {
        const upstream = connect(Number(target.port), target.hostname);
        for (const [it, other] of [
          [socket, upstream],
          [upstream, socket],
        ] as const) {
          sockets.add(it);
          it.on('error', () => it.destroy());
          it.on('close', () => {
            sockets.delete(it);
            other.destroy();
          });
        }
        let isAnswered = true;
        socket.on('data', () => {
          if (isAnswered) roundTrips += 1;
          isAnswered = false;
        });
        upstream.on('data', () => {
          isAnswered = true;
        });
        socket.pipe(upstream).pipe(socket);
      });
      server = listening;
      listening.once('error', reject);
      listening.listen(port, '127.0.0.1', () => {
        port = (listening.address() as AddressInfo).port;
        resolve();
      });
    });
  const unplug = async () => {
    const closing = new Promise<void>((resolve) => server?.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closing;
  };
  await plug();
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    plug,
    unplug,
    roundTrips: () => roundTrips,
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: unplug,
  };
}
