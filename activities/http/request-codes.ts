/** What the codes of requests that were not taken mean to an operator, and what is to be done (S10, S17). */

const REMEDIES: { [code: string]: string } = {
  no_secret:
    'a secret is not set: for webhooks CUEBOOK_WEBHOOK_SECRET, for an activity the variable that its file names; on every worker',
  no_activity: 'this worker has no such activity: its folder of activities/ is missing or older than the playbook',
  invalid_input: 'its values are not what the activity asks for: look at the decision',
  invalid_answer: 'the activity answered otherwise than its file says: mend the file',
  answer_too_long: 'the activity answered more than 64 kB: answer less',
  connection: 'the other system cannot be reached: look at it and at the network',
  dns: 'the name of its host is not found: look at the address in the playbook',
  tls: 'no secure connection: look at its certificate',
  timeout: 'it does not answer in time: look at it',
  late: 'its turn came too late: add a worker',
  bad_url: 'the address is none: look at the values in it',
  no_tls: 'the address is not encrypted: write https://, or name the host under webhooks: allow in settings.yaml',
  inner_address: 'the host is in an inner network: if that is meant, name it under webhooks: allow in settings.yaml',
  text_too_long: 'the body came to more than 256 kB: send less',
  unknown: 'the answer was lost, and the other system cannot tell a repetition: look there whether it came',
  crash: 'a worker died before the answer was known: look there whether it came',
  dropped: 'an operator dropped it',
};

/** What to do about a code; undefined where it says it all. */
export function requestRemedyOf(code: string): string | undefined {
  const status = /^http-(\d)\d\d$/.exec(code)?.[1];
  if (status === '5' || code === 'http-429') return 'the other system asks to come again later';
  if (status === '3')
    return 'it is somewhere else by now, and redirects are not followed: change the address in the playbook';
  if (status === '4') return 'the other system refuses it: its log says why';
  return REMEDIES[code];
}
