/** Any number of playbooks of which an event concerns the same five: those of its category. */
import type { WorkspaceFile } from '../../language/compile.ts';

/** Of each category, one of each kind. */
const KINDS: ((category: string) => string)[] = [
  (c) => `{ event: shop.seen, where: event.category == "${c}" }`,
  (c) => `{ event: shop.seen, where: event.category == "${c}", at_least: 1000, within: 30d }`,
  (c) => `{ event: shop.seen, where: event.category == "${c}", unless: order.completed, within: 30d }`,
  (c) =>
    `{ event: shop.seen, where: event.category == "${c}" && event.price >= 20, fewer_than: 3, of: shop.seen, within: 30d }`,
  (c) => `{ inactive: { event: shop.seen, where: event.category == "${c}" }, for: 30d }`,
];

/** @returns `count` files, five to a category; categories are `c0`, `c1`, … */
export function manyPlaybooks(count: number): WorkspaceFile[] {
  return Array.from({ length: count }, (_, n) => {
    const trigger = KINDS[n % KINDS.length]!(`c${Math.floor(n / KINDS.length)}`);
    const text = `playbook: p${n}\ntrigger: ${trigger}\nsteps:\n  - record: seen\n`;
    return { path: `p${n}.yaml`, text };
  });
}
