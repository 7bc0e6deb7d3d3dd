/** SMTP servers that behave badly, for real: on a socket, with replies that a provider would give. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface TestServer {
  url: string;
  close(): Promise<void>;
}

const refusal = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode });

/** An SMTP server with what a test overrides. `mails` are those that it answered 250 for. */
export async function smtpServer(options: SMTPServerOptions): Promise<TestServer & { mails: string[] }> {
  const mails: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    closeTimeout: 200,
    onData(stream, _session, callback) {
      let text = '';
      stream.on('data', (chunk) => (text += chunk));
      stream.on('end', () => {
        mails.push(text);
        callback(null);
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.server.address() as { port: number };
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Answers a recipient, or the whole mail, with a code. */
export function refusing(
  at: 'rcpt' | 'data' | 'mail',
  code: number,
  message: string,
): Promise<TestServer & { mails: string[] }> {
  if (at === 'rcpt')
    return smtpServer({ onRcptTo: (_address, _session, callback) => callback(refusal(code, message)) });
  if (at === 'mail')
    return smtpServer({ onMailFrom: (_address, _session, callback) => callback(refusal(code, message)) });
  return smtpServer({
    onData(stream, _session, callback) {
      stream.on('end', () => callback(refusal(code, message)));
      stream.resume();
    },
  });
}

/**
 * Speaks SMTP by hand, and falls silent or hangs up at a step: before a greeting, at `DATA`, in the middle of the mail,
 * or behind its last line. `wholeMails` counts the mails whose end it saw.
 */
export async function failingAt(
  step: 'greeting' | 'data' | 'middle' | 'end',
  how: 'silence' | 'hang-up',
): Promise<TestServer & { wholeMails: () => number }> {
  let whole = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const fail = () => (how === 'hang-up' ? socket.destroy() : undefined);
    if (step === 'greeting') return fail();
    let inData = false;
    let rest = '';
    socket.write('220 test ESMTP\r\n');
    socket.on('data', (chunk) => {
      rest += chunk;
      if (inData && step === 'middle') return fail();
      if (inData && rest.includes('\r\n.\r\n')) {
        whole += 1;
        return fail();
      }
      if (inData) return;
      for (let end = rest.indexOf('\r\n'); end >= 0 && !inData; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (!/^DATA/i.test(line)) socket.write('250 ok\r\n');
        else if (step === 'data') return fail();
        else {
          inData = true;
          socket.write('354 go on\r\n');
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as { port: number };
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  return { url: `smtp://127.0.0.1:${port}`, wholeMails: () => whole, close };
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'cuebook-mail-'));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
