// A browser in a few lines: keeps cookies by path, follows redirects on the platform, reads forms. No scripts, as our pages have none.

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

export class Browser {
  readonly #origin: string;
  readonly #cookies = new Map<string, Cookie>();
  /** Every address that was asked, and every cookie line that came, in order. */
  readonly visited: URL[] = [];
  readonly setCookieLines: string[] = [];

  readonly #listensAt: string;

  /** `listensAt` is where the requests really go when the public address leads through a proxy: this browser plays it too. */
  constructor(baseUrl: string, listensAt = baseUrl) {
    this.#origin = new URL(baseUrl).origin;
    this.#listensAt = listensAt;
  }

  cookie(name: string): string | undefined {
    return [...this.#cookies.values()].find((cookie) => cookie.name === name)?.value;
  }

  cookieHeader(url: URL): string {
    return [...this.#cookies.values()]
      .filter(({ path }) => url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  /** One request, no redirects followed. */
  async send(address: string | URL, init: RequestInit = {}): Promise<Page> {
    const url = new URL(address, this.#origin);
    this.visited.push(url);
    const headers = new Headers(init.headers);
    const cookie = this.cookieHeader(url);
    if (cookie) headers.set('cookie', cookie);
    const proxied = this.#listensAt !== this.#origin;
    if (proxied)
      for (const [name, value] of Object.entries({ proto: url.protocol.slice(0, -1), host: url.host }))
        headers.set(`x-forwarded-${name}`, value);
    const target = proxied ? new URL(url.pathname + url.search, this.#listensAt) : url;
    const response = await fetch(target, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.#keep(line, url);
    return { url, status: response.status, headers: response.headers, text: await response.text() };
  }

  /** Follows redirects until a page, or until one leads away from the platform: then that address is the answer's `url`. */
  async open(address: string | URL, init: RequestInit = {}): Promise<Page> {
    let page = await this.send(address, init);
    for (let hops = 0; hops < 12 && page.status >= 300 && page.status < 400; hops++) {
      const next = new URL(page.headers.get('location') ?? '', page.url);
      if (next.origin !== this.#origin) return { ...page, url: next };
      page = await this.send(next);
    }
    return page;
  }

  /** Sends the page's first form (or the one whose action ends so), with its hidden fields and these. */
  submit(page: Page, fields: Record<string, string | readonly string[]>, actionEnd = ''): Promise<Page> {
    const form = [...page.text.matchAll(/<form[^>]* action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/g)].find(([, action]) =>
      action?.endsWith(actionEnd),
    );
    if (!form?.[1]) throw new Error(`no form ends with “${actionEnd}” on ${page.url.href}: ${page.text.slice(0, 400)}`);
    const body = new URLSearchParams();
    for (const [, name, value] of (form[2] ?? '').matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"\/?/g))
      body.append(name ?? '', value ?? '');
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one);
    return this.open(form[1], { method: 'POST', body });
  }

  async signIn(page: Page, username: string, password: string): Promise<Page> {
    return this.submit(page, { username, password }, '/sign-in');
  }

  #keep(line: string, url: URL): void {
    this.setCookieLines.push(line);
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const [name = '', ...value] = pair.split('=');
    const attribute = (wanted: string) => attributes.find((part) => part.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
    const path = attribute('path') ?? url.pathname.replace(/\/[^/]*$/, '') ?? '/';
    const expires = attribute('expires');
    const ended = attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) < Date.now());
    if (ended) this.#cookies.delete(`${name} ${path}`);
    else this.#cookies.set(`${name} ${path}`, { name, value: value.join('='), path });
  }
}
