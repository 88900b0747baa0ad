/** A browser as far as HTTP goes: keeps its cookies, says where it comes from, follows nothing by itself. */
export class PanelClient {
  cookie: string | undefined;
  readonly #url: string;
  readonly #origin: string;

  constructor(url: string, origin: string) {
    this.#url = url;
    this.#origin = origin;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookie && !headers.has('cookie')) headers.set('cookie', this.cookie);
    const response = await fetch(`${this.#url}${path}`, { redirect: 'manual', ...init, headers });
    for (const set of response.headers.getSetCookie()) this.#keep(set.split(';')[0] ?? '');
    return response;
  }

  /** In place of the one of the same name. */
  #keep(cookie: string): void {
    const name = cookie.slice(0, cookie.indexOf('=') + 1);
    const others = (this.cookie ?? '').split('; ').filter((one) => one !== '' && !one.startsWith(name));
    this.cookie = [...others, cookie].join('; ');
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(path, { headers });
  }

  /** As our own pages do it: with `Origin`, and JSON or a form. */
  post(path: string, body: BodyInit | object = {}, headers: Record<string, string> = {}): Promise<Response> {
    const isPlain = Object.getPrototypeOf(body) === Object.prototype;
    return this.fetch(path, {
      method: 'POST',
      body: isPlain ? JSON.stringify(body) : (body as BodyInit),
      headers: { origin: this.#origin, ...(isPlain ? { 'content-type': 'application/json' } : {}), ...headers },
    });
  }

  login(username: string, password: string, next?: string): Promise<Response> {
    return this.post(
      '/admin/login/',
      new URLSearchParams({ username, password, ...(next === undefined ? {} : { next }) }),
    );
  }

  /** A list's answer. */
  async list(resourceId: string, query: Record<string, string> | string = {}) {
    const search = typeof query === 'string' ? query : new URLSearchParams(query).toString();
    return answerOf(await this.get(`/admin/api/resources/${resourceId}/actions/list?${search}`));
  }

  async show(resourceId: string, id: string) {
    return answerOf(await this.get(`/admin/api/resources/${resourceId}/records/${id}/show`));
  }

  async create(resourceId: string, values: object) {
    return answerOf(await this.post(`/admin/api/resources/${resourceId}/actions/new`, values));
  }

  async act(resourceId: string, id: string, action: string, values: object = {}) {
    return answerOf(await this.post(`/admin/api/resources/${resourceId}/records/${id}/${action}`, values));
  }

  async bulk(resourceId: string, ids: string[], action: string) {
    return answerOf(await this.post(`/admin/api/resources/${resourceId}/bulk/${action}?recordIds=${ids.join(',')}`));
  }
}

export interface PanelRecord {
  id: string;
  title: string;
  params: Record<string, unknown>;
  populated: Record<string, PanelRecord>;
  errors: Record<string, { message: string }>;
  recordActions: { name: string }[];
}

export interface PanelAnswer {
  status: number;
  text: string;
  record: PanelRecord;
  records: PanelRecord[];
  meta: { total: number; page: number; perPage: number; sortBy: string; direction: string };
  notice?: { type: string; message: string };
  problem?: { code: string; detail: string; errors: { path: string; message: string }[] };
  redirectUrl?: string;
}

async function answerOf(response: Response): Promise<PanelAnswer> {
  const text = await response.text();
  return { ...(JSON.parse(text) as PanelAnswer), status: response.status, text };
}
