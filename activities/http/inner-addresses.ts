/**
 * Addresses that no request of a playbook may reach: this machine, its networks, metadata services of clouds, and whatever
 * else is not a host of the public internet (the special-purpose registries of IANA).
 */
import { BlockList, isIP, isIPv4 } from 'node:net';

const INNER_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** What lies inside of 2000::/3, the public part: documentation, and tunnels that end wherever they say (Teredo, 6to4). */
const INNER_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const inner = new BlockList();
for (const range of INNER_V4) addTo(inner, range, 'ipv4');
for (const range of INNER_V6) addTo(inner, range, 'ipv6');
const publicV6 = new BlockList();
addTo(publicV6, '2000::/3', 'ipv6');

/** @param address of IPv4 or IPv6, without brackets; what is neither counts as inner */
export function isInnerAddress(address: string): boolean {
  const [bare = ''] = address.split('%');
  if (isIPv4(bare)) return inner.check(bare, 'ipv4');
  // IPv4 in IPv6 (::ffff:10.0.0.1, 64:ff9b::10.0.0.1) is outside of the public part, and so is refused whole.
  return isIP(bare) !== 6 || !publicV6.check(bare, 'ipv6') || inner.check(bare, 'ipv6');
}

function addTo(list: BlockList, range: string, family: 'ipv4' | 'ipv6'): void {
  const [net, prefix] = range.split('/') as [string, string];
  list.addSubnet(net, Number(prefix), family);
}
