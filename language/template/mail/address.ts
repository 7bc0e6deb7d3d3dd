/** Mail addresses as people write them: `hello@shop.example`, `Shop <hello@shop.example>`. */
import { domainToASCII } from 'node:url';
import type { Json } from '../../model.ts';
import { oneLine } from './line.ts';

export interface Address {
  name?: string;
  address: string;
}

/** RFC 5321: 64 before the `@`, 254 in all. */
const MAX_LOCAL_CHARS = 64;
const MAX_ADDRESS_CHARS = 254;
const MAX_NAME_CHARS = 200;
const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN =
  /^(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?![0-9]+$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/**
 * The address alone, its domain in ASCII; undefined where it is none. Quoted local parts, address literals and
 * comments are not taken: they are not in use, and are where injections live. Nor is a local part outside of ASCII,
 * which most servers refuse, or a domain without a dot or that ends in digits: it leads to this machine or to none.
 */
export function parseBareAddress(text: string): string | undefined {
  const trimmed = text.trim();
  const at = trimmed.lastIndexOf('@');
  const local = trimmed.slice(0, at);
  const domain = domainToASCII(trimmed.slice(at + 1));
  if (at < 1 || local.length > MAX_LOCAL_CHARS || !LOCAL.test(local) || !DOMAIN.test(domain)) return undefined;
  const address = `${local}@${domain}`;
  return address.length <= MAX_ADDRESS_CHARS ? address : undefined;
}

/** `address` or `Name <address>`; undefined where it is neither. */
export function parseAddress(text: string): Address | undefined {
  const parts = splitAddress(text);
  const address = parseBareAddress(parts.address);
  if (address === undefined) return undefined;
  const name = cleanName(parts.name);
  return name === '' ? { address } : { name, address };
}

/** Takes `Name <address>` apart without looking into either, so that each may be rendered on its own. */
export function splitAddress(text: string): { name: string; address: string } {
  const match = /^([^<>]*)<([^<>]*)>\s*$/s.exec(text);
  if (!match) return { name: '', address: text.trim() };
  return { name: match[1]!.trim().replace(/^"(.*)"$/s, '$1'), address: match[2]!.trim() };
}

/** The address in a record's trait (S1), as mails and suppression compare it; undefined where there is none to write to. */
export function addressIn(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? parseBareAddress(value) : undefined;
}

/** A name that fits on a line of a mail's head, and is not longer than 200. */
export function cleanName(name: string): string {
  return oneLine(name, MAX_NAME_CHARS);
}
