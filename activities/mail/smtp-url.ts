/** Parses `SMTP_URL`. */

export interface SmtpServer {
  host: string;
  port: number;
  /** TLS from the first byte (`smtps:`). */
  secure: boolean;
  auth?: { user: string; pass: string };
  /** Refuses to go on where the server offers no STARTTLS: a password is never sent in clear. */
  requireTls: boolean;
}

const FORM = 'smtp://[user:password@]host[:port] or smtps://[user:password@]host[:port]';

/** Throws an Error that names the form, and never repeats the password. */
export function parseSmtpUrl(text: string): SmtpServer {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error(`the SMTP URL is no URL; write ${FORM}`);
  }
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') {
    throw new Error(`the SMTP URL begins with "${url.protocol}//"; write ${FORM}`);
  }
  if (url.hostname === '' || (url.pathname !== '' && url.pathname !== '/') || url.search !== '' || url.hash !== '') {
    throw new Error(`the SMTP URL has no host, or something after host and port; write ${FORM}`);
  }
  const secure = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const hasUser = url.username !== '';
  return {
    host,
    port: url.port === '' ? (secure ? 465 : hasUser ? 587 : 25) : Number(url.port),
    secure,
    ...(hasUser ? { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } } : {}),
    requireTls: hasUser && !secure && !isLoopback(host),
  };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
