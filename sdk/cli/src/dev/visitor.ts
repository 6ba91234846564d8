interface Page {
  readonly url: URL;
  readonly text: string;
}

type Fields = Readonly<Record<string, string | readonly string[]>>;

const HOPS_MAX = 12;

/**
 * A person before the platform's sign-in pages, without a browser: keeps cookies, follows redirects, fills in forms. The pages have no
 * scripts, so nothing is missing. It is how `chung dev` signs its members in, through the same pages as everybody.
 */
export class Visitor {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();

  constructor(platform: string) {
    this.#origin = new URL(platform).origin;
  }

  /** Follows redirects until a page, or until one leads away from the platform: then that address is the page's, unasked. */
  async open(address: URL, init: RequestInit = {}): Promise<Page> {
    let response = await this.#send(address, init);
    let url = address;
    for (let hops = 0; hops < HOPS_MAX && response.status >= 300 && response.status < 400; hops++) {
      url = new URL(response.headers.get('location') ?? '', url);
      if (url.origin !== this.#origin) return { url, text: '' };
      response = await this.#send(url, {});
    }
    return { url, text: await response.text() };
  }

  /** Sends the form of a page whose address ends so, with its hidden fields and these. */
  submit(page: Page, actionEnd: string, fields: Fields): Promise<Page> {
    const forms = [...page.text.matchAll(/<form[^>]* action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/g)];
    const [, action = '', form = ''] = forms.find(([, address]) => address?.endsWith(actionEnd)) ?? [];
    if (action === '') throw new Error(`The platform's page at ${page.url.pathname} has no form for ${actionEnd}.`);
    const body = new URLSearchParams();
    for (const [, name = '', value = ''] of form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)) body.append(name, value);
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one);
    return this.open(new URL(action, page.url), { method: 'POST', body });
  }

  async #send(url: URL, init: RequestInit): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }
}
