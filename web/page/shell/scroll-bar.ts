/**
 * Whether a dialog keeps the room of the scroll bar free, which goes while it is open. Where there is none the style
 * alone stops the scrolling: Ariakit would at the body, and header and navigation would no longer stay in sight.
 */
export const keepsScrollBar = (): boolean => innerWidth > document.documentElement.clientWidth;
