/** Links of a rendered mail: where they may lead (S20). */

/** Attributes whose value is a place that a click or the reader's program goes to. */
const LINK = /(\s(?:href|src|background|action|formaction)\s*=\s*)("[^"]*"|'[^']*')/gi;
const ALLOWED = /^(?:https?:\/\/|mailto:|tel:|#|cid:|data:image\/(?:png|gif|jpe?g|webp);)/i;

/** Links take http, https, mailto and tel, an image also what comes with the mail; what is anything else is `#`. */
export function withSafeLinks(html: string): string {
  return html.replace(LINK, (whole, before: string, quoted: string) => {
    const value = quoted.slice(1, -1).trim();
    const isImage = /^\s(?:src|background)/i.test(before);
    if (value === '' || (ALLOWED.test(value) && (isImage || !/^(?:cid|data):/i.test(value)))) return whole;
    return `${before}"#"`;
  });
}
