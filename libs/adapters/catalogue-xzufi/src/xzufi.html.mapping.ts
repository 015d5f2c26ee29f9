// SPDX-License-Identifier: EUPL-1.2
import sanitizeHtml from 'sanitize-html';

/*
 * What formatted text may hold: the list of the PVOG's FAQ, the same as that of the NRW RDFa tool. Attributes: href of a. Protocols: ftp, http,
 * https, mailto.
 */
const TAGS = ['p', 'br', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'b', 'strong', 'i', 'em', 'sup', 'sub', 'ul', 'ol', 'li', 'a'];
const PROTOCOLS = ['ftp', 'http', 'https', 'mailto'];

const RULES: sanitizeHtml.IOptions = {
  allowedTags: TAGS,
  allowedAttributes: { a: ['href'] },
  allowedSchemes: PROTOCOLS,
  allowedSchemesAppliedToAttributes: ['href'],
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  enforceHtmlBoundary: false,
  parseStyleAttributes: false,
  transformTags: {
    // A link without a scheme would lead to wherever the text happens to be shown.
    a: (tagName, { href }) => {
      const safe = href === undefined ? undefined : safeLink(href);
      return { tagName, attribs: safe === undefined ? {} : { href: safe } };
    },
  },
};

/** Tags as they are usually written → what they do to the list of those that are open. */
const PLAIN_TAGS = new Map<string, { readonly opens?: string; readonly closes?: string }>(['br', 'br/', 'br /'].map((tag) => [tag, {}]));
for (const tag of TAGS.filter((one) => one !== 'br')) {
  if (tag !== 'a') PLAIN_TAGS.set(tag, { opens: tag });
  PLAIN_TAGS.set(`/${tag}`, { closes: tag });
}
const PLAIN_LINK = /^a href="(?:https?:\/\/|mailto:)[\w\-.~:/?#@!$()*+,;=%]+"$/;
/** An ampersand that begins no usual entity. */
const ODD_AMPERSAND = /&(?!(?:amp|lt|gt|quot|nbsp|#\d{1,6});)/;

/** Formatted text that is safe to show. Returns its argument when that is. */
export function cleanHtml(html: string): string {
  return isPlain(html) ? html : sanitizeHtml(html, RULES);
}

/**
 * Whether a text is made of nothing but allowed tags, in order and as they are usually written, so that cleaning would change nothing: most texts
 * are, and the sanitiser takes twenty times as long. In doubt it is not.
 */
function isPlain(html: string): boolean {
  if (html.includes('\0') || (html.includes('&') && ODD_AMPERSAND.test(html))) return false;
  const open: string[] = [];
  let from = 0;
  for (;;) {
    const begin = html.indexOf('<', from);
    const end = html.indexOf('>', from);
    if (begin === -1 || end === -1) return begin === end && open.length === 0;
    if (end < begin) return false;
    const tag = html.slice(begin + 1, end);
    const { opens, closes } = PLAIN_TAGS.get(tag) ?? (PLAIN_LINK.test(tag) ? { opens: 'a' } : UNKNOWN);
    if (closes !== undefined && open.pop() !== closes) return false;
    if (opens === 'a' && open.includes('a')) return false;
    if (opens !== undefined) open.push(opens);
    from = end + 1;
  }
}

/** Closes what nothing opens. */
const UNKNOWN = { opens: undefined, closes: '?' };

/** A link that may be followed, normalised; `undefined` for one that may not. */
export function safeLink(uri: string): string | undefined {
  const trimmed = uri.trim();
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  // Control characters and spaces in the middle are what browsers drop and filters trip over.
  return url !== undefined && PROTOCOLS.includes(url.protocol.slice(0, -1)) && !/[\u0000-\u0020\u007f]/.test(trimmed) ? trimmed : undefined;
}
