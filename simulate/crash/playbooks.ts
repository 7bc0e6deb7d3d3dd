/** What the shop of a crash simulation runs: waits of a few virtual minutes, mails, a task, a goal, a holdout. */
import type { WorkspaceFile } from '../../language/compile.ts';

const SETTINGS = `time_zone: Europe/Berlin
sender: { name: Shop, from: hello@shop.example, postal_address: "Shop GmbH, Weg 1, 10115 Berlin" }
`;

const CART = `playbook: cart
description: A shopper who leaves a cart is reminded, and reminded once more; who buys is left alone.
subject: contact
owner: lifecycle@shop.example
trigger:
  event: cart.updated
  unless: order.completed
  within: 2m
  key: event.cart_id
again: always
holdout: 10%
goal: { event: order.completed, within: 10m, value: event.total }
steps:
  - id: reminder
    send: email
    template: reminder
    class: marketing
  - wait: 3m
  - task: Call {{ contact.name }} about the cart
    assign: kim
  - send: email
    template: second
    class: transactional
  - record: reminded
`;

const WELCOME = `playbook: welcome
description: Who signs up is greeted at once.
subject: contact
owner: lifecycle@shop.example
trigger:
  event: account.created
again: never
steps:
  - send: email
    template: welcome
    class: transactional
  - record: greeted
`;

const KIM = `person: kim
name: Kim
email: kim@shop.example
role: sales
time_zone: Europe/Berlin
`;

const mail = (subject: string, text: string) => `---\nsubject: ${subject}\n---\n${text}\n`;

export const PLAYBOOKS: readonly WorkspaceFile[] = [
  { path: 'settings.yaml', text: SETTINGS },
  { path: 'cart.yaml', text: CART },
  { path: 'welcome.yaml', text: WELCOME },
  { path: 'people/kim.yaml', text: KIM },
  {
    path: 'templates/reminder.txt',
    text: mail('Your cart is waiting', 'Hello {{ contact.name }}, it is still there.'),
  },
  { path: 'templates/second.txt', text: mail('Still yours', 'Hello {{ contact.name }}, shall we keep it?') },
  { path: 'templates/welcome.txt', text: mail('Welcome', 'Hello {{ contact.name }}, good to have you.') },
];
