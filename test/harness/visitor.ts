// A browser without a screen: keeps cookies, follows redirects one by one, fills in the form of a page. Enough to sign in over real HTTP.

export interface Visit {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

const MAX_REDIRECTS = 15;

const decode = (text: string) =>
  text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>');

const attribute = (tag: string, name: string) => {
  const [, quoted] = new RegExp(`\\b${name}="([^"]*)"`).exec(tag) ?? [];
  return quoted === undefined ? undefined : decode(quoted);
};

export class Visitor {
  readonly #cookies = new Map<string, string>();

  get cookieHeader(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** One request; redirects are not followed. */
  async send(url: string, init: RequestInit = {}): Promise<Visit> {
    const headers = new Headers(init.headers);
    if (this.#cookies.size > 0) headers.set('cookie', this.cookieHeader);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return { url, status: response.status, headers: response.headers, body: await response.text() };
  }

  /** Follows redirects as long as they stay on the same origin; a redirect that leaves it is handed back. */
  async open(url: string, init: RequestInit = {}): Promise<Visit> {
    const { origin } = new URL(url);
    let visit = await this.send(url, init);
    for (let hop = 0; hop < MAX_REDIRECTS; hop++) {
      const location = visit.headers.get('location');
      if (visit.status < 300 || visit.status >= 400 || location === null) return visit;
      const next = new URL(location, visit.url);
      if (next.origin !== origin) return visit;
      visit = await this.send(next.href, { headers: { accept: 'text/html' } });
    }
    throw new Error(`more than ${MAX_REDIRECTS} redirects from ${url}`);
  }

  /** Submits the first form of a page with its hidden fields and the given ones. */
  submit(page: Visit, fields: Readonly<Record<string, string | readonly string[]>>, pick?: string): Promise<Visit> {
    const forms = [...page.body.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)];
    const form = pick === undefined ? forms[0] : forms.find(([whole]) => whole.includes(pick));
    if (!form) throw new Error(`no form at ${page.url} (${page.status}): ${page.body.slice(0, 300)}`);
    const [, head = '', inner = ''] = form;
    const values = new URLSearchParams();
    for (const [input] of inner.matchAll(/<input\b[^>]*>/g)) {
      const [name, value, type] = [attribute(input, 'name'), attribute(input, 'value'), attribute(input, 'type')];
      if (name !== undefined && type === 'hidden' && !(name in fields)) values.append(name, value ?? '');
    }
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) values.append(name, String(one));
    const action = new URL(attribute(head, 'action') ?? page.url, page.url).href;
    return this.open(action, { method: 'POST', body: values, headers: { origin: new URL(page.url).origin, accept: 'text/html' } });
  }

  #keep(line: string): void {
    const [pair = '', ...rest] = line.split(';');
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    const ended = rest.some((part) => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(part));
    if (ended || value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
