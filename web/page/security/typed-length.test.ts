import { maxTypedLength as maxOfServer } from '@tickfolio/api/accounts';
import { expect, it } from 'vitest';
import { maxTypedLength } from './typed-length.js';

it('takes a password in a field as long as the server does', () => {
  expect(maxTypedLength).toBe(maxOfServer);
});
