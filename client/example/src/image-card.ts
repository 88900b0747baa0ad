import type { DarkroomClient, Image, Tier } from '@darkroom/client';
import { bytesInWords, fromTemplate, within } from './dom.ts';

export interface ImageCardDeps {
  darkroom: DarkroomClient;
  tier: Tier;
  fail(error: unknown): void;
}

export interface ImageCard {
  element: HTMLElement;
  createdAt: string;
  /** Of what is shown. */
  updatedAt(): string;
  update(image: Image): void;
}

const wantedLinkSeconds = 600;

/** One image of the sheet. */
export function createImageCard(first: Image, { darkroom, tier, fail }: ImageCardDeps): ImageCard {
  const element = fromTemplate('image');
  const [picture, state] = [within(element, 'img', HTMLImageElement), within(element, '.state', HTMLSpanElement)];
  const original = within(element, '.original', HTMLAnchorElement);
  const share = within(element, '.share', HTMLButtonElement);
  let shown = first;

  function update(image: Image): void {
    shown = image;
    within(element, 'h2', HTMLHeadingElement).textContent = image.name;
    within(element, '.facts', HTMLParagraphElement).textContent =
      `${image.width} × ${image.height} · ${bytesInWords(image.bytes)}`;
    const thumbnail = image.thumbnails.at(-1);
    // The address stays the same for half an hour; setting it anew would load it anew.
    if (thumbnail && picture.src !== thumbnail.url) picture.src = thumbnail.url;
    picture.alt = image.name;
    picture.hidden = !thumbnail;
    state.hidden = Boolean(thumbnail);
    state.textContent = image.failure?.message ?? 'Developing …';
    original.hidden = !image.original;
    if (image.original) original.href = image.original.url;
  }

  const seconds = Math.min(Math.max(wantedLinkSeconds, tier.expiringLinkMinSeconds), tier.expiringLinkMaxSeconds);
  share.hidden = !tier.expiringLink;
  share.textContent = `Link for ${Math.round(seconds / 60)} min`;
  share.addEventListener('click', () => {
    const made = darkroom.links.create.mutate({ image: first.id, expireTime: seconds });
    made.then(({ url, expiresAt }) => {
      const link = within(element, '.link', HTMLParagraphElement);
      const address = within(link, 'input', HTMLInputElement);
      address.value = url;
      within(link, 'span', HTMLSpanElement).textContent =
        `Opens for anybody until ${new Date(expiresAt).toLocaleTimeString([], { timeStyle: 'short' })}.`;
      link.hidden = false;
      address.select();
    }, fail);
  });
  within(element, '.delete', HTMLButtonElement).addEventListener('click', () => {
    if (!confirm(`Delete ${shown.name}? Its links end too.`)) return;
    // The event of it takes the card away, here and in other windows.
    darkroom.images.delete.mutate({ id: first.id }).catch(fail);
  });

  update(first);
  return { element, createdAt: first.createdAt, updatedAt: () => shown.updatedAt, update };
}
