import { Problem } from '@tickfolio/client/problem';
import { expect, it } from 'vitest';
import { en as words } from '../../../text/messages-en.js';
import { en as portfolios } from '../../../text/portfolios/en.js';
import { en as sharing } from '../../../text/sharing/en.js';
import { shareFault } from './share-fault.js';

const text = { ...words, ...portfolios, ...sharing };

it.each([
  [409, 'limit-reached', text.shareMany],
  [409, 'archived', text.archivedMeanwhile],
  [404, 'not-found', text.portfolioGone],
  [503, 'unavailable', text.portfoliosAway],
  [504, 'deadline-exceeded', text.shareUnknown],
])('why a link was not made (%i %s) is told in the reader’s words', (status, reason, said) => {
  expect(shareFault(new Problem(status, 'in its own words', { reason }), text)).toBe(said);
});
