/** Every screen of the web app by an address of it, for pictures and for tests that go through all of them. */

/** `{playbook}` and the like stand for what a store has. @type {{ name: string, path: string }[]} */
export const SCREENS = [
  { name: 'home', path: '/app/' },
  { name: 'playbooks', path: '/app/playbooks' },
  { name: 'playbook', path: '/app/playbooks/{playbook}' },
  { name: 'playbook-list', path: '/app/playbooks/{playbook}?as=list' },
  { name: 'playbook-journeys', path: '/app/playbooks/{playbook}?tab=journeys' },
  { name: 'playbook-source', path: '/app/playbooks/{playbook}?tab=source' },
  { name: 'playbook-versions', path: '/app/playbooks/{playbook}?tab=versions' },
  { name: 'playbook-edit', path: '/app/playbooks/{playbook}/edit' },
  { name: 'people', path: '/app/people' },
  { name: 'person', path: '/app/people/contact/{contact}' },
  { name: 'person-why', path: '/app/people/contact/{contact}?tab=why&playbook={playbook}' },
  { name: 'person-journeys', path: '/app/people/contact/{contact}?tab=journeys' },
  { name: 'person-data', path: '/app/people/contact/{contact}?tab=data' },
  { name: 'messages', path: '/app/messages' },
  { name: 'tasks', path: '/app/tasks' },
  { name: 'tickets', path: '/app/tickets' },
  { name: 'ticket', path: '/app/tickets/{ticket}' },
  { name: 'events', path: '/app/events' },
  { name: 'event', path: '/app/events/1' },
  { name: 'events-names', path: '/app/events?tab=names' },
  { name: 'events-aside', path: '/app/events?tab=aside' },
  { name: 'events-send', path: '/app/events?tab=send' },
  { name: 'reports', path: '/app/reports?period=28d' },
  { name: 'settings', path: '/app/settings' },
  { name: 'settings-calendars', path: '/app/settings?tab=calendars' },
  { name: 'settings-channels', path: '/app/settings?tab=channels' },
  { name: 'settings-keys', path: '/app/settings?tab=keys' },
  { name: 'settings-users', path: '/app/settings?tab=users' },
  { name: 'settings-audit', path: '/app/settings?tab=audit' },
  { name: 'not-found', path: '/app/nothing/here' },
];

/** How each is looked at. */
export const LOOKS = [
  { name: 'wide-light', width: 1440, height: 900, scheme: 'light' },
  { name: 'wide-dark', width: 1440, height: 900, scheme: 'dark' },
  { name: 'narrow-light', width: 360, height: 780, scheme: 'light' },
  { name: 'narrow-dark', width: 360, height: 780, scheme: 'dark' },
];

/** @param {string} path @param {{ [name: string]: string }} of */
export function addressOf(path, of) {
  return path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(of[name] ?? name));
}
