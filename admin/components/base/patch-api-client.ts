import { ApiClient } from 'adminjs';

interface HttpError {
  response?: { status: number; data?: { notice?: unknown } };
}

type Call = (this: ApiClient, options: Record<string, unknown>) => Promise<unknown>;

/** What AdminJS calls by GET because it is a button without a page. */
const buttons = new Set(['retry', 'revoke', 'makeDefault']);

/**
 * Teaches AdminJS's client three things: an answer that refuses (409, 403…) is an answer and is shown; a session that has
 * ended leads to the login and back; what changes something is sent by POST.
 */
export function patchApiClient(): void {
  const client = ApiClient.prototype as unknown as Record<string, Call>;
  for (const name of ['resourceAction', 'recordAction', 'bulkAction', 'getPage', 'getDashboard']) {
    const original = client[name] as Call;
    client[name] = async function patched(options = {}) {
      const method = buttons.has(String(options.actionName)) ? { method: 'POST' } : {};
      try {
        return await original.call(this, { ...options, ...method });
      } catch (error) {
        const { response } = error as HttpError;
        if (response?.status === 401) return goToLogin();
        if (response?.data?.notice) return response;
        throw error;
      }
    };
  }
}

function goToLogin(): Promise<never> {
  const here = window.location.pathname + window.location.search;
  window.location.assign(`${window.REDUX_STATE.paths.loginPath}?next=${encodeURIComponent(here)}`);
  return new Promise(() => {});
}
