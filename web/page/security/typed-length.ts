/** What a field for a password takes: one of its 128 characters may be typed as a letter and up to three marks. */
export const maxTypedLength = 512;
