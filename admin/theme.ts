import type { ThemeOverride } from '@adminjs/design-system';

const font = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif';
// Below the last one the sidebar is a drawer.
const breakpoints = ['577px', '769px', '900px', '1024px'];
const sizes = { navbarHeight: '56px', sidebarWidth: '236px', maxFormWidth: '780px' };

/** Warm greys and the red of a darkroom's lamp. Text has a contrast of 4.5 at least on every ground it stands on. */
export const lightTheme = asTheme({
  font,
  breakpoints,
  sizes,
  colors: {
    text: '#1f1c1a',
    black: '#1f1c1a',
    white: '#ffffff',
    border: '#e4dfd9',
    bg: '#f6f4f1',
    container: '#ffffff',
    sidebar: '#fbfaf8',
    filterBg: '#ffffff',
    primary100: '#a5301a',
    primary80: '#c4553f',
    primary60: '#d98673',
    primary40: '#ebb9ad',
    primary20: '#f8e6e1',
    accent: '#5b4636',
    grey100: '#1f1c1a',
    grey80: '#49433e',
    grey60: '#6f6760',
    grey40: '#b8afa6',
    grey20: '#f3f0ec',
    errorDark: '#8f1d12',
    error: '#b42318',
    errorLight: '#fdecea',
    successDark: '#1e6b45',
    success: '#1e6b45',
    successLight: '#e4f3ea',
    warningDark: '#8a5200',
    warning: '#8a5200',
    warningLight: '#fbf0dc',
    infoDark: '#2d5b86',
    info: '#2d5b86',
    infoLight: '#e4eef8',
    inputBorder: '#cfc7be',
    separator: '#e4dfd9',
    highlight: '#f3f0ec',
    love: '#b3361e',
  },
  borders: {
    input: '1px solid #cfc7be',
    filterInput: '1px solid #cfc7be',
    bg: '1px solid #f6f4f1',
    default: '1px solid #e4dfd9',
  },
});

export const darkTheme = asTheme({
  font,
  breakpoints,
  sizes,
  colors: {
    text: '#f0ebe6',
    black: '#f0ebe6',
    white: '#1c1917',
    border: '#37312d',
    bg: '#141211',
    container: '#1d1a18',
    sidebar: '#181614',
    filterBg: '#1d1a18',
    primary100: '#ef7a5f',
    primary80: '#e2573b',
    primary60: '#b5462f',
    primary40: '#7d3525',
    primary20: '#41231b',
    accent: '#d8b79c',
    grey100: '#f0ebe6',
    grey80: '#d3cbc3',
    grey60: '#a79e95',
    grey40: '#5d554f',
    grey20: '#282421',
    errorDark: '#ff9d8c',
    error: '#ff8a76',
    errorLight: '#3d1c16',
    successDark: '#79d3a2',
    success: '#6fcb99',
    successLight: '#16301f',
    warningDark: '#f0bd69',
    warning: '#e9b45c',
    warningLight: '#36280f',
    infoDark: '#8fc0ee',
    info: '#82b6e8',
    infoLight: '#182a3b',
    inputBorder: '#4a433e',
    separator: '#37312d',
    highlight: '#282421',
    love: '#ef7a5f',
  },
  borders: {
    input: '1px solid #4a433e',
    filterInput: '1px solid #4a433e',
    bg: '1px solid #141211',
    default: '1px solid #37312d',
  },
});

/** The design system's type knows neither the font's nor the breakpoints' real shape. */
function asTheme(theme: object): ThemeOverride {
  return theme as ThemeOverride;
}
