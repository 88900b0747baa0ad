export const productName = 'Darkroom';

/** An aperture, in the accent colour: the mark of the panel and its favicon. */
export const markSvg =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" role="img" aria-label="Darkroom">' +
  '<circle cx="16" cy="16" r="15" fill="#c8452b"/>' +
  '<path fill="none" stroke="#fff" stroke-width="1.8" stroke-linejoin="round" ' +
  'd="M12.3 9.6h7.4l3.7 6.4-3.7 6.4h-7.4L8.6 16zM12.3 9.6 23.6 3.4M19.7 9.6l9.9 6.6M23.4 16l-1.2 12.6M19.7 22.4 8.4 28.6' +
  'M12.3 22.4l-9.9-6.6M8.6 16 9.8 3.4"/></svg>';
