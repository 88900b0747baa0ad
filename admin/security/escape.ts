const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for HTML, between tags or inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/**
 * A value as JSON that may stand inside `<script>`: nothing in it ends the element or opens a comment, and the two
 * line ends that older JavaScript forbids in strings are escaped.
 */
export function scriptJson(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
