import type { SymbolRules } from '../rules/order.js';

/** What the exchange asks of orders, as it is known now. */
export interface SymbolRulesSource {
  /** @returns undefined for a symbol that is not listed */
  rules(symbol: string): SymbolRules | undefined;
  /** Whether prices are made up; undefined while nobody knows. */
  readonly simulated: boolean | undefined;
}
