/** What the codes of refused mails mean to an operator, and what is to be done. */

const FOR_NOW: { [code: string]: string } = {
  connection: 'the mail server cannot be reached: look at SMTP_URL and at the server',
  dns: 'the name of the mail server is not found: look at the host in SMTP_URL',
  timeout: 'the mail server does not answer in time: look at the server and the network',
  tls: 'no secure connection to the mail server: look at its certificate, and at smtp:// or smtps:// in SMTP_URL',
  auth: 'the mail server does not take the login: look at user and password in SMTP_URL',
  protocol: 'what answers is no mail server: look at host and port in SMTP_URL',
  busy: 'too many mails wait for a connection: raise SMTP_CONNECTIONS, or add a worker',
  late: 'its turn came too late: raise SMTP_CONNECTIONS, or add a worker',
  closed: 'the worker was being stopped',
  'not-sent': 'the connection ended before the mail was on its way',
  'not-taken': 'the mail server says that it has not taken it',
};

const FOR_GOOD: { [code: string]: string } = {
  'bad-from': 'no address to send from: mend `sender: from` in settings.yaml, or `from` in the template',
  'bad-reply-to': '`reply_to` in the template is no address: mend the template',
  'bad-subject': 'the subject cannot be a header: mend the template',
  'bad-unsubscribe': 'the unsubscribe link is no web address: mend CUEBOOK_PUBLIC_URL',
  'bad-to': 'the recipient has no valid address: mend the record',
  'too-large': 'the mail is larger than the server takes: make the template smaller',
  'bad-envelope': 'the server cannot express an address: mend the record, or `sender: from`',
  no_address: 'the recipient has no address that can be written to: mend the record',
  no_subject: 'the subject came out empty: give its values a `default` in the template',
  text_too_long: 'the text came to more than 256 kB: shorten the lists of the template',
  unknown: 'the answer of the mail server was lost each time: look there whether it came',
  crash: 'a worker died before the answer was known: look at the mail server whether it came',
  not_useful: 'it could not be sent while it was of use',
  dropped: 'an operator dropped it',
};

/** What to do about a code; undefined where it says it all. */
export function remedyOf(code: string): string | undefined {
  const known = FOR_NOW[code] ?? FOR_GOOD[code];
  if (known !== undefined) return known;
  const reply = /^smtp-([45])(\d\d)(?:-([\d.]+))?$/.exec(code);
  if (reply === null) return undefined;
  const [, first, rest, enhanced] = reply;
  if (first === '4') return 'the mail server asks to come again later (limits, greylisting, a full mailbox)';
  if (enhanced?.startsWith('5.1')) return 'the address does not exist there: mend the record';
  if (enhanced?.startsWith('5.7')) return 'the mail server forbids it: look at SPF, DKIM and the rights of the account';
  return rest === '52' ? 'the mail is too large' : 'the mail server refuses it for good: its log says why';
}
