const language = document.documentElement.lang || 'en';
const ofBrowser = navigator.languages.find((tag) => tag.split('-')[0] === language);

/** How the page writes numbers and dates: its language, as the browser's person writes it (`en-GB`). */
export const locale = ofBrowser ?? (language === 'en' ? 'en-US' : language);

/** The language of the page's words: the server chose it. */
export { language };
