import type { DarkroomClient, Image, Me } from '@darkroom/client';
import { byId, bytesInWords } from './dom.ts';
import { createImageCard, type ImageCard } from './image-card.ts';
import { acceptUploads } from './uploads.ts';

export interface SheetDeps {
  darkroom: DarkroomClient;
  me: Me;
  /** Takes whatever a call of the service throws. */
  fail(error: unknown): void;
}

export interface Sheet {
  close(): void;
}

const pageSize = 24;

/** The images of who is logged in, newest first, as they are now: what happens in other windows is shown here too. */
export function openSheet({ darkroom, me, fail }: SheetDeps): Sheet {
  const [section, list] = [byId('sheet', HTMLElement), byId('images', HTMLUListElement)];
  const [empty, more] = [byId('empty', HTMLParagraphElement), byId('more', HTMLButtonElement)];
  const cards = new Map<string, ImageCard>();
  let cursor: string | null = null;
  let isLoaded = false;

  function show(image: Image): void {
    const known = cards.get(image.id);
    if (known) {
      // The answer to an upload or a list may be older than an event that was faster.
      if (image.updatedAt >= known.updatedAt()) known.update(image);
      return;
    }
    const card = createImageCard(image, { darkroom, tier: me.tier, fail });
    const older = [...cards.values()]
      .filter(({ createdAt }) => createdAt < card.createdAt)
      .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0];
    // What is older than all that is shown comes with its page.
    if (!older && cursor !== null) return;
    list.insertBefore(card.element, older?.element ?? null);
    cards.set(image.id, card);
    settle();
  }

  function remove(id: string): void {
    cards.get(id)?.element.remove();
    cards.delete(id);
    settle();
  }

  function settle(): void {
    empty.hidden = cards.size > 0;
    more.hidden = cursor === null;
  }

  async function loadPage(after: string | null): Promise<void> {
    const page = await darkroom.images.list.query({ limit: pageSize, cursor: after });
    cursor = null;
    for (const image of page.items) show(image);
    cursor = page.nextCursor;
    settle();
  }

  async function loadAnew(): Promise<void> {
    isLoaded = true;
    list.replaceChildren();
    cards.clear();
    await loadPage(null);
  }

  async function showUsage(): Promise<void> {
    const { usage, tier, username } = await darkroom.me.query();
    const of = tier.quotaBytes === null ? '' : ` of ${bytesInWords(tier.quotaBytes)}`;
    byId('account', HTMLSpanElement).textContent = `${username} · ${tier.name} · ${bytesInWords(usage.bytes)}${of}`;
  }

  // From the first `position` on nothing is missed, also over a lost connection, so the list is read after it.
  const subscription = darkroom.images.onChange.subscribe(undefined, {
    onData: ({ data }) => {
      if (data.type === 'image') show(data.image);
      else if (data.type === 'deleted') remove(data.id);
      else if (data.type === 'reset' || !isLoaded) loadAnew().catch(fail);
      showUsage().catch(fail);
    },
    onError: fail,
  });
  const nextPage = () => void loadPage(cursor).catch(fail);
  more.addEventListener('click', nextPage);
  const uploads = acceptUploads({ darkroom, onUploaded: show });
  section.hidden = false;

  return {
    close: () => {
      subscription.unsubscribe();
      uploads.close();
      more.removeEventListener('click', nextPage);
      list.replaceChildren();
      section.hidden = true;
    },
  };
}
